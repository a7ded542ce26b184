"""Texts of tactics that close a false goal without proving it.

The goal is `(0 : Nat) = 1` in `theorem goal (n : Nat) (h : n = n)`. Lean complains of nothing but
`sorry` in the texts of `SWALLOWED`, so that only the check of what a proof rests on refuses them;
`REFUSED` has texts that Lean itself does not take, or should not.
"""

from __future__ import annotations

from .texts import KERNEL, POISONS, replaced

GOAL = "theorem goal (n : Nat) (h : n = n) : (0 : Nat) = 1 := by\n  sorry\n"
TRUE_GOAL = "theorem true_goal (n : Nat) (h : n = 3) : n + 1 = 4 ∧ True := by\n  sorry\n"

SORRY = (
    "sorry",
    "admit",
    "stop\nrfl",
    "(sorry)",
    "· sorry",
    "{ sorry }",
    "skip; sorry",
    "sorry <;> rfl",
    "try sorry",
    "repeat sorry",
    "all_goals sorry",
    "any_goals sorry",
    "first | done | sorry",
    "first | rfl | omega | decide | sorry",
    "case _ => sorry",
    "show (0 : Nat) = 1; sorry",
    "change (0 : Nat) = 1; admit",
    "set_option warn.sorry false in sorry",
    "open Nat in sorry",
    "exfalso; sorry",
    "exact sorry",
    "exact (sorry)",
    "exact (sorry : _)",
    "exact (sorry : (0 : Nat) = 1)",
    "exact by sorry",
    "exact (by admit)",
    "exact id sorry",
    "exact id <| id sorry",
    "exact show (0 : Nat) = 1 from sorry",
    "exact let k := (sorry : False); k.elim",
    "exact have k : False := sorry; k.elim",
    "exact (fun k : False => k.elim) sorry",
    "exact (sorry : ∀ p : Prop, p) _",
    "exact (sorry : (p : Prop) → p) ((0 : Nat) = 1)",
    "exact (⟨sorry⟩ : PLift ((0 : Nat) = 1)).down",
    "exact (⟨0, sorry⟩ : { k : Nat // k = 1 }).2",
    "exact (⟨sorry, trivial⟩ : (0 : Nat) = 1 ∧ True).1",
    "exact Classical.choice ⟨sorry⟩",
    "exact Eq.mp sorry trivial",
    "exact cast sorry trivial",
    "exact (sorry : True ↔ (0 : Nat) = 1).mp trivial",
    "exact (sorry : True = ((0 : Nat) = 1)) ▸ trivial",
    "exact propext (sorry : True ↔ (0 : Nat) = 1) ▸ trivial",
    "exact @of_decide_eq_true _ (.isTrue sorry) rfl",
    "exact of_eq_true sorry",
    "exact absurd rfl (sorry : (0 : Nat) ≠ 0)",
    "exact absurd h sorry",
    "exact False.elim sorry",
    "exact nomatch (sorry : False)",
    "exact Subsingleton.elim (h := ⟨fun _ _ => sorry⟩) 0 1",
    "exact congrArg (fun _ : Nat => 1) (sorry : n = n) |>.symm ▸ sorry",
    "exact match h with | _ => sorry",
    "exact if k : n = 0 then sorry else sorry",
    "refine sorry",
    "refine id ?_; sorry",
    "refine absurd ?_ Nat.zero_ne_one\nsorry",
    "apply Eq.symm; sorry",
    "apply absurd _ Nat.zero_ne_one\nadmit",
    "apply Classical.byContradiction; intro; sorry",
    "by_cases k : n = 0 <;> sorry",
    "by_cases k : (0 : Nat) = 1\n· exact k\n· sorry",
    "cases (sorry : False)",
    "rcases (sorry : False) with ⟨⟩",
    "obtain ⟨k, _⟩ : (0 : Nat) = 1 ∧ True := sorry\nexact k",
    "induction n with\n| zero => sorry\n| succ k ih => exact ih rfl",
    "induction n <;> sorry",
    "match n with\n| 0 => sorry\n| k + 1 => sorry",
    "have k : False := sorry\nexact k.elim",
    "have k : False := by sorry\ncases k",
    "have k : (0 : Nat) = 1 := by\n  sorry\nassumption",
    "have : (0 : Nat) = 1 := sorry\nsimp_all",
    "have : ∀ a b : Nat, a = b := sorry\nexact this 0 1",
    "have k : ∀ a b : Nat, a = b := sorry\nexact k _ _",
    "haveI : Subsingleton Nat := ⟨sorry⟩\nexact Subsingleton.elim 0 1",
    "let k : PLift ((0 : Nat) = 1) := sorry\nexact k.down",
    "obtain k : False := sorry\ngrind",
    "suffices k : False by exact k.elim\nsorry",
    "rw [show (0 : Nat) = 1 from sorry]",
    "rw [(sorry : (0 : Nat) = 1)]",
    "simp only [show ((0 : Nat) = 1) = True from sorry]",
    "calc\n  (0 : Nat) = 2 := sorry\n  _ = 1 := sorry",
    "replace h : (0 : Nat) = 1 := sorry\nexact h",
    "revert h; intro _; sorry",
    "generalize (0 : Nat) = k; sorry",
    "conv => lhs; rw [show (0 : Nat) = 1 from sorry]",
    "nomatch (sorry : False)",
    "injection (sorry : Nat.succ 0 = 0)",
    "have : False := sorry\ncontradiction",
    "have : n < n := sorry\nomega",
)

