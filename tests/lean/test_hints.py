"""What is said about errors that have their reason in the Lean that runs."""

from __future__ import annotations

import pytest

from bait_lean.holes.hints import hint_for
from tests.lean.server_process import LeanServer

MISSING = "unknown module prefix 'Mathlib'\n\nNo directory 'Mathlib' or file 'Mathlib.olean' in"
ELABORATOR = """import Lean
elab "mine" : tactic => do
  (← Lean.Elab.Tactic.getMainGoal).assumption
"""
COMMAND = """import Lean
elab "hello" : command => Lean.logInfo "hello"
hello
"""


def errors(server: LeanServer, text: str) -> list[str]:
    messages = server.ask(cmd=text).get("messages", [])
    return [message["data"] for message in messages if message["severity"] == "error"]


@pytest.mark.lean
@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param(ELABORATOR, "elaborators", id="tactic"),
        pytest.param(COMMAND, "elaborators", id="command"),
        (
            "import Std.Tactic.BVDecide\nexample (x y : BitVec 8) : x * y = y * x := by bv_decide",
            "SAT solver",
        ),
        ('example : Nat.repr 5 = "5" := by rfl', "body"),
        ('example : Nat.repr 5 = "5" := by decide', "body"),
        ('example : toString 12 = "12" := rfl', "body"),
        ("example (n : Nat) : n.repr = n.repr := by unfold Nat.repr; rfl", "body"),
        ('example (n : Nat) : n.repr = "x" := by simp [Nat.repr]', "body"),
        ('example (n : Nat) : n.repr = "x" := by delta Nat.repr; rfl', "body"),
    ],
)
def test_what_the_embedded_lean_can_not_do_is_explained(
    lean_server: LeanServer, text: str, word: str
) -> None:
    first = errors(lean_server, text)[0]
    hint = hint_for(first, embedded=True)
    assert word in hint
    assert "docs/lean.md" in hint
    assert hint_for(first, embedded=False) == ""


@pytest.mark.lean
@pytest.mark.parametrize(
    "text",
    [
        "example : 1 = 1 := foo",
        "example : No.Such.thing = 1 := rfl",
        "example (a b : Nat) : a < b := by omega",
        "example (p : Prop) : p := by assumption",
        "example : True := by",
        "example : Nat := True",
        "#print axioms No.such",
        "theorem t : 1 = 1 := by no_such_tactic",
    ],
)
def test_other_errors_are_left_alone(lean_server: LeanServer, text: str) -> None:
    found = errors(lean_server, text)
    assert found
    assert not [hint for message in found if (hint := hint_for(message, embedded=True))]


def test_modules_that_are_not_built_are_explained_in_a_project() -> None:
    missing = "object file '/p/.lake/build/lib/lean/A.olean' of module A does not exist"
    for message in (MISSING, missing):
        assert "lake exe cache get" in hint_for(message, embedded=False)
        assert hint_for(message, embedded=True) == ""
