"""The embedded server: commands, holes, tactics, parts, the library."""

from __future__ import annotations

import pytest

from tests.lean.server_process import Answer, LeanServer

pytestmark = pytest.mark.lean

COMPLETED = "Completed"


def closes(answer: Answer) -> bool:
    return answer.get("goals") == [] and answer["proofStatus"] == COMPLETED


def errors(answer: Answer) -> list[str]:
    return [m["data"] for m in answer.get("messages", []) if m["severity"] == "error"]


def test_the_first_line_names_the_version(lean_server: LeanServer) -> None:
    assert lean_server.greeting["ready"] is True
    assert lean_server.greeting["version"].startswith("4.28.0")


# Commands


def test_messages_of_all_commands_in_order(lean_server: LeanServer) -> None:
    answer = lean_server.ask(cmd="#check Nat\n#check nope\ntheorem x : 1 = := rfl\n#check Int")
    found = [(m["severity"], m["pos"]["line"]) for m in answer["messages"]]
    assert found == [("info", 1), ("error", 2), ("error", 3), ("info", 4)]


def test_an_environment_carries_the_scope_on(lean_server: LeanServer) -> None:
    first = lean_server.ask(
        cmd="namespace A\nuniverse u\nvariable (p : Prop) {α : Type u}\nopen Nat\n"
        "def two := 2\nsection B"
    )
    second = lean_server.ask(
        cmd="theorem t (h : p) (a : α) : p ∧ a = a ∧ two = 2 := ⟨h, rfl, rfl⟩\n"
        "#check @A.t.{u}\n#check succ_le",
        env=first["env"],
    )
    assert errors(second) == []
    third = lean_server.ask(cmd="end B\nend A\n#check A.t\n#check two", env=second["env"])
    assert errors(third) == ["Unknown identifier `two`"]


def test_environments_are_immutable(lean_server: LeanServer) -> None:
    base = lean_server.ask(cmd="def a := 1")["env"]
    assert errors(lean_server.ask(cmd="def b := 1", env=base)) == []
    assert errors(lean_server.ask(cmd="def b := 2", env=base)) == []
    assert errors(lean_server.ask(cmd="def a := 2", env=base)) != []


def test_definitions_need_no_compiled_library(lean_server: LeanServer) -> None:
    """The exported library lacks the code that appending lists compiles to."""
    text = (
        "def mirror : List Nat → List Nat\n  | [] => []\n  | x :: xs => mirror xs ++ [x]\n"
        "theorem t : mirror [1, 2] = [2, 1] := by decide\n"
        "structure P where\n  x : Nat\n  deriving Repr, DecidableEq\n"
    )
    first = lean_server.ask(cmd=text)
    assert errors(first) == []
    later = lean_server.ask(
        cmd="def twice (xs : List Nat) := mirror xs ++ mirror xs", env=first["env"]
    )
    assert errors(later) == []


def test_an_unknown_module_is_an_error(lean_server: LeanServer) -> None:
    answer = lean_server.ask(cmd="import Mathlib.Tactic\nexample : 1 = 1 := rfl")
    assert "Mathlib.Tactic" in answer["message"]
    assert "env" not in answer
    assert errors(lean_server.ask(cmd="import Init.Data.List.Basic\n#check List")) == []


def test_a_command_is_cancelled_at_its_limit(lean_server: LeanServer) -> None:
    answer = lean_server.ask(
        cmd="set_option maxRecDepth 100000000 in\nset_option maxHeartbeats 0 in\n"
        "example : True := by repeat (have : True := trivial)",
        timeout=1,
    )
    assert answer["timeout"] is True
    assert errors(lean_server.ask(cmd="example : 1 = 1 := rfl")) == []


# Holes


def test_holes_of_tactic_and_term_mode_in_source_order(lean_server: LeanServer) -> None:
    answer = lean_server.ask(
        cmd="theorem t (p q : Prop) (hp : p) : p ∧ (q → q) :=\n"
        "  ⟨sorry, by\n    intro h\n    sorry⟩\n"
        "theorem u : 1 = 1 ∧ 2 = 2 := by\n  constructor\n  · sorry\n  · exact sorry"
    )
    goals = [s["goal"].splitlines()[-1] for s in answer["sorries"]]
    assert goals == ["⊢ p", "⊢ q", "⊢ 1 = 1", "⊢ 2 = 2"]


