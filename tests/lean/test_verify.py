"""What is said of a file as it stands, and of a file that is filled with any scripts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bait_core.domain import Foundations, Verification
from bait_core.errors import FillError, MergeError, ProverError

from .proving import environment_of, file_environment, needs_lean

pytestmark = needs_lean


MISSING = "the allowed axiom A.bad does not exist: neither the text nor its imports declare it"


def verified(folder: Path, text: str, *allowed: str) -> dict[str, Verification]:
    environment = file_environment(folder, text, allow_axioms=allowed)
    try:
        return {found.theorem.name: found for found in environment.verify()}
    finally:
        environment.close()


MIXED = """axiom bad : (1 : Nat) = 2
namespace A
theorem fine (a b : Nat) : a + b = b + a := by omega
private theorem hidden : 1 = 1 := rfl
end A
theorem open_ (p : Prop) (h : p) : p ∧ p := ⟨h, by sorry⟩
theorem through (p : Prop) (h : p) : p := (open_ p h).1
theorem uses_axiom : (2 : Nat) = 1 := bad.symm
example : 1 = 2 := by admit
def as_data : 1 = 1 := by sorry
instance proofs : Nonempty Nat := sorry
theorem x._proof_1 : (0 : Nat) = 1 := by admit
theorem whole : True := trivial
where
  step : (0 : Nat) = 1 := by sorry
#check (sorry : 1 = 2)
"""


def test_each_theorem_is_judged(tmp_path: Path) -> None:
    found = verified(tmp_path, MIXED)
    accepted = {name for name, verification in found.items() if verification.accepted}
    assert accepted == {"A.fine", "A.hidden"}
    assert found["A.fine"].theorem.source == f"{tmp_path / 'File.lean'}:3:1"
    assert found["open_"].foundations.open == (f"`sorry` {tmp_path / 'File.lean'}:6:52",)
    assert found["through"].foundations.open == ("open_",)
    assert found["uses_axiom"].message == "the proof rests on the axiom bad"
    assert {"example:9", "as_data", "proofs", "x._proof_1", "whole", "line 16"} < found.keys()


def test_an_axiom_counts_where_it_is_allowed(tmp_path: Path) -> None:
    found = verified(tmp_path, MIXED, "bad")["uses_axiom"]
    assert found.accepted
    assert found.foundations == Foundations(axioms=("bad",))


def test_an_allowed_axiom_that_does_not_exist_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    verified(tmp_path, MIXED, "bad", "propext", "A.bad")
    assert [record.getMessage() for record in caplog.records] == [MISSING]


@pytest.mark.parametrize(
    "options",
    [
        {"statement": "theorem t (a : Nat) : a + 0 = a"},
        {"theorems": ["Nat.add_zero", "Nat.mul_one"]},
    ],
    ids=["statement", "library"],
)
def test_it_is_warned_of_once_before_a_search(
    options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    environment = environment_of(allow_axioms=["propext", "A.bad"], **options)
    try:
        assert environment.theorems()
    finally:
        environment.close()
    assert [record.getMessage() for record in caplog.records] == [MISSING]


def test_errors_are_told(tmp_path: Path) -> None:
    found = verified(tmp_path, "theorem a : True := foo\ntheorem b : True := trivial\n")
    assert "foo" in found["line 1"].message
    assert not found["a"].accepted
    assert found["b"].accepted


def test_what_lean_does_not_read_is_told(tmp_path: Path) -> None:
    text = "theorem a : True := trivial\n#exit\n"
    assert verified(tmp_path, text).keys() == {"a"}
    found = verified(tmp_path, text + "theorem b : False := foo\n")
    assert not found["line 2"].accepted


def test_the_kernel_has_the_last_word(tmp_path: Path) -> None:
    text = "set_option debug.skipKernelTC true in\ntheorem t : (1 : Nat) = 2 := by decide +kernel\n"
    found = verified(tmp_path, text)
    assert not found["t"].accepted
    assert "the kernel refuses" in found["t"].message


LOOKS_INTERNAL = """axiom ax : False
theorem bait_example_1 : True := trivial
example : False := ax
macro "ex" : command => `(example : False := ax)
ex
macro "two" c:command : command => `($c:command
  example : False := ax)
