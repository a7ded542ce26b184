"""Writing proofs as structured text, and putting them into the place of a hole."""

from __future__ import annotations

import pytest

from bait_core.domain import Goal, Proof, ProofStep
from bait_core.errors import ProverError
from bait_lean.source.placing import Place, edits, fill_places
from bait_lean.source.script import Arrangements, script_text, write_script


def proof(steps: dict[str, tuple[str, str]]) -> Proof:
    """A proof from `goal: (tactic, subgoals separated by blanks)`; the first goal is the root."""
    goals = {key: Goal(key, f"⊢ {key}") for key in steps}
    return Proof(
        next(iter(goals.values())),
        {
            key: ProofStep(goals[key], tactic, tuple(goals[child] for child in children.split()))
            for key, (tactic, children) in steps.items()
        },
    )


def written(steps: dict[str, tuple[str, str]], arrangements: Arrangements = {}) -> str:  # noqa: B006
    return script_text(write_script(proof(steps), arrangements))


def test_one_goal_after_the_other_is_a_sequence() -> None:
    assert written({"a": ("intro x", "b"), "b": ("simp", "c"), "c": ("omega", "")}) == (
        "intro x\nsimp\nomega"
    )


def test_several_goals_get_bullets_and_tactics_of_several_lines_are_indented() -> None:
    steps = {
        "a": ("constructor", "b c"),
        "b": ("induction n with\n| zero => rfl\n| succ n ih =>\n  omega", ""),
        "c": ("cases h", "d e"),
        "d": ("simp", "e"),
        "e": ("rfl", ""),
    }
    assert written(steps) == (
        "constructor\n"
        "· induction n with\n"
        "  | zero => rfl\n"
        "  | succ n ih =>\n"
        "    omega\n"
        "· cases h\n"
        "  · simp\n"
        "    rfl\n"
        "  · rfl"
    )


def test_coupled_goals_stay_in_sequence() -> None:
    steps = {"a": ("apply f", "b"), "b": ("exact h", "c"), "c": ("rfl", "")}
    assert written(steps, {("a", "apply f"): ((0, 1),)}) == "apply f\nexact h\nrfl"


def test_independent_goals_among_coupled_ones_are_rotated_to_the_front() -> None:
    steps = {"a": ("apply f", "b c"), "b": ("exact h", ""), "c": ("rfl", "")}
    assert written(steps, {("a", "apply f"): ((0, 2), (1,))}) == (
        "apply f\nrotate_left 1\n· rfl\nrotate_left 1\nexact h"
    )


def test_lines_know_their_goal() -> None:
    lines = write_script(proof({"a": ("intro x\n  y", "b"), "b": ("simp", "")}), {})
    assert [line.goal.key for line in lines] == ["a", "a", "b"]


def test_shared_goals_are_written_out_up_to_a_limit() -> None:
    steps = {f"g{i}": ("constructor", f"g{i + 1} g{i + 1}") for i in range(20)}
    steps["g20"] = ("rfl", "")
    with pytest.raises(ProverError, match="2097151 steps"):
        written(steps)


def test_long_proofs_need_no_recursion() -> None:
    steps = {f"g{i}": ("skip", f"g{i + 1}") for i in range(5_000)}
    steps["g5000"] = ("rfl", "")
    assert written(steps).count("\n") == 5_000


LONG = "intro x\n· simp\n· omega"
PLACINGS = [
    ("theorem a : P := by sorry\n", "theorem a : P := by\n  intro x\n  · simp\n  · omega\n"),
    ("theorem a : P := by\n  sorry", "theorem a : P := by\n  intro x\n  · simp\n  · omega"),
    (
        "  theorem a\n    (x : Nat := 1) : P := by sorry",
        "  theorem a\n    (x : Nat := 1) : P := by\n    intro x\n    · simp\n    · omega",
    ),
    ("  · have h : x := by sorry", "  · have h : x := by intro x\n" + 21 * " " + "· simp\n"
     + 21 * " " + "· omega"),
    ("  · sorry", "  · intro x\n    · simp\n    · omega"),
    ("  simp; sorry", "  simp; (intro x\n         · simp\n         · omega)"),
]  # fmt: skip
TERM_PLACINGS = [
    ("theorem a : P := sorry", "theorem a : P := by\n  intro x\n  · simp\n  · omega", "by omega"),
    (
        "theorem a : P :=\n  sorry",
        "theorem a : P :=\n  by\n    intro x\n    · simp\n    · omega",
        "by omega",
    ),
    ("  exact sorry", "  exact by intro x\n           · simp\n           · omega", "by omega"),
    ("  exact sorry; simp", "  exact (by intro x\n            · simp\n            · omega); simp",
     "(by omega)"),
    ("  exact f sorry", "  exact f (by intro x\n              · simp\n              · omega)",
     "(by omega)"),
    ("⟨sorry, x⟩", "⟨by intro x\n    · simp\n    · omega, x⟩", "by omega"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "filled"), PLACINGS)
def test_tactics_take_the_layout_of_their_place(text: str, filled: str) -> None:
    place = Place(text.index("sorry"), is_term=False)
    assert fill_places(text, {place: LONG}) == filled
    assert fill_places(text, {place: "omega"}) == text.replace("sorry", "omega")


@pytest.mark.parametrize(("text", "filled", "short"), TERM_PLACINGS)
def test_terms_become_blocks(text: str, filled: str, short: str) -> None:
    place = Place(text.index("sorry"), is_term=True)
    assert fill_places(text, {place: LONG}) == filled
    assert fill_places(text, {place: "omega"}) == text.replace("sorry", short)


def test_two_holes_on_one_line() -> None:
    text = "theorem a : P :=\n  ⟨sorry, by sorry⟩"
    places = {Place(text.index("sorry"), True): LONG, Place(text.rindex("sorry"), False): LONG}
    assert fill_places(text, places) == (
        "theorem a : P :=\n"
        "  ⟨by intro x\n"
        "      · simp\n"
        "      · omega, by intro x\n"
        "                  · simp\n"
        "                  · omega⟩"
    )
    assert [(e.start, text[e.start : e.end]) for e in edits(text, places)] == [
        (text.index("sorry"), "sorry"),
        (text.rindex("sorry"), "sorry"),
    ]