def test_columns_count_code_points_also_with_crlf(lean_server: LeanServer) -> None:
    answer = lean_server.ask(cmd="theorem été : ∀ x : Nat, x = x := by\r\n  intro «𝔘»; sorry\r\n")
    (hole,) = answer["sorries"]
    assert hole["pos"] == {"line": 2, "column": 13}
    assert hole["endPos"] == {"line": 2, "column": 18}


@pytest.mark.parametrize("tactic", ["exact t n", "exact _root_.t n", "exact A.t n", "apply t"])
@pytest.mark.parametrize(
    "statement",
    [
        "theorem A.t (n : Nat) : n < n + 1",
        "theorem A.t : (n : Nat) → n < n + 1 := fun n",
        # Its statement makes a constant of its own, so the later environment is needed.
        "theorem A.t (n : Nat) : (match n with | 0 => True | _ + 1 => n = n)",
        "open Nat in\ntheorem A.t (n : Nat) : n < succ n",
    ],
)
def test_a_hole_does_not_offer_its_own_theorem(
    lean_server: LeanServer, statement: str, tactic: str
) -> None:
    separator = " => by\n  sorry" if ":= fun" in statement else " := by\n  sorry"
    answer = lean_server.ask(cmd="namespace A\n" + statement.replace("A.t", "t") + separator)
    (hole,) = answer["sorries"]
    assert "message" in lean_server.step(hole, tactic)


def test_a_false_theorem_is_not_closed_by_search(lean_server: LeanServer) -> None:
    hole = lean_server.hole("theorem no (n : Nat) : n = n + 1")
    for tactic in ("exact?", "apply?", "simp_all", "grind", "assumption", "solve_by_elim"):
        assert not closes(lean_server.step(hole, tactic)), tactic


def test_a_hole_of_a_recursive_theorem(lean_server: LeanServer) -> None:
    answer = lean_server.ask(
        cmd="theorem r : ∀ n : Nat, 0 ≤ n\n  | 0 => by sorry\n  | n + 1 => by\n"
        "    have h := r n\n    sorry"
    )
    zero, successor = answer["sorries"]
    assert "r" not in zero["goal"].replace("⊢", "").split()
    assert "message" in lean_server.step(successor, "exact r _")
    assert closes(lean_server.step(successor, "omega"))


def test_earlier_theorems_can_be_used(lean_server: LeanServer) -> None:
    answer = lean_server.ask(cmd="theorem a : 1 < 2 := by sorry\ntheorem b : 1 < 2 := by sorry")
    first, second = answer["sorries"]
    assert "message" in lean_server.step(first, "exact b")
    assert closes(lean_server.step(second, "exact a"))


def test_a_sorry_for_several_goals_is_reported_for_each(lean_server: LeanServer) -> None:
    answer = lean_server.ask(
        cmd="example (p q : Prop) : p ∧ q ∧ p := by\n  refine ⟨?_, ?_, ?_⟩\n  all_goals sorry"
    )
    goals = [s["goal"].splitlines()[-1] for s in answer["sorries"]]
    assert goals == ["⊢ p", "⊢ q"]


# Tactics


@pytest.mark.parametrize(
    "tactic",
    [
        "induction n with\n| zero => rfl\n| succ n ih => rfl",
        "cases n\n· rfl\n· rfl",
        "cases n\ncase zero => rfl\ncase succ n => rfl",
        "conv => lhs; rw [Nat.add_zero]",
        "calc n + 0 = n := by\n      simp\n  _ = n := rfl",
        "match n with\n| 0 => rfl\n| k + 1 => rfl",
        "(skip; simp)",
        "skip\nsimp",
        "  -- a comment\n  skip\n  simp -- another\n",
        "rcases n with _ | n <;> rfl",
        "have h : ∀ m : Nat, m + 0 = m := by\n  intro m\n  rfl\nexact h n",
        "exact?",
        "rw?",
        "simp?",
        "grind",
        "omega",
        "first | fail | rfl",
    ],
)
def test_tactics_that_close_a_goal(lean_server: LeanServer, tactic: str) -> None:
    assert closes(lean_server.step(lean_server.hole("example (n : Nat) : n + 0 = n"), tactic))