two example : True := trivial
theorem eq_1 : False := by sorry
def data : Nat := (fun (_ : False) => 0) eq_1
theorem match_1 : True := trivial
theorem foo._bar : True := trivial
def open_data : {n : Nat // n = n} := sorry
theorem _cheat : False := (fun (_ : Bool → Bool) => ax) Lean.reduceBool
theorem _uses : (0 : Nat) = 1 := _cheat.elim
structure S where
  n : Nat
  h : n = n
"""


def test_names_of_users_that_look_like_leans_own_hide_nothing(tmp_path: Path) -> None:
    found = verified(tmp_path, LOOKS_INTERNAL, "ax")
    accepted = {name for name, verification in found.items() if verification.accepted}
    assert accepted == {"example:2", "example:3", "match_1", "foo._bar"}
    assert found.keys() - accepted == {
        "example:5", "example:8", "eq_1", "data", "open_data", "_cheat", "_uses",
    }  # fmt: skip


def test_only_files_are_verified() -> None:
    environment = environment_of(statement="1 = 1")
    with pytest.raises(ProverError, match="only a file"):
        environment.verify()
    environment.close()


@pytest.mark.parametrize(
    ("text", "code"), [(MIXED, 1), ("theorem t : True := trivial\n", 0)], ids=["open", "proved"]
)
def test_the_command_tells_programs(tmp_path: Path, text: str, code: int) -> None:
    file = tmp_path / "File.lean"
    file.write_text(text)
    main = "from bait_core.cli.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", main, "verify", str(file), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == code, result.stderr
    answer = json.loads(result.stdout)
    assert {entry["accepted"] for entry in answer["theorems"]} == {code == 0, True}


# Filling with any scripts ------------------------------------------------------------------------

HOLES = """def f (n : Nat) : Nat := n + 1
theorem one : f 1 = 2 := by sorry
theorem two : f 2 = 3 ∧ f 3 = 4 := ⟨by sorry, by sorry⟩
theorem three : f 3 = 5 := by sorry
theorem last : f 4 = 5 := rfl
"""
RIGHT = {"one": "rfl", "two:1": "rfl", "two:2": "rfl"}


def test_each_refused_hole_gets_its_own_message(tmp_path: Path) -> None:
    environment = file_environment(tmp_path, HOLES)
    try:
        with pytest.raises(FillError) as caught:
            environment.fill(RIGHT | {"two:2": "exact foo", "three": "exact absurd bar"})
        reasons = caught.value.reasons
        assert reasons.keys() == {"two:2", "three"}
        assert "foo" in reasons["two:2"]
        assert "bar" in reasons["three"]
        filled = environment.fill(RIGHT)
        assert filled.foundations == dict.fromkeys(RIGHT, Foundations())
        part = environment.fill({"one": "rfl", "two:1": "rfl"})
        assert part.foundations["one"] == Foundations()
        (place,) = part.foundations["two:1"].open
        assert place.endswith("File.lean:3:50")
    finally:
        environment.close()


def test_an_error_that_the_file_has_anyway_is_nobodys_fault(tmp_path: Path) -> None:
    text = (
        "theorem one : 1 = 1 := by sorry\ntheorem two : 2 = 2 := by sorry\n"
        "theorem broken : True := foo\n"
    )
    environment = file_environment(tmp_path, text)
    try:
        with pytest.raises(FillError) as caught:
            environment.fill({"one": "exact foo", "two": "rfl"})
        assert caught.value.reasons.keys() == {"one"}
        assert "2 = 2 := by rfl" in environment.fill({"two": "rfl"}).text
    finally:
        environment.close()


@pytest.mark.parametrize(
    "script",
    [
        "rfl\n\ntheorem extra : True := trivial",
        "rfl\n\naxiom bad : False",
        'rfl\n\nlocal notation "f" => fun (n : Nat) => n + 2',
        "rfl\n\nopen Nat in\nexample : True := trivial",
        "exact sorryAx _ false",
        "exact (f_three : _)",
    ],
    ids=["theorem", "axiom", "notation", "example", "sorry", "unknown"],
)
def test_scripts_change_nothing_but_their_holes(tmp_path: Path, script: str) -> None:
    environment = file_environment(tmp_path, HOLES)
    try:
        with pytest.raises(FillError):
            environment.fill({"one": script})
    finally:
        environment.close()


CHANGES_MEANING = "trivial\n\nsection\n\nlocal macro_rules | `($a = $b) => `(True)"


@pytest.mark.parametrize(
    ("rest", "name"),
    [
        ("def T._x : Prop := (0 : Nat) = 1\ntheorem t : T._x := by sorry\n", "t"),
        ("theorem eq_1 : (0 : Nat) = 1 := by sorry\n", "eq_1"),
        (
            (
                "class C where\n  p : Prop\ninstance _inst : C := ⟨(0 : Nat) = 1⟩\n"
                "theorem t : C.p := by sorry\n"
            ),
            "t",
        ),
    ],
    ids=["definition", "theorem", "instance"],
)
def test_what_looks_like_an_auxiliary_keeps_its_meaning(
    tmp_path: Path, rest: str, name: str
) -> None:
    environment = file_environment(tmp_path, f"theorem first : True := by sorry\n{rest}")
    try:
        assert environment.fill({"first": "trivial"}).foundations["first"] == Foundations()
        with pytest.raises(FillError):
            environment.fill({"first": CHANGES_MEANING, name: "trivial"})
    finally:
        environment.close()


RECURSIVE = """def g (n : Nat) (_ : 0 < 5) : Nat := n
def f (n m : Nat) : Nat := if h : n = 0 then m else f (n - 1) (g m (by sorry))
termination_by n
theorem bad : f 1 0 = 7 := by sorry
"""


def test_what_a_recursive_definition_is_compiled_to_keeps_its_value(tmp_path: Path) -> None:
    environment = file_environment(tmp_path, RECURSIVE)
    try:
        assert environment.fill({"f": "decide"}).foundations["f"] == Foundations()
        with pytest.raises(FillError, match="declares f otherwise"):
            environment.fill({"f": "decide) + g 7 (by decide", "bad": "simp [f, g]"})
    finally:
        environment.close()


@pytest.mark.parametrize("name", ["eq_1", "foo._bar", "plain"])
def test_a_proof_that_trusts_the_compiler_is_refused_under_any_name(
    tmp_path: Path, name: str
) -> None:
    text = (
        "theorem lem : False := (fun (_ : Bool → Bool) => (by sorry : False)) Lean.reduceBool\n"
        f"theorem {name} : (0 : Nat) = 1 := by sorry\n"
    )
    environment = file_environment(tmp_path, text)
    try:
        with pytest.raises(FillError, match=r"Lean\.reduceBool"):
            environment.fill({name: "exact lem.elim"})
    finally:
        environment.close()


DATA = """structure M where
  op : Nat → Nat
  zero : op 0 = 0
  idem : ∀ a, op (op a) = op a
def mk (op : Nat → Nat) (h : op 0 = 0) (g : ∀ a, op (op a) = op a) : M where
  op := op
  zero := sorry
  idem := by sorry
def half (n : Nat) : Nat := if h : n = 0 then 0 else half (n / 2)
termination_by n
decreasing_by
  sorry
theorem by_induction (p : Nat → Prop) (h : p 0) (s : ∀ n, p n → p (n + 1)) : ∀ n, p n := by
  sorry
def later : Nat := sorry
theorem index (xs : List Nat) (h : 0 < xs.length) : xs[0]'sorry = xs[0] := rfl
"""
SEVERAL_LINES = "intro n\ninduction n with\n| zero => exact h\n| succ n ih => exact s n ih"


def test_proofs_in_data_and_above_other_holes_are_filled(tmp_path: Path) -> None:
    scripts = {"mk:1": "exact h", "mk:2": "exact g", "half": "omega"}
    scripts |= {"by_induction": SEVERAL_LINES, "index": "exact h"}
    environment = file_environment(tmp_path, DATA)
    try:
        for name, script in scripts.items():
            filled = environment.fill({name: script})
            assert bool(filled.foundations[name].open) is name.startswith("mk"), name
        assert set(environment.fill(scripts).foundations.values()) == {Foundations()}
    finally:
        environment.close()


def test_proofs_go_into_what_the_file_has_become(tmp_path: Path) -> None:
    environment = file_environment(tmp_path, HOLES)
    try:
        current = "-- a new first line\n" + HOLES.replace("three : f 3 = 5", "three : f 3 = 4")
        filled = environment.fill(RIGHT, current)
        assert filled.original == current
        assert "theorem one : f 1 = 2 := by rfl\n" in filled.text
        assert "theorem three : f 3 = 4 := by sorry\n" in filled.text
        with pytest.raises(MergeError):
            environment.fill(RIGHT, HOLES.replace("f 1 = 2", "f 2 = 3"))
        with pytest.raises(FillError):
            environment.fill(RIGHT, HOLES.replace("n + 1", "n + 2"))
    finally:
        environment.close()