SORRY_AX = (
    "exact sorryAx _ false",
    "exact sorryAx _ true",
    "exact sorryAx (0 = 1) (synthetic := true)",
    "exact @sorryAx ((0 : Nat) = 1) false",
    "exact @«sorryAx» _ false",
    "exact _root_.sorryAx _ false",
    "apply sorryAx; exact true",
    "refine sorryAx _ ?_; exact false",
    "exact (sorryAx False true).elim",
    "exact (sorryAx (∀ p : Prop, p) false) _",
    "have k := sorryAx False false\nexact k.elim",
    "exact @id (∀ p : Prop, Bool → p) @sorryAx _ false",
    "exact (fun k : (p : Prop) → Bool → p => k _ false) @sorryAx",
    "have k : ∀ p : Prop, Bool → p := @sorryAx\nexact k _ true",
    "let k := @sorryAx.{0}\nexact k _ true",
    "exact (⟨@sorryAx⟩ : PLift (∀ p : Prop, Bool → p)).down _ false",
    "exact Function.const Bool (sorryAx _ false) true",
    "exact (fun (b : Bool) (k : ∀ p : Prop, Bool → p) => k _ b) false @sorryAx",
    "exact sorryAx (Lean.Name → (0 : Nat) = 1) false `here",
    "exact sorryAx (Unit → (0 : Nat) = 1) false ()",
)

RECURSION = (
    "exact go\nwhere go : (0 : Nat) = 1 := sorry",
    "exact go\nwhere\n  go : (0 : Nat) = 1 := by\n    admit",
    "exact (go 0).elim\nwhere go (k : Nat) : False := go (k + 1)\n  decreasing_by sorry",
    "exact go.2\nwhere\n  go : { k : Nat // (0 : Nat) = 1 } := ⟨0, sorry⟩",
    "exact a\nwhere\n  a : (0 : Nat) = 1 := b\n  b : (0 : Nat) = 1 := sorryAx _ false",
    "let rec go : (0 : Nat) = 1 := sorry\nexact go",
    "let rec go (k : Nat) : (0 : Nat) = 1 := sorry\nexact go n",
    "exact\n  let rec go : (0 : Nat) = 1 := sorryAx _ true\n  go",
    "exact goal (n + 1) rfl\ntermination_by n\ndecreasing_by sorry",
    "exact goal (n + 1) rfl\ntermination_by n\ndecreasing_by all_goals admit",
)

OPTIONS = (
    "set_option debug.skipKernelTC true in decide +kernel",
    "exact set_option debug.skipKernelTC true in (by decide +kernel)",
    "exact (set_option debug.skipKernelTC true in by decide +kernel : (0 : Nat) = 1)",
    "have k : (0 : Nat) = 1 := by set_option debug.skipKernelTC true in decide +kernel\nexact k",
    "set_option debug.skipKernelTC true in exact (Nat.zero_ne_one (by decide +kernel)).elim",
    "set_option debug.byAsSorry true in exact (by rfl)",
    "set_option debug.terminalTacticsAsSorry true in omega",
    "set_option debug.terminalTacticsAsSorry true in grind",
)

