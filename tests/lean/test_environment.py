"""Proving statements, holes of files and library theorems with a real Lean."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bait_core.domain import SOUND, FailureKind, Goal, Proof, ProofStep, Proved, Theorem
from bait_core.errors import ConfigurationError, FillError, ProverError, TheoremError
from bait_core.plugins.build import make_environment
from bait_core.protocols import Environment, FillsFiles
from bait_lean.environment.environment import LeanEnvironment

from .proving import (
    LIMIT,
    Script,
    close,
    closes,
    environment_of,
    failure,
    file_environment,
    needs_lean,
    open_session,
    prove,
    run,
    subgoals,
)

pytestmark = needs_lean

STATEMENT = "theorem t (a b : Nat) (h : a = b) : b = a ∧ ∃ x, x = a + b"
FALSE = "theorem f (n : Nat) : n = n + 1"


@pytest.fixture(scope="module")
def statement() -> Iterator[LeanEnvironment]:
    environment = environment_of(statement=STATEMENT)
    yield environment
    environment.close()


def test_a_statement_is_proved_and_checked(statement: LeanEnvironment) -> None:
    (theorem,) = statement.theorems()
    assert theorem == Theorem("t", STATEMENT, "the statement")
    with statement.start(theorem) as session:
        assert session.root.text.endswith("⊢ b = a ∧ ∃ x, x = a + b")
        proof = prove(session, ("constructor", ["exact h.symm", "exact ⟨a + b, rfl⟩"]))
        result = session.check(proof)
        assert result.accepted, result.message
        assert result.script == session.script(proof)
    assert result.script == (
        f"{STATEMENT} := by\n  constructor\n  · exact h.symm\n  · exact ⟨a + b, rfl⟩"
    )


def test_a_wrong_proof_is_refused_with_the_step_to_blame(statement: LeanEnvironment) -> None:
    with open_session(statement) as session:
        proof = prove(session, ("constructor", ["exact h", "exact ⟨a + b, rfl⟩"]))
        result = session.check(proof)
        left, _ = proof[session.root].subgoals
        assert not result.accepted
        assert "Type mismatch" in result.message
        assert result.culprit == left


def test_a_proof_with_refused_text_is_not_even_tried(statement: LeanEnvironment) -> None:
    with open_session(statement) as session:
        proof = Proof(session.root, {session.root.key: ProofStep(session.root, "sorry", ())})
        result = session.check(proof)
        assert not result.accepted
        assert result.culprit == session.root


def test_coupled_goals_are_one_goal(statement: LeanEnvironment) -> None:
    with open_session(statement) as session:
        _, right = subgoals(session, "constructor")
        (coupled,) = subgoals(session, "apply Exists.intro", right)
        assert coupled.text.count("⊢") == 2
        proof = prove(session, ("constructor", ["exact h.symm", ("apply Exists.intro", ["rfl"])]))
        assert session.check(proof).accepted


def test_goals_are_equal_by_content_and_not_by_text(tmp_path: Path) -> None:
    text = (
        "example : (0 : Nat) = 0 ∧ (0 : Int) = 0 := by sorry\n"
        "example (p : Prop) (h : p) : p ∧ p := by sorry\n"
        "example (p : Prop) (h : p) : p ∧ p := by sorry\n"
    )
    environment = file_environment(tmp_path, text)
    try:
        theorems = environment.theorems()
        with environment.start(theorems[0]) as session:
            nat, integer = subgoals(session, "refine And.intro (a := _) ?a ?a'")
            assert nat.text.split("\n")[-1] == integer.text.split("\n")[-1] == "⊢ 0 = 0"
            assert nat != integer
        with environment.start(theorems[1]) as session, environment.start(theorems[2]) as other:
            assert session.root == other.root
            assert subgoals(session, "constructor") == subgoals(other, "constructor")
            assert subgoals(session, "constructor") == subgoals(session, "apply And.intro")
    finally:
        environment.close()


def test_a_theorem_does_not_prove_itself() -> None:
    environment = environment_of(statement=FALSE)
    try:
        with open_session(environment) as session:
            for tactic in (
                "exact?", "exact f n", "exact _root_.f n", "apply f", "simp [f]", "assumption",
                "grind", "simp_all", "omega", "solve_by_elim", "rw [← f n]", "rw?", "apply?",
            ):  # fmt: skip
                assert not closes(session, tactic), tactic
            root = session.root
            for tactic in ("exact f n", "exact?", "rw?"):
                proof = Proof(root, {root.key: ProofStep(root, tactic, ())})
                assert not session.check(proof).accepted, tactic
    finally:
        environment.close()


def test_what_exact_finds_is_written_out() -> None:
    environment = environment_of(statement="theorem t (a b : Nat) : a * b = b * a")
    try:
        with open_session(environment) as session:
            result = session.check(prove(session, "exact?"))
            assert result.accepted
            assert result.script.endswith("exact Nat.mul_comm a b")
    finally:
        environment.close()


FILE = """import Init
/-! A file with holes of all kinds. -/
namespace Α.β
variable (p q : Prop)

