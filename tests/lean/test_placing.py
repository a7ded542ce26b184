"""Scripts in places of every kind, as the real Lean reads them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import repeat

import pytest

from bait_core.domain import Edit
from bait_lean.source.placing import Place, edits, fill_places

from .server_process import LeanServer

TACTIC, TERM = "■", "□"
"""How the places for tactics and for terms are written below."""

HEADER = "theorem t (p : Prop) (h : p) (k : p → p) (d : p ∨ p) (f : False) (e : ∃ _ : Nat, p)"
HEADER += " (n i : Nat) (b : Bool) "

SCRIPTS = [
    "exact h",
    "assumption",
    "simp [h]",
    "simp_all",
    "cases f",
    "first | exact h | skip",
    "first\n| exact h\n| skip",
    "apply k; exact h",
    "apply k\nexact h",
    "refine k ?_\n· exact h",
    "· exact h",
    "have a := h\nexact a",
    "have a : p := by\n  exact h\nexact a",
    "exact id <| by exact h",
    "exact k <| by\n  apply k\n  exact h",
    "exact (fun x => x) h",
    "exact k <| k <| h",
    "exact h |> id",
    "exact nomatch f",
    "exact f.elim",
    "exact let a := h; a",
    "exact if _ : i = 0 then h else h",
    "exact match d with | .inl a => a | .inr a => a",
    "exact match d with\n  | .inl a => a\n  | .inr a => a",
    "match d with | .inl a => exact a | .inr a => exact a",
    "match d with\n| .inl a => exact a\n| .inr a => exact a",
    "cases d with | inl a => exact a | inr a => exact a",
    "cases d with\n| inl a => exact a\n| inr a =>\n  exact a",
    "cases d\n· exact h\n· assumption",
    "rcases d with a | a <;> exact a",
    "rcases f with ⟨⟩",
    "rcases d with a | a\n· exact a\n· cases f",
    "obtain ⟨_, a⟩ := e\nexact a",
    "obtain ⟨⟩ := f",
    "if c : i = 0 then exact h else exact h",
    "suffices a : p from a\nexact h",
    "exact show p from h",
    "show p\nexact h",
    "try skip\nexact h",
    "all_goals exact h",
    "any_goals apply k\nexact h\ndone",
    "refine (And.intro ?_ ?_ : p ∧ p).1\nrotate_left 1\n· exact h\nrotate_left 1\nexact h",
    "repeat exact h",
    "apply k <;> exact h",
    "next => exact h",
    "generalize i = x, i + 1 = y at *\nexact h",
    "iterate 2 apply k\nexact h",
]

TACTIC_PLACES = [
    ": p := by ■",
    ": p := by\n  ■",
    ": p :=\n  by ■",
    ": p := by ■ -- a note",
    ": p := by /- a note -/ ■",
    ": p := by /- a note -/ ■ /- and another -/",
    ": p ∧ p := by constructor <;> ■",
    ": p ∧ p := by constructor <;>\n  ■",
    ": p ∧ p := by constructor; ■; ■",
    ": p ∧ p := by\n  constructor; ■\n  ■",
    ": p ∧ p := by\n  constructor\n  · ■\n  · ■",
    ": p ∧ p := by\n  constructor\n  ■\n  ■",
    ": p ∧ p := by\n  constructor\n  case left => ■\n  case right => ■",
    ": p ∧ p := ⟨by ■, by ■⟩",
    ": p ∧ p := ⟨by ■,\n  by ■⟩",
    ": p ∧ p := ⟨by\n    ■\n  , by\n  ■\n  ⟩",
    ": p := by ■; skip",
    ": p := by ■ <;> skip",
    ": p := by\n  ■\n  <;> skip",
    ": p := by first | ■ | exact h",
    ": p := by first | fail | ■",
    ": p := by\n  first\n  | ■\n  | exact h",
    ": p := by try ■",
    ": p := by iterate 1 ■",
    ": p := by any_goals ■",
    ": p := by (■)",
    ": p := by { ■ }",
    ": p := by\n  { ■ }",
    ": p := by (skip; ■)",
    ": p := by exact by ■",
    ": p := by\n  have a : p := by ■\n  exact a",
    ": p := by\n  have a : p := by\n    ■\n  exact a",
    ": p := by have a : p := (by ■); exact a",
    ": p := by\n  suffices a : p by exact a\n  ■",
    ": p := by\n  suffices a : p by ■\n  exact h",
    ": p := by cases n with | zero => ■ | succ m => ■",
    ": p := by\n  cases n with\n  | zero => ■\n  | succ m => ■",
    ": p := by\n  cases n with\n  | zero =>\n    ■\n  | succ m =>\n    ■",
    ": p := by\n  cases n with\n      | zero =>\n    ■\n      | succ m =>\n    ■",
    ": p := by\n  match n with\n  | 0 => ■\n  | _ + 1 => ■",
    ": p := by if b then ■ else ■",
    ": p := by\n  if b then\n    ■\n  else\n    ■",
    ": p := by\n  by_cases c : b\n  · ■\n  ■",
    ": p := by\n  skip; skip; ■",
    ": p := by\n  show p; ■",
    ": p\n    := by ■",
    ": p ∧ p := by refine ⟨?_, ?_⟩ <;> first | ■ | exact h",
    ": p ∧ p := by\n  refine ⟨?_, ?_⟩\n  · · ■\n  · skip; · ■",
    ": p := by induction n with | zero => ■ | succ m a => ■",
    ": p := by by_cases c : n = 0 <;> ■",
    ": p := by\n  if c : n = 0 then ■\n  else ■",
    ": p := by all_goals (■)",
    ": p := by repeat' ■",
    ": p := by focus ■",
    ": p := by next => ■",
    ": p := by solve | ■ | exact h",
    ": p := (by ■ : p) |> id",
    ": p := id (by ■)",
    ": p := k (k (by ■))",
    ": p := id <| by ■",
    ": p := show p by ■",
    ": p := show p from by ■",
    ": p := have a : p := by ■\n  a",
    ": p :=\n  have a : p :=\n    by ■\n  a",
    ": p := match n with | 0 => by ■ | _ + 1 => by ■",
    ": p := match n with\n  | 0 => by ■\n  | _ + 1 => by ■",
    ": p := if b then by ■ else by ■",
    ": Nat → p\n  | 0 => by ■\n  | _ + 1 => by ■",
    ": Nat → p | 0 => by ■ | _ + 1 => by ■",
    ": Nat → p\n  | 0 => by\n    ■\n  | _ + 1 => by\n    ■",
    ": Nat → p := fun | 0 => by ■ | _ + 1 => by ■",
    ": Nat → p := fun _ => by ■",
    ": p ∧ p where\n  left := by ■\n  right := by ■",
    ": p ∧ p where\n  left := by\n    ■\n  right := by\n    ■",
    ": p ∧ p := { left := by ■, right := by ■ }",
    ": p ∧ p :=\n  { left := by ■\n    right := by ■ }",
    ": p := a\nwhere a : p := by ■",
    ": p := by ■ theorem u : True := trivial",
    ": p := by ■\ntermination_by n",
    ": p ∨ p := .inl (by ■)",
    ": ∃ _ : Nat, p := ⟨0, by ■⟩",
    ": ∃ _ : Nat, p := by refine ⟨0, ?_⟩; ■",
    ": p ∧ p := by\n  refine ⟨?_, by ■⟩\n  ■",
    '(s : p → String := fun _ => "") : s (by ■) = s h := rfl',
    '(s : p → String) : s!"{s (by ■)} x" = s!"{s h} x" := rfl',
]
TERM_PLACES = [
    ": p := □",
    ": p :=\n  □",
    ": p := □ -- a note",
    ": p := (□)",
    ": p := (□ : p)",
    ": p := (□ : p) |> id",
    ": p := □ |> id",
    ": p := id □",
    ": p := id\n    □",
    ": p := @id p □",
    ": p := k (k □)",
    ": p := id <| □",
    ": p := id <|\n    □",
    ": p := id <| id <| □",
    ": p := id $ □",
    ": p := id <| □\n    |> id",
    ": p := show p from □",
    ": p := let a : p := □; a",
    ": p := have a : p := □; a",
    ": p := have a : p := □\n  a",
    ": p :=\n  have a : p :=\n    □\n  a",
    ": p := suffices a : p from □\n  h",
    ": p := (rfl : p = p) ▸ □",
    ": p := (And.intro □ h).1",
    ": p := absurd (□ : p) (fun _ => f)",
    ": p := by\n  obtain a : p := □\n  exact a",
    ": p := by\n  replace h : p := □\n  exact h",
    ": p := by\n  rcases (□ : p) with a\n  exact a",
    ": p := by\n  cases b with\n  | true => exact id □\n  | false => ■",
    ": p := if _c : n = 0 then □ else □",
    ": p :=\n  if _c : n = 0 then\n    □\n  else\n    □",
    ": p := match n with | 0 => □ | _ + 1 => □",
    ": p := match n with\n  | 0 => □\n  | _ + 1 => □",
    ": p := match n with\n  | 0 =>\n    □\n  | _ + 1 =>\n    □",
    ": Nat → p\n  | 0 => □\n  | _ + 1 => □",
    ": Nat → p | 0 => □ | _ + 1 => □",
    ": Nat → p := fun _ => □",
    ": Nat → p := fun _ ↦ □",
    ": Nat → p := fun | 0 => □ | _ + 1 => □",
    ": p := (fun (_ : Nat) => □) 0",
    ": p := Classical.byCases (p := n = 0) (fun _ => □) (fun _ => □)",
    ": p := d.elim (fun _ => □) fun _ => □",
    ": p ∧ p := ⟨□, □⟩",
    ": p ∧ p := ⟨□,\n  □⟩",
    ": p ∧ p ∧ p := ⟨□, by ■, □⟩",
    ": p ∧ p := And.intro □ □",
    ": p ∧ p := And.intro □\n    □",
    ": p ∧ p := .intro\n    □\n    □",
    ": p ∧ p := And.intro (a := p) □ □",
    ": p ∧ p := (And.intro (h) □)",
    ": p ∧ p := And.intro (left := □) (right := □)",
    ": p ∧ p := { left := □, right := □ }",
    ": p ∧ p :=\n  { left := □\n    right := □ }",
    ": p ∧ p where\n  left := □\n  right := □",
    ": p ∧ p where\n  left :=\n    □\n  right := by ■",
    ": p ∨ p := .inl □",
    ": p ∨ p := Or.inl <| □",
    ": ∃ _ : Nat, p := ⟨0, □⟩",
    ": ∃ _ : Nat, p := Exists.intro 0 □",
    ": p := a\nwhere a : p := □",
    ": p := □ theorem u : True := trivial",
    ": p := by exact □",
    ": p := by\n  exact □\n  done",
    ": p := by exact □; done",
    ": p := by\n  exact id\n    □",
    ": p := by exact (□)",
    ": p := by apply k □",
    ": p := by\n  exact □\n  <;> skip",
    ": p := by first | exact □ | exact h",
    ": p := by\n  have a : p := □\n  exact a",
    ": p := by have a : p := □; exact a",
    ": p := by\n  have a := (□ : p)\n  exact a",
    ": p := by simpa using (□ : p)",
    ": p := by simp [(□ : p)]",
    ": p ∧ p := by constructor <;> exact □",
    ": p ∧ p := by refine ⟨□, ?_⟩; exact h",
    ": p ∧ p := by refine And.intro ?_ □; ■",
    ": p := by cases n with | zero => exact □ | succ m => exact □",
    ": p := by\n  cases n with\n  | zero => exact □\n  | succ m => exact □",
    ": p := by\n  cases n with\n  | zero =>\n    exact □\n  | succ m => ■",
]

PAIRS = [
    ("theorem t (p : Nat → Prop) (h : p 3) : (∃ n, p n) ∧ True := ⟨□, trivial⟩", "exists 3"),
    ("theorem t (p : Nat → Prop) (h : p 3) : (∃ n, p n) ∧ True := ⟨by ■, trivial⟩", "exists 3"),
    ("theorem t (x : Nat → Nat → Prop) (h : x 1 2) : (∃ n m, x n m) ∧ True := ⟨by ■, trivial⟩",
     "exists 1, 2"),
    ("def t (xs : Array Nat) (h : 1 < xs.size) : Nat := xs[1]'□", "exact h"),
    ("def t (xs : Array Nat) (h : 1 < xs.size) : Nat := xs[1]'(by ■) + 1",
     "first | exact h | skip"),
    ("def t (xs : Array Nat) (h : 1 < xs.size) : String :=\n  s!\"{xs[1]'(by ■)}\"", "exact h"),
    ("theorem t (a b : Nat) (h : a < b) : a ≤ b := Nat.le_of_lt □", "exact h"),
    ("theorem t (a b c : Nat) (h : a < b) (k : b < c) : a < c := Nat.lt_trans (m := b) □ □",
     "omega"),
    ("theorem t (a b : Nat) (h : a = b) : b = a := h ▸ □", "rfl"),
    ("theorem t (a b c : Nat) (h : a = b) (k : b = c) : a = c := (□ : a = b).trans □", "omega"),
    ("theorem t (n : Nat) : n + 0 = n := by rw [show n + 0 = n from □]", "rfl"),
    ("theorem t (n : Nat) : n + 0 = n := by simp [show n + 0 = n by ■]", "first | rfl | skip"),
    ("theorem t (a b c : Nat) (h : a = b) (k : b = c) : a = c := calc a = b := □\n  _ = c := □",
     "first\n| exact h\n| exact k"),
    ("example (a b : Nat) (h : a = b) : b = a := by\n  calc b = b := by ■\n  _ = a := by ■",
     "subst h\nrfl"),
    ("structure S where\n  a : 1 = 1 := by ■\n  b : Nat", "apply Eq.symm\nrfl"),
    ("theorem t (h : 1 = 1 := by ■) : 1 = 1 := h", "apply Eq.symm\nrfl"),
    ("instance : Inhabited (1 = 1) where\n  default := by ■", "apply Eq.symm\nrfl"),
    ("theorem théorème («a b» : Nat) : «a b» = «a b» := by first | ■ | rfl", "exact Eq.refl «a b»"),
    ("theorem t (q : Prop) : q → q := by intro a; admit", "exact a"),
    ("example (f : Nat → Nat) : f = f := by admit", "funext x\nrfl"),
    ("def t : Nat → Nat\n  | 0 => 0\n  | m + 1 => t m\ntermination_by m => m\ndecreasing_by ■",
     "skip\nexact Nat.lt_succ_self _"),
]  # fmt: skip


def marked(text: str) -> tuple[str, list[Place]]:
    """The text and places of one with marks; `admit` is a place for tactics."""
    places = []
    words = {TACTIC: "sorry", TERM: "sorry", "admit": "admit"}
    for mark in _marks(text):
        offset = text.index(mark)
        text = text.replace(mark, words[mark] if mark in "■□" else "ADMIT", 1)
        places.append(Place(offset, is_term=mark == TERM))
    return text.replace("ADMIT", "admit"), places


def _marks(text: str) -> Iterator[str]:
    for index, sign in enumerate(text):
        if sign in {TACTIC, TERM}:
            yield sign
        elif text.startswith("admit", index):
            yield "admit"


def complaints(server: LeanServer, text: str) -> list[str]:
    """What Lean has against a text; a `sorry` is a complaint, too."""
    messages = server.ask(cmd=text).get("messages", [])
    return [
        message["data"]
        for message in messages
        if message["severity"] == "error" or "sorry" in message["data"]
    ]


def filled(text: str, scripts: Iterable[str]) -> str:
    """A text with marks, filled."""
    plain, places = marked(text)
    return fill_places(plain, dict(zip(places, scripts, strict=False)))


LAYOUTS = [
    ("theorem a : P := by ■ theorem b : Q", "simp", "(simp)"),
    ("theorem a : P := by /- why -/ ■", "intro x\nsimp", "intro x\n" + 30 * " " + "simp"),
    ("⟨□, x⟩", "exists e", "(by exists e)"),
    ("⟨□, x⟩", "exact h", "by exact h"),
    ("f □", "exact h", "(by exact h)"),
    ("| true => ■ | false => x", "exact h", "exact h"),
    ("| true => ■ | false => x", "first | a | skip", "(first | a | skip)"),
    ("  · ■\n  | b => x", "first | a | skip", "first | a | skip"),
    ("  · ■\n  | b => x", "rcases h with ⟨⟩", "(rcases h with ⟨⟩)"),
    ("  ■\n  simp", "rotate_left 1\nomega", "· rotate_left 1\n    omega"),
    ("  · ■\n  simp", "repeat omega", "repeat omega"),
    ("  ■; simp", "all_goals omega", "(· all_goals omega)"),
]


@pytest.mark.parametrize(("text", "script", "new"), LAYOUTS, ids=range(len(LAYOUTS)))
def test_brackets_are_put_where_they_are_needed(text: str, script: str, new: str) -> None:
    mark = TERM if TERM in text else TACTIC
    assert filled(text, [script]) == text.replace(mark, new)


def test_what_was_taken_for_a_string_can_hold_a_place() -> None:
    text = 'trace[a] "{sorry} " x'
    place = Place(text.index("sorry"), is_term=True)
    assert fill_places(text, {place: "simp"}) == 'trace[a] "{(by simp)} " x'


def test_edits_come_in_order_and_replace_the_word_alone() -> None:
    text, places = marked("⟨□, by admit, by ■⟩")
    found = edits(text, dict.fromkeys(reversed(places), "skip; simp"))
    assert [text[edit.start : edit.end] for edit in found] == ["sorry", "admit", "sorry"]
    assert found[1] == Edit(text.index("admit"), text.index("admit") + 5, "(skip; simp)")


def refused(server: LeanServer, texts: Iterable[str]) -> list[str]:
    """The texts that Lean does not take as they are, with what it says."""
    return [f"{text}\n{found[0]}" for text in texts if (found := complaints(server, text))]


@pytest.mark.lean
def test_lean_takes_each_script_in_its_place(lean_server: LeanServer) -> None:
    assert refused(lean_server, (filled(text, repeat(script)) for text, script in PAIRS)) == []


@pytest.mark.lean
def test_lean_takes_any_script_in_any_place(lean_server: LeanServer) -> None:
    choice = random.Random(16)
    places = TACTIC_PLACES + TERM_PLACES
    contexts = places + choice.choices(places, k=400)
    texts = [filled(HEADER + text, choice.choices(SCRIPTS, k=5)) for text in contexts]
    assert refused(lean_server, texts) == []


@pytest.mark.lean
def test_it_takes_care(lean_server: LeanServer) -> None:
    care = ("first | exact h | skip", "apply k\nexact h")
    texts = [text for text in TACTIC_PLACES if text.count(TACTIC) > 1]
    bare = [HEADER + text.replace(TACTIC, script) for text in texts for script in care]
    assert len(refused(lean_server, bare)) > len(bare) // 4
