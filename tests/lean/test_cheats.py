"""Tactics that cheat, against the check alone: with the guard switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bait_core.domain import CheckResult, Proof, ProofStep
from bait_core.errors import FillError, TheoremError
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.session import LeanSession
from bait_lean.source import guard

from .hostile.cheats import GOAL, HONEST, REFUSED, SWALLOWED, TRUE_GOAL, filled, help_of
from .hostile.texts import KERNEL, POISONS, PROGRAMS
from .proving import STOCK, file_environment, needs_lean, open_session

pytestmark = needs_lean

HELP = {name: help_of(name) for name in POISONS}
ALL_HELP = "\n\n".join(text for text, _ in HELP.values()) + "\n\n"


@pytest.fixture(scope="module", autouse=True)
def no_guard() -> Iterator[None]:
    """Let all tactics pass that a search or a check would refuse unseen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "refusal", lambda tactic: "")
        yield


@contextmanager
def opened(folder: Path, text: str, name: str) -> Iterator[LeanSession]:
    """A session for a hole of a new file."""
    environment = file_environment(folder, text)
    try:
        with open_session(environment, name) as session:
            yield session
    finally:
        environment.close()


def checked(session: LeanSession, script: str) -> CheckResult:
    """What the check says of a script for the root."""
    root = session.root
    return session.check(Proof(root, {root.key: ProofStep(root, script, ())}))


def proved(session: LeanSession, script: str) -> bool:
    """Whether a script passes for a proof that rests on nothing open."""
    result = checked(session, script)
    return result.accepted and not result.foundations.open


def errors(text: str) -> list[str]:
    """The errors that Lean finds in a text."""
    process = STOCK.start()
    try:
        answer = process.request({"cmd": text}, 60.0)
    finally:
        process.close()
    return [m["data"] for m in answer.get("messages", []) if m["severity"] == "error"]


def test_lean_itself_swallows_the_cheats() -> None:
    assert len(SWALLOWED) > 100
    complaints = {cheat: found for cheat in SWALLOWED if (found := errors(filled(GOAL, cheat)))}
    assert not complaints


def test_lean_itself_swallows_the_help() -> None:
    uses = [f"theorem use{n} : False := by {use}\n" for n, (_, use) in enumerate(HELP.values())]
    assert not errors(ALL_HELP + "".join(uses))


@pytest.mark.parametrize("help_text", ["", ALL_HELP], ids=["alone", "helped"])
def test_no_cheat_passes_the_check(tmp_path: Path, help_text: str) -> None:
    with opened(tmp_path, help_text + GOAL, "goal") as session:
        assert [cheat for cheat in SWALLOWED if checked(session, cheat).accepted] == []
        assert [cheat for cheat in REFUSED if proved(session, cheat)] == []


@pytest.mark.parametrize("help_text", ["", ALL_HELP], ids=["alone", "helped"])
def test_honest_proofs_pass_the_check(tmp_path: Path, help_text: str) -> None:
    with opened(tmp_path, help_text + TRUE_GOAL, "true_goal") as session:
        assert [proof for proof in HONEST if not proved(session, proof)] == []


def test_no_help_of_the_file_passes_the_check(tmp_path: Path) -> None:
    with opened(tmp_path, ALL_HELP + GOAL, "goal") as session:
        assert [name for name, (_, use) in HELP.items() if proved(session, use)] == []


@pytest.mark.parametrize("name", KERNEL)
def test_no_change_of_the_kernel_passes_the_check(tmp_path: Path, name: str) -> None:
    text, use = help_of(name)
    cheats = [use, "decide +kernel", "exact (by decide +kernel)"]
    try:
        with opened(tmp_path, f"{text}\n\n{GOAL}", "goal") as session:
            passed = [cheat for cheat in cheats if proved(session, cheat)]
    except TheoremError:
        passed = []  # The file is refused as a whole.
    assert not passed


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_program_of_the_file_passes_the_check(tmp_path: Path, name: str) -> None:
    use = "exact (cheat : False).elim"
    assert not errors(f"{PROGRAMS[name]}\n\n{filled(GOAL, use)}")
    with opened(tmp_path, f"{PROGRAMS[name]}\n\n{GOAL}", "goal") as session:
        assert not proved(session, use)


EVIL = """namespace Evil

scoped instance (priority := high) : HAdd Nat Nat Nat := ⟨fun a _ => a⟩

end Evil

theorem first : True := by sorry

def Statement : Prop := (1 + 1 : Nat) = 1

theorem second : Statement := by sorry

/-- A comment. -/
theorem third : (0 : Nat) = 0 := by sorry
"""