def double (n : Nat) : Nat := n + n

/-- Documented. -/
@[simp] theorem double_zero : double 0 = 0 := by
  sorry

theorem and_swap' (h : p ∧ q) : q ∧ p := by
  constructor
  · sorry
  · sorry

theorem of_terms (h : p ∧ q) : q ∧ p := ⟨sorry, by sorry⟩
private theorem hidden : double 1 = 2 := sorry
example (n : Nat) : n < n + 1 := by
  have h : n ≤ n := by sorry
  match n with
  | 0 => sorry
  | n + 1 => exact sorry

instance : Inhabited (Fin 3) := ⟨⟨0, by sorry⟩⟩

mutual
theorem one : double 1 = 2 := by sorry
theorem two : double 2 = 4 := sorry
end

def data : Nat := sorry
theorem all_at_once : 1 = 1 ∧ 2 = 2 := by
  constructor
  all_goals sorry
end Α.β
theorem «last one» : True ∧ True := by sorry
"""
SCRIPTS: dict[str, Script] = {
    "Α.β.double_zero": "rfl",
    "Α.β.and_swap':1": "exact h.2",
    "Α.β.and_swap':2": "exact h.1",
    "Α.β.of_terms:1": "exact h.2",
    "Α.β.of_terms:2": "exact h.1",
    "Α.β.hidden": "rfl",
    "example:19:1": "omega",
    "example:19:2": "decide",
    "example:19:3": "omega",
    "instance:25": "decide",
    "Α.β.one": "rfl",
    "Α.β.two": "rfl",
    "«last one»": ("constructor", ["trivial", "trivial"]),
}
FILLED = (
    FILE.replace("0 := by\n  sorry", "0 := by\n  rfl")
    .replace("  · sorry\n  · sorry", "  · exact h.2\n  · exact h.1")
    .replace("⟨sorry, by sorry⟩", "⟨by exact h.2, by exact h.1⟩")
    .replace("2 := sorry", "2 := by rfl")
    .replace("n ≤ n := by sorry", "n ≤ n := by omega")
    .replace("| 0 => sorry", "| 0 => decide")
    .replace("exact sorry", "exact by omega")
    .replace("⟨0, by sorry⟩", "⟨0, by decide⟩")
    .replace("2 := by sorry", "2 := by rfl")
    .replace("4 := sorry", "4 := by rfl")
    .replace("True := by sorry", "True := by\n  constructor\n  · trivial\n  · trivial")
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_file_of_all_kinds_of_holes_is_filled(
    tmp_path: Path, newline: str, caplog: pytest.LogCaptureFixture
) -> None:
    environment = file_environment(tmp_path, "\ufeff" + FILE.replace("\n", newline))
    try:
        assert isinstance(environment, FillsFiles)
        assert [theorem.name for theorem in environment.theorems()] == list(SCRIPTS)
        assert "data is left out: it is for data" in caplog.text
        assert "all_at_once is left out: it stands for several goals" in caplog.text
        scripts = {name: close(environment, name, script) for name, script in SCRIPTS.items()}
        assert environment.fill(scripts).text == "\ufeff" + FILLED.replace("\n", newline)
    finally:
        environment.close()


DEPENDENT = """theorem helper (n : Nat) : n * 0 + n = n := by sorry
@[simp] theorem wrong (n : Nat) : n + 0 = n + 0 ∧ n = 5 := by sorry
theorem uses_helper (n : Nat) : n * 0 + n = n := by
  have := helper n
  sorry
