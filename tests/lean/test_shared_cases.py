"""Files on which BAIT once failed, with the right answer to each.

They are kept beside the checkout, in ../shared/cases/lean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bait_core.domain import CheckResult, Foundations, Proof, ProofStep, Theorem
from bait_core.errors import FillError, TheoremError
from bait_lean.environment.environment import LeanEnvironment

from .proving import LIMIT, environment_of, needs_lean

CASES = Path(__file__).parents[3] / "shared" / "cases" / "lean"
pytestmark = [
    *needs_lean,
    pytest.mark.skipif(not CASES.is_dir(), reason=f"needs the files of {CASES}"),
]

ANY_GOAL = "first | assumption | rfl | omega | exact ⟨_, ‹_›⟩ | simp_all | grind"
CHEATS = {
    "ambiguous_with_library": ["exact bad.symm", "exact _root_.bad.symm"],
    "compiler_trick": ["exact lem.elim", "exact (key Lean.reduceBool rfl rfl).elim"],
    "kernel_switched_off": ["decide +kernel", "exact (by decide +kernel)"],
    "namesake_in_namespace": ["exact bad n", "exact _root_.bad n"],
    "where_and_let_rec": ["exact bad n", "exact _root_.bad n", "exact (bad n : n = n + 1)"],
}
ALWAYS = ["exact?", "simp_all", "grind", "decide", "omega", "rfl", ANY_GOAL]


@contextmanager
def case(name: str, **options: Any) -> Iterator[LeanEnvironment]:
    environment = environment_of(file=CASES / f"{name}.lean", **options)
    try:
        yield environment
    finally:
        environment.close()


def checked(environment: LeanEnvironment, theorem: Theorem, script: str) -> CheckResult:
    with environment.start(theorem) as session:
        session.run_tactics(session.root, [script], LIMIT)
        root = session.root
        return session.check(Proof(root, {root.key: ProofStep(root, script, ())}))


def line(theorem: Theorem) -> int:
    return int(theorem.source.rsplit(":", 2)[1])


def filled(name: str) -> Mapping[str, Foundations]:
    """What the holes of a file rest on, in order, once all of them are filled."""
    with case(f"holes/{name}") as environment:
        results = {
            theorem.name: checked(environment, theorem, ANY_GOAL)
            for theorem in environment.theorems()
        }
        assert {n: r.message for n, r in results.items() if not r.accepted} == {}
        file = environment.fill({n: result.script for n, result in results.items()})
    assert file.text.count(ANY_GOAL) == len(results)
    return {name: file.foundations[name] for name in results}


@pytest.mark.parametrize("name", sorted(CHEATS))
def test_nothing_false_is_proved(name: str) -> None:
    with case(f"unsound/{name}") as environment:
        try:
            theorems = environment.theorems()
        except TheoremError:
            theorems = []  # The file is refused as a whole.
        assert theorems or name == "kernel_switched_off"
        for theorem in theorems:
            for cheat in CHEATS[name] + ALWAYS:
                result = checked(environment, theorem, cheat)
                assert not result.accepted or result.foundations.open, (theorem, cheat)
            for cheat in CHEATS[name]:
                try:
                    file = environment.fill({theorem.name: cheat})
                except FillError:
                    continue
                assert file.foundations[theorem.name].open, (theorem, cheat)


def test_every_unsound_file_is_tried() -> None:
    assert {file.stem for file in (CASES / "unsound").glob("*.lean")} == set(CHEATS)


def test_every_file_with_holes_is_tried() -> None:
    assert {file.stem for file in (CASES / "holes").glob("*.lean")} == {
        "accents", "admit", "arguments", "custom_command", "interpolated", "macro_sorry",
        "needs_binder", "needs_open_simp_lemma", "quoted_and_dead",
    }  # fmt: skip


def test_arguments_are_holes() -> None:
    found = filled("arguments")
    text = (CASES / "holes" / "arguments.lean").read_text()
    code = "\n".join(part.partition("--")[0] for part in text.split("\n"))
    assert len(found) == code.count("sorry")
    assert {name.partition(":")[0] for name in found} == {f"arg{i}" for i in range(1, 17)}
    assert not any(foundations.open for foundations in found.values())


def test_letters_with_accents_belong_to_names() -> None:
    found = filled("accents")
    assert list(found) == ["théorème", "größe", "utilise", "avec_é", "łatwe"]


def test_a_macro_that_leaves_a_sorry_is_told_of() -> None:
    found = filled("macro_sorry")
    assert list(found) == ["a1", "a2"]
    assert found["a1"].open
    assert not found["a2"].open


def test_a_simp_lemma_that_is_open_helps_and_is_named() -> None:
    with case("holes/needs_open_simp_lemma") as environment:
        _, uses = environment.theorems()
        assert uses.name == "uses"
        result = checked(environment, uses, "assumption")
        assert result.accepted, result.message
        assert any("g_odd" in name for name in result.foundations.open)
        assert environment.fill({"uses": "assumption"}).foundations["uses"].open


def test_syntax_after_an_open_hole_is_there() -> None:
    with case("holes/needs_binder") as environment:
        _, later = environment.theorems()
        assert later.name == "later1"
        script = "exact Or.inr h"
        assert checked(environment, later, script).accepted
        assert script in environment.fill({"later1": script}).text


def test_quoted_names_are_no_holes_and_dead_ones_are_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with case("holes/quoted_and_dead") as environment:
        lines = {line(theorem): theorem for theorem in environment.theorems()}
        assert 4 in lines, "the hole of d1"
        assert 9 in lines, "the second hole of d2"
        assert not {1, 5, 8} & lines.keys(), "quoted names, and what `first` never comes to"
        for number in (4, 9):
            result = checked(environment, lines[number], "assumption")
            assert result.accepted, result.message
        names = [lines[number].name for number in (4, 9)]
        text = environment.fill(dict.fromkeys(names, "assumption")).text
        assert text.split("\n")[3] == "  · assumption"
    for dead in (8, 12, 16):
        assert f"quoted_and_dead.lean:{dead}" in caplog.text


def test_a_sorry_in_a_string_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with case("holes/interpolated") as environment:
        lines = {line(theorem) for theorem in environment.theorems()}
    assert 2 in lines
    assert 1 in lines or "interpolated.lean:1" in caplog.text


def test_admit_is_a_hole() -> None:
    found = filled("admit")
    assert list(found) == ["e1:1", "e1:2"]
    assert not any(foundations.open for foundations in found.values())


def test_a_hole_belongs_to_what_the_users_command_declares() -> None:
    assert list(filled("custom_command")) == ["foo"]