@pytest.mark.parametrize(
    "tactic",
    ["", "-- nothing", "nosuch", "simp [", "skip\n skip", "exact n", "decide", "bv_decide", "fail"],
)
def test_tactics_that_fail_leave_the_state_alone(lean_server: LeanServer, tactic: str) -> None:
    hole = lean_server.hole("example (n : Nat) : n + 0 = n")
    answer = lean_server.step(hole, tactic)
    assert answer["message"].startswith("Lean error:\n")
    assert len(answer["message"]) > len("Lean error:\n")
    assert closes(lean_server.step(hole, "rfl"))


def test_an_error_that_lean_recovers_from_is_a_failure(lean_server: LeanServer) -> None:
    hole = lean_server.hole("example (n : Nat) : n + 0 = n")
    answer = lean_server.step(hole, "have : 1 = 2 := by\n  skip\n  omega\nrfl")
    assert "omega could not prove the goal" in answer["message"]


@pytest.mark.parametrize("tactic", ["sorry", "admit", "exact sorry", "have : 1 = 2 := sorry; rfl"])
def test_a_sorry_is_not_complete(lean_server: LeanServer, tactic: str) -> None:
    answer = lean_server.step(lean_server.hole("example (n : Nat) : n + 0 = n"), tactic)
    assert answer["goals"] == []
    assert answer["proofStatus"] == "Incomplete: contains sorry"


def test_messages_of_a_tactic_have_positions_in_its_text(lean_server: LeanServer) -> None:
    answer = lean_server.step(lean_server.hole("example : 1 = 1"), 'skip\ntrace "α"; rfl')
    (message,) = answer["messages"]
    assert message["data"] == "α"
    assert message["pos"] == {"line": 2, "column": 0}


def test_universes_of_the_theorem_are_known(lean_server: LeanServer) -> None:
    hole = lean_server.hole("example {α : Type u} (a : α) : a = a")
    assert closes(
        lean_server.step(hole, "have h : ∀ {β : Type u} (b : β), b = b := by simp\nexact h a")
    )


def test_the_time_limit_cancels(lean_server: LeanServer) -> None:
    hole = lean_server.hole("example : True")
    loop = "set_option maxRecDepth 100000000 in repeat (have : True := trivial)"
    answer = lean_server.step(hole, loop, timeout=1)
    assert answer["timeout"] is True
    assert answer["message"].startswith("Lean error:\n")
    assert closes(lean_server.step(hole, "trivial", timeout=10))


# Parts


def test_independent_goals_are_parts(lean_server: LeanServer) -> None:
    hole = lean_server.hole("example (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ p")
    answer = lean_server.step(hole, "refine ⟨?_, ?_, ?_⟩", parts=True)
    first, second, third = answer["parts"]
    assert first["key"] == third["key"] != second["key"]
    assert [part["goals"] for part in answer["parts"]] == [[goal] for goal in answer["goals"]]
    assert closes(lean_server.step(second, "exact hq"))


def test_goals_that_share_metavariables_are_one_part(lean_server: LeanServer) -> None:
    hole = lean_server.hole("example : (∃ x : Nat, x = 3 ∧ x > 2) ∧ 1 = 1")
    answer = lean_server.step(hole, "refine ⟨⟨?_, ?_, ?_⟩, ?_⟩", parts=True)
    assert [len(part["goals"]) for part in answer["parts"]] == [3, 1]
    after = lean_server.step(answer["parts"][0], "exact 3", parts=True)
    assert [len(part["goals"]) for part in after["parts"]] == [1, 1]