theorem alone (n : Nat) : n = 5 := by sorry
theorem last (n : Nat) : n * 0 + n = n := by sorry
"""


def test_open_theorems_can_not_be_used_and_proved_ones_can(tmp_path: Path) -> None:
    environment = file_environment(tmp_path, DEPENDENT)
    try:
        with open_session(environment, "uses_helper") as session:
            assert failure(session, "exact helper n").kind is FailureKind.REJECTED
            # The text itself uses the open theorem: that is said of the hole, which is proved.
            result = session.check(prove(session, "omega"))
            assert result.accepted
            assert result.foundations.open == ("helper",)
        with open_session(environment, "alone") as session:
            for tactic in ("exact (wrong n).2", "exact?", "simp [wrong]", "grind [wrong]"):
                assert not closes(session, tactic), tactic
        close(environment, "helper", "simp")
        assert close(environment, "last", "exact helper n") == "exact helper n"
        with open_session(environment, "uses_helper") as session:
            result = session.check(prove(session, "exact this"))
            assert result.accepted
            assert result.foundations == SOUND
    finally:
        environment.close()


def test_axioms_of_the_text_prove_nothing(tmp_path: Path) -> None:
    text = "axiom magic (n : Nat) : n = 5\ntheorem t : 3 = 5 := by sorry\n"
    environment = file_environment(tmp_path, text)
    try:
        with open_session(environment) as session:
            result = session.check(prove(session, "exact magic 3"))
            assert not result.accepted
            assert result.message == "the proof rests on the axiom magic"
    finally:
        environment.close()


def test_a_filled_file_is_refused_as_a_whole_if_something_rests_on_a_hole(tmp_path: Path) -> None:
    environment = file_environment(tmp_path, DEPENDENT)
    try:
        with pytest.raises(FillError, match=r"alone: .* not proved itself: wrong") as caught:
            environment.fill({"helper": "simp", "alone": "exact (wrong n).2"})
        assert caught.value.reasons.keys() == {"alone"}
        with pytest.raises(FillError) as caught:
            environment.fill({"helper": "rfl", "last": "simp"})
        # `simp` rewrites with the theorem `wrong`, which has an open hole.
        assert caught.value.reasons.keys() == {"helper", "last"}
        assert environment.fill({"last": "omega"}).text == DEPENDENT[: -len("sorry\n")] + "omega\n"
        assert environment.fill({}).text == DEPENDENT
        with pytest.raises(ProverError, match="no hole nothing"):
            environment.fill({"nothing": "simp"})
    finally:
        environment.close()


def test_holes_of_one_declaration_do_not_help_each_other(tmp_path: Path) -> None:
    text = "theorem t (n : Nat) : n = n ∧ n = 5 := by\n  constructor\n  · sorry\n  · sorry\n"
    environment = file_environment(tmp_path, text)
    try:
        assert close(environment, "t:1", "rfl") == "rfl"
        with open_session(environment, "t:2") as session:
            for tactic in ("exact?", "simp", "assumption", "grind", "rfl", "apply?", "simp_all"):
                proof = Proof(session.root, {session.root.key: ProofStep(session.root, tactic, ())})
                assert not session.check(proof).accepted, tactic
    finally:
        environment.close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("theorem a : True := trivial)\ntheorem b : True := by sorry", r"File.lean:1:28: .*\)"),
        ("def x : Nat := y\r\n\r\ntheorem b : True := by sorry", "File.lean:1:16: .*y"),
        ("theorem b : foo := by sorry", "File.lean:1:.*foo"),
        ("theorem b : True := by\n  simp\n  sorry", "File.lean:3:3: .*[Nn]o goals"),
        ("import Nothing.Like.This\ntheorem b : True := by sorry", "Nothing.Like.This"),
        ("theorem b : True := by sorry )", r"File.lean:1:30: .*\)"),
    ],
)
def test_errors_before_a_hole_are_told_with_their_place(
    tmp_path: Path, text: str, message: str
) -> None:
    environment = file_environment(tmp_path, text)
    try:
        with pytest.raises(TheoremError, match=f"(?s){message}"):
            environment.theorems()
    finally:
        environment.close()


def test_errors_after_the_last_hole_are_no_obstacle(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = "theorem a : True := by sorry\ntheorem b : True := foo\ntheorem c : True := by sorry\n"
    environment = file_environment(tmp_path, text, only=("a",))
    try:
        assert [theorem.name for theorem in environment.theorems()] == ["a"]
        assert "File.lean:2:21: Unknown identifier `foo`" in caplog.text
        scripts = {"a": close(environment, "a", "trivial")}
        assert environment.fill(scripts).text == text.replace("sorry", "trivial", 1)
    finally:
        environment.close()


@pytest.mark.parametrize("text", ["", "\ufeff", "theorem a : True := trivial -- sorry\n"])
def test_files_without_holes_have_no_theorems(tmp_path: Path, text: str) -> None:
    environment = file_environment(tmp_path, text)
    assert environment.theorems() == []
    assert environment.fill({}).text == text
    environment.close()


def test_only_names_holes_that_there_are(tmp_path: Path) -> None:
    environment = file_environment(tmp_path, "theorem a : True := by sorry\n", only=("b",))
    try:
        with pytest.raises(ConfigurationError, match="no hole 'b'") as caught:
            environment.theorems()
        assert "Its holes are: a" in caught.value.hint
    finally:
        environment.close()


@pytest.mark.parametrize("name", ["Nothing.lean", "."])
def test_missing_files_and_folders(tmp_path: Path, name: str) -> None:
    environment = environment_of(file=tmp_path / name)
    with pytest.raises(TheoremError, match="can't be read"):
        environment.theorems()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("lemma t : True", "lemma"),
        ("theorem t : foo", "foo"),
        ("theorem", "statement"),
        ("1 +", "statement"),
    ],
)
def test_statements_that_lean_does_not_accept(statement: str, message: str) -> None:
    environment = environment_of(statement=statement)
    try:
        with pytest.raises(TheoremError, match=message):
            environment.theorems()
    finally:
        environment.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "exactly one of"),
        ({"statement": "  "}, "statement is empty"),
        ({"statement": "1 = 1", "theorems": ["a"]}, "statement and theorems"),
        ({"statement": "1 = 1", "only": ["a"]}, "`only`"),
        ({"statement": "1 = 1", "colour": "red"}, "colour"),
    ],
)
def test_options_are_checked(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make_environment("lean", options)


def test_a_library_theorem_is_proved_without_itself_and_what_comes_later() -> None:
    environment: Environment = environment_of(theorems=("List.map_map", "Nat.add_comm"))
    assert isinstance(environment, LeanEnvironment)
    try:
        theorem, other = environment.theorems()
        assert theorem.name == "List.map_map"
        assert other == Theorem("Nat.add_comm", "∀ (n m : Nat), n + m = m + n", "Nat.add_comm")
        with environment.start(theorem) as session:
            for tactic in ("simp", "exact List.map_map", "exact?", "intros; grind"):
                assert not closes(session, f"({tactic})"), tactic
            names = {p.name for p in session.retrieve_premises(session.root).library}
            assert "Nat.add_comm" in names
            assert not {"List.map_map", "List.map_append", "Array.map_map"} & names
            induction = (
                "rename_i l\ninduction l with\n| nil => rfl\n"
                "| cons a l ih => exact congrArg (List.cons _) ih"
            )
            rename, rest = induction.split("\n", 1)
            result = session.check(prove(session, ("intros", [(rename, [rest])])))
            assert result.accepted, result.message
            assert result.script.startswith("example : ")
            assert "List.map g (List.map f l)" in result.script
            step = ProofStep(session.root, "exact List.map_map", ())
            result = session.check(Proof(session.root, {session.root.key: step}))
            assert not result.accepted
            assert "List.map_map" in result.message
    finally:
        environment.close()


@pytest.mark.parametrize("name", ["Nat.no_such_theorem", "Nat.add", "«"])
def test_library_theorems_that_there_are_not(name: str) -> None:
    environment = environment_of(theorems=(name,))
    try:
        with pytest.raises(TheoremError, match=name):
            environment.theorems()
    finally:
        environment.close()


def test_sessions_in_several_threads_do_the_same(tmp_path: Path) -> None:
    text = "".join(f"example (a b : Nat) : a + b + {i} = b + a + {i} := by sorry\n" for i in (1, 2))
    environment = file_environment(tmp_path, text)
    results: dict[tuple[str, int], list[object]] = {}

    def work(theorem: Theorem, number: int) -> None:
        with environment.start(theorem) as session:
            outcomes = session.run_tactics(session.root, ["simp", "cases a", "omega"], LIMIT)
            results[theorem.name, number] = [session.root, *map(shape, outcomes)]

    try:
        threads = [
            threading.Thread(target=work, args=(theorem, number))
            for theorem in environment.theorems()
            for number in (1, 2)
        ]
        for thread in threads[:2]:
            thread.start()
        for thread in threads[:2]:
            thread.join()
        for thread in threads[2:]:
            thread.start()
            thread.join()
    finally:
        environment.close()
    assert len(results) == 4
    for theorem in ("example:1", "example:2"):
        assert results[theorem, 1] == results[theorem, 2]


def shape(outcome: object) -> object:
    """An outcome without its time."""
    if isinstance(outcome, Proved):
        return "proved"
    goals: tuple[Goal, ...] | None = getattr(outcome, "goals", None)
    return [goal.key for goal in goals] if goals else str(getattr(outcome, "message", ""))


def test_goals_of_others_are_refused(statement: LeanEnvironment) -> None:
    with open_session(statement) as session, pytest.raises(ProverError, match="not one that"):
        run(session, "simp", Goal("foreign", "⊢ True"))