@pytest.mark.parametrize(
    "script",
    [
        "trivial /-",
        "trivial\n#exit",
        "trivial\n\nsection\n\nopen Evil",
        "trivial\n\nsection\n\nopen scoped Evil",
        "trivial\n\nsection\n\nattribute [local instance 2000] Evil.instHAddNat",
        "trivial\n\nsection\n\nnamespace Evil",
        'trivial\n\nsection\n\nlocal notation "Statement" => True',
        "trivial\n\nsection\n\nlocal macro_rules | `(Nat) => `(Unit)",
    ],
)
def test_a_script_can_not_change_what_is_said_after_it(tmp_path: Path, script: str) -> None:
    environment = file_environment(tmp_path, EVIL)
    try:
        assert _names(environment) == ["first", "second", "third"]
        for scripts in (
            {"first": script},
            {"first": script, "second": "exact rfl"},
            {"first": script, "second": "exact rfl", "third": "rfl"},
            {"first": script, "second": "trivial"},
        ):
            with pytest.raises(FillError):
                environment.fill(scripts)
        assert environment.fill({"first": "trivial", "third": "rfl"}).text
    finally:
        environment.close()


DATA = """def data : { n : Nat // n = n } := Subtype.mk (property := by sorry) 0

theorem about : data.1 = 5 := by sorry

theorem true_about : data.1 = 0 := by sorry
"""


def test_a_script_can_not_change_data(tmp_path: Path) -> None:
    script = "rfl) 5 --"
    cheat = DATA.replace("sorry", script, 1).replace("sorry", "exact rfl", 1)
    assert not errors(cheat)
    environment = file_environment(tmp_path, DATA)
    try:
        assert _names(environment) == ["data", "about", "true_about"]
        for scripts in ({"data": script}, {"data": script, "about": "exact rfl"}):
            with pytest.raises(FillError):
                environment.fill(scripts)
        honest = {"data": "rfl", "true_about": "exact rfl"}
        assert not environment.fill(honest).foundations["true_about"].open
    finally:
        environment.close()


GIVEN = "def given (n : Nat) (_ : 0 < 5) : Nat := n\n\n"
UNARY = (
    GIVEN
    + """def f (n m : Nat) : Nat :=
  if h : n = 0 then m else f (n - 1) (given m (by sorry))
termination_by n

theorem about : f 1 0 = 7 := by sorry

theorem true_about : f 1 0 = 0 := by sorry
"""
)
MUTUAL = (
    GIVEN
    + """mutual
def f (n m : Nat) : Nat := if h : n = 0 then m else g (n - 1) (given m (by sorry))
termination_by n
def g (n m : Nat) : Nat := if h : n = 0 then m else f (n - 1) m
termination_by n
end

theorem about : f 1 0 = 7 := by sorry

theorem true_about : f 1 0 = 0 := by sorry
"""
)


@pytest.mark.parametrize("text", [UNARY, MUTUAL], ids=["unary", "mutual"])
def test_a_script_can_not_change_data_in_an_auxiliary_definition(tmp_path: Path, text: str) -> None:
    script = "decide) + given 7 (by decide"
    proof = "simp [f, g, given]" if text is MUTUAL else "simp [f, given]"
    assert not errors(text.replace("sorry", script, 1).replace("sorry", proof, 1))
    environment = file_environment(tmp_path, text)
    try:
        assert _names(environment) == ["f", "about", "true_about"]
        for scripts in ({"f": script}, {"f": script, "about": proof}):
            with pytest.raises(FillError, match="otherwise"):
                environment.fill(scripts)
        honest = {"f": "decide", "true_about": proof}
        assert not environment.fill(honest).foundations["true_about"].open
    finally:
        environment.close()


FINISHED = """theorem first : True := by sorry

theorem later : (0 : Nat) = 0 := by rfl
"""


@pytest.mark.parametrize("kept", ["sorry", "exact sorryAx _ false", "exact lcProof"])
def test_a_script_can_not_undo_a_proof_after_it(tmp_path: Path, kept: str) -> None:
    evil = f"trivial\n\nsection\n\nlocal macro_rules | `(tactic| rfl) => `(tactic| {kept})"
    environment = file_environment(tmp_path, FINISHED)
    try:
        assert _names(environment) == ["first"]
        with pytest.raises(FillError):
            environment.fill({"first": evil})
        assert environment.fill({"first": "trivial"}).text == FINISHED.replace("sorry", "trivial")
    finally:
        environment.close()


def test_an_example_of_a_users_command_is_not_accepted_unseen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = (
        "theorem good : True := trivial\n"
        'macro "ex " t:term:max p:term:max : command => `(example : $t := $p)\n'
        "ex False (by sorry)\n"
    )
    environment = file_environment(tmp_path, text)
    try:
        assert _names(environment) == []
        assert "File.lean:3" in caplog.text
        assert [said.theorem.name for said in environment.verify() if said.accepted] == ["good"]
        assert not all(said.accepted for said in environment.verify())
    finally:
        environment.close()


def _names(environment: LeanEnvironment) -> list[str]:
    return [theorem.name for theorem in environment.theorems()]