def test_a_part_left_with_a_metavariable_is_not_complete(lean_server: LeanServer) -> None:
    hole = lean_server.hole("example : ∃ x : Nat, x = x")
    answer = lean_server.step(hole, "refine ⟨?a, ?b⟩\ncase b => rfl", parts=True)
    assert answer["goals"] == ["case a\n⊢ Nat"]
    assert closes(lean_server.step(answer["parts"][0], "exact 0"))


def test_symbols_are_the_constants_in_order(lean_server: LeanServer) -> None:
    (part,) = lean_server.hole("example (l : List Nat) (h : l = []) : l.length < 1")["parts"]
    assert part["symbols"][:4] == ["List", "Nat", "Eq", "List.nil"]
    assert len(set(part["symbols"])) == len(part["symbols"])
    assert "List.length" in part["symbols"]


def test_equal_goals_have_equal_keys_on_every_way(lean_server: LeanServer) -> None:
    statement = "example : ∀ n m : Nat, n = m → m = n"
    direct = lean_server.key(statement, "intro n m h")
    assert direct == lean_server.key(statement, "intro n", "intro m", "intro h")
    assert direct == lean_server.key(statement, "intro n m h", "have := h", "clear this")
    assert direct == lean_server.key("example (n m : Nat) (h : n = m) : m = n")
    assert direct == lean_server.key(statement, "intro a b c", "revert a b c", "intro n m h")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("example (n m : Nat) : n = m", "example (m n : Nat) : n = m"),
        ("example (n : Nat) (h : n = n) : True", "example (n : Nat) (k : n = n) : True"),
        ("example (n : Nat) : (0 : Nat) = 0", "example (n : Nat) : (0 : Int) = 0"),
        ("example : (fun x : Nat => x) = id", "example : (fun x : Int => x) = id"),
        ("example : @id Nat 1 = 1", "example : @id (id Nat) 1 = 1"),
        ("example (x : Nat) (x : Int) : x = x", "example (x : Int) (x : Int) : x = x"),
        ("example (α : Type) (a : α) : a = a", "example (α : Type 1) (a : α) : a = a"),
        ("example (α : Type u) : α = α", "example (α : Type v) : α = α"),
        ("example (h : ∀ {n : Nat}, n = n) : True", "example (h : ∀ n : Nat, n = n) : True"),
        ("example {n : Nat} : n = n", "example (n : Nat) : n = n"),
        ("example : let x := 1; x = 1", "example : let x := 2; x = 1"),
        ('example : "a" = "b"', 'example : "a" = "a"'),
        ("example : 10000000000000 = 1", "example : 10000000000001 = 1"),
        ("example (p : Nat × Nat) : p.1 = 1", "example (p : Nat × Nat) : p.2 = 1"),
    ],
)
def test_different_goals_have_different_keys(
    lean_server: LeanServer, left: str, right: str
) -> None:
    assert lean_server.key(left) != lean_server.key(right)


def test_a_local_definition_differs_from_a_hypothesis(lean_server: LeanServer) -> None:
    with_value = lean_server.key("example : let x := 1; x = 1", "intro x")
    without = lean_server.key("example : let x := 1; x = 1", "intro x", "clear_value x")
    assert with_value != without


def test_keys_abstract_from_metavariable_names(lean_server: LeanServer) -> None:
    statement = "example : ∃ x : Nat, x = 3"
    assert lean_server.key(statement, "refine ⟨?a, ?b⟩") == lean_server.key(
        statement, "have : True := trivial", "clear this", "refine ⟨?c, ?d⟩"
    )


# The library


def test_policies_apply_to_steps(lean_server: LeanServer) -> None:
    policy = lean_server.ask(policy={"names": ["Nat.add_comm"]})["policy"]
    hole = lean_server.hole("theorem c (a b : Nat) : a + b = b + a")
    nested = (
        "have h : ∀ x y : Nat, x + y = y + x := by\n"
        "  intro x y; exact Nat.add_comm x y\nexact h a b"
    )
    for tactic in ("exact Nat.add_comm a b", "simp [Nat.add_comm]", nested):
        answer = lean_server.step(hole, tactic, policy=policy)
        assert answer["forbidden"] == ["Nat.add_comm"]
        assert answer["message"].startswith("Lean error:\n")
    assert closes(lean_server.step(hole, "exact Nat.add_comm a b"))
    assert closes(lean_server.step(hole, "induction b <;> grind", policy=policy))