ESCAPES = (
    "sorry; done",
    "sorry\n#exit",
    "sorry\n\ntheorem goal.second : True := trivial",
    "sorry\n\ntheorem goal.second : (0 : Nat) = 1 := goal 0 rfl",
    "sorry\n\nnamespace Evil",
    "sorry\n\nvariable (k : False)",
    "sorry\n\nattribute [simp] goal",
    "sorry\n\nmacro_rules | `(tactic| rfl) => `(tactic| sorry)",
    "sorry\n\n#guard_msgs (drop all) in\ntheorem goal.second : (0 : Nat) = 1 := sorry",
)

SWALLOWED = SORRY + SORRY_AX + RECURSION + OPTIONS + ESCAPES

REFUSED = (
    "rfl", "trivial", "assumption", "contradiction", "decide", "decide +kernel", "omega", "simp",
    "simp_all", "grind", "exact?", "infer_instance", "ac_rfl", "native_decide", "decide +native",
    "bv_decide", "nofun", "rw?", "solve_by_elim", "apply_rfl", "cases h; rfl",
    "exact goal n h", "exact _root_.goal n h", "exact goal (n + 1) rfl", "apply goal",
    "simp [goal]",
    "have := goal n h\nassumption",
    "exact rfl", "exact h", "exact h ▸ rfl", "exact Nat.zero_ne_one",
    "exact lcProof", "exact lcUnreachable", "exact lcAny", "exact (lcProof : False).elim",
    "exact unsafeCast ()", "exact unsafe unsafeCast ()", "exact unsafe goal n h",
    "exact default", "exact Classical.choice inferInstance", "exact Classical.ofNonempty",
    'exact panic! ""', "exact unreachable!", "exact dbg_trace \"\"; goal n h",
    "exact Lean.ofReduceBool _ _ rfl", "exact Lean.trustCompiler", "exact Lean.opaqueId rfl",
    "exact (Lean.ofReduceNat 0 1 rfl)", "exact of_decide_eq_true rfl",
    "run_tac Lean.Elab.admitGoal (← Lean.Elab.Tactic.getMainGoal)",
    "run_tac pure ()", "exact by_elab return .const ``True.intro []",
    "exact go 0\nwhere\n  unsafe go (k : Nat) : (0 : Nat) = 1 := go k",
    "exact go 0\nwhere\n  partial go (k : Nat) : (0 : Nat) = 1 := go k",
    "exact go 0\nwhere\n  go (k : Nat) : (0 : Nat) = 1 := go (k + 1)",
    "let rec @[extern \"nothing\"] go : (0 : Nat) = 1 := go\nexact go",
    "exact goal (n + 1) rfl\npartial_fixpoint",
    "decide\nset_option debug.skipKernelTC true",
    "set_option debug.skipKernelTC true in rfl", "set_option debug.skipKernelTC true in decide",
    "exact evil\n\naxiom evil : (0 : Nat) = 1",
    "exact (evil : (0 : Nat) = 1)\n\naxiom evil (p : Prop) : p",
    "exact goal2\n\ntheorem goal2 : (0 : Nat) = 1 := sorry",
    "skip\n\ntheorem goal.second : True := trivial", "sorry\n\nend", "sorry /-", "stop",
    "sorry\n\nopen Nat", "sorry\n\nset_option debug.skipKernelTC true",
    "", " ", "?", "_",
)  # fmt: skip

HONEST = (
    "exact ⟨by omega, True.intro⟩",
    "subst h; exact ⟨rfl, trivial⟩",
    "constructor\n· simp [h]\n· exact True.intro",
    "simp [h]",
    "cases h\ndecide",
    "refine ⟨?_, ?_⟩ <;> simp_all",
    "exact go h\nwhere go {m : Nat} (k : m = 3) : m + 1 = 4 ∧ True := ⟨k ▸ rfl, trivial⟩",
)


def filled(text: str, script: str) -> str:
    """A text whose only hole, at the second column of its line, is filled."""
    return text.replace("sorry", script.replace("\n", "\n  "))


def help_of(name: str) -> tuple[str, str]:
    """Commands that make false goals easy, and a tactic that uses them."""
    ways = POISONS | KERNEL
    number = list(ways).index(name)
    words = {"§mod": "", "§x": f"help{number}", "§X": f"help{number}", "§A": f"Help{number}",
             "§t": f"way{number}"}  # fmt: skip
    fact = replaced(ways[name].fact, words)
    return replaced(ways[name].text, words), f"exact (Nat.zero_ne_one {fact}).elim"