def test_policies_look_through_lemmas_of_the_session(lean_server: LeanServer) -> None:
    policy = lean_server.ask(policy={"names": ["Nat.add_comm"]})["policy"]
    env = lean_server.ask(cmd="theorem mine (a b : Nat) : a + b = b + a := Nat.add_comm a b")["env"]
    hole = lean_server.hole("theorem c (a b : Nat) : a + b = b + a", env=env)
    answer = lean_server.step(hole, "exact mine a b", policy=policy)
    assert answer["forbidden"] == ["Nat.add_comm"]
    assert lean_server.ask(uses="mine", env=env, policy=policy) == {"forbidden": ["Nat.add_comm"]}


def test_a_policy_from_a_theorem_on(lean_server: LeanServer) -> None:
    policy = lean_server.ask(policy={"names": [], "from": "List.map_map"})["policy"]
    env = lean_server.ask(
        cmd="theorem a (n : Nat) : n + 0 = n := Nat.add_zero n\n"
        "theorem b (a b : Array Nat) (h : a.toList = b.toList) : a = b := Array.toList_inj.mp h\n"
        "theorem c (f g : Nat → Nat) (l : List Nat) : (l.map f).map g = l.map (g ∘ f) :=\n"
        "  List.map_map"
    )["env"]
    forbidden = [lean_server.ask(uses=n, env=env, policy=policy)["forbidden"] for n in "abc"]
    assert forbidden[0] == []
    assert "Array.toList_inj" in forbidden[1]
    assert forbidden[2] == ["List.map_map"]


def test_statements_elaborate(lean_server: LeanServer) -> None:
    env = lean_server.ask(cmd="example : 1 = 1 := rfl")["env"]
    rows = lean_server.ask(premises=True, env=env)["premises"]
    for name, _, _ in rows[:: len(rows) // 40]:
        answer = lean_server.ask(constant=name, env=env)
        assert answer["kind"] == "theorem"
        assert answer["isProp"] is True
        assert answer["exact"] is True, answer
        check = f"theorem x : {answer['statement']} := @{name}"
        assert errors(lean_server.ask(cmd=check, env=env)) == [], check


def test_constants_that_are_no_theorems(lean_server: LeanServer) -> None:
    env = lean_server.ask(cmd="def two := 2\ntheorem mine : two = 2 := rfl")["env"]
    kinds = {
        name: (answer["kind"], answer["isProp"])
        for name in ("Nat", "Nat.succ", "Nat.add", "propext", "Nat.rec", "two", "mine")
        for answer in [lean_server.ask(constant=name, env=env)]
    }
    assert kinds == {
        "Nat": ("inductive", False),
        "Nat.succ": ("constructor", False),
        "Nat.add": ("def", False),
        "propext": ("axiom", True),
        "Nat.rec": ("recursor", False),
        "two": ("def", False),
        "mine": ("theorem", True),
    }


def test_premises(lean_server: LeanServer) -> None:
    env = lean_server.ask(cmd="theorem mine : 1 = 1 := rfl")["env"]
    policy = lean_server.ask(policy={"names": ["Nat.add_comm"]})["policy"]
    rows = {row[0]: row for row in lean_server.ask(premises=True, env=env)["premises"]}
    assert len(rows) > 15_000
    assert rows["Nat.add_comm"][1] == "∀ (n m : Nat), n + m = m + n"
    assert "HAdd.hAdd" in rows["Nat.add_comm"][2]
    assert rows["List.map_map"][1] == "List.map g (List.map f l) = List.map (g ∘ f) l"
    assert not any(part.startswith("_") for name in rows for part in name.split("."))
    without = {r[0] for r in lean_server.ask(premises=True, env=env, policy=policy)["premises"]}
    assert set(rows) - without == {"Nat.add_comm"}
