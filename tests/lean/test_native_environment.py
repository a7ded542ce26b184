"""The environment with a REPL that knows none of the embedded server's extensions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bait_core.domain import Failed, FailureKind, Proof, ProofStep, Proved
from bait_core.errors import ConfigurationError
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.options import LeanOptions

from .projects import install_lake, install_lean, make_native_repl, make_project
from .proving import (
    PLAIN_STOCK,
    close,
    closes,
    environment_of,
    file_environment,
    needs_lean,
    open_session,
    prove,
    run,
    subgoals,
)

pytestmark = needs_lean

TEXT = """axiom magic (n : Nat) : n = 5

theorem both (a b : Nat) (h : a = b) : (b = a ∧ 0 + a = b) ∧ ∃ x, x = a + b := by
  sorry

private theorem two_holes (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨sorry, by sorry⟩

theorem open_helper (n : Nat) : n = 5 := by sorry

theorem mentions (n : Nat) : n = 5 := by
  have := open_helper n
  sorry
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeanEnvironment]:
    environment = file_environment(tmp_path_factory.mktemp("file"), TEXT, PLAIN_STOCK)
    yield environment
    environment.close()


def test_independent_goals_are_told_apart_and_coupled_ones_stay(
    environment: LeanEnvironment,
) -> None:
    with open_session(environment, "both") as session:
        pair, exists = subgoals(session, "constructor")
        assert pair.text.endswith("⊢ b = a ∧ 0 + a = b")
        first, second = subgoals(session, "constructor", pair)
        assert isinstance(run(session, "omega", second), Proved)
        assert isinstance(run(session, "exact h.symm", first), Proved)
        (coupled,) = subgoals(session, "apply Exists.intro", exists)
        assert coupled.text.count("⊢") == 2
        proof = prove(
            session,
            (
                "constructor",
                [
                    ("constructor", ["exact h.symm", "omega"]),
                    ("apply Exists.intro", ["rfl"]),
                ],
            ),
        )
        result = session.check(proof)
        assert result.accepted, result.message
        assert result.script == (
            "constructor\n· constructor\n  · exact h.symm\n  · omega\n· apply Exists.intro\n  rfl"
        )


def test_a_time_limit_kills_the_process_and_goals_are_found_again(
    environment: LeanEnvironment,
) -> None:
    loop = "have : ∀ a b c d e : Fin 20, a + b + c + d + e = e + d + c + b + a := by decide"
    with open_session(environment, "both") as session:
        pair, _ = subgoals(session, "constructor")
        (outcome,) = session.run_tactics(pair, [loop], 0.2)
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.TIMEOUT
        assert isinstance(run(session, "omega", pair), Proved)


def test_proofs_are_judged_by_what_they_rest_on(environment: LeanEnvironment) -> None:
    with open_session(environment, "two_holes:1") as session:
        result = session.check(prove(session, "exact h.2"))
        assert result.accepted, result.message
    with open_session(environment, "mentions") as session:
        step = ProofStep(session.root, "exact this", ())
        result = session.check(Proof(session.root, {session.root.key: step}))
        assert result.accepted, result.message
        assert result.foundations.open == ("open_helper",)
        result = session.check(prove(session, "exact magic n"))
        assert not result.accepted


def test_a_theorem_does_not_prove_itself() -> None:
    environment = environment_of(PLAIN_STOCK, statement="theorem f (n : Nat) : n = n + 1")
    try:
        with open_session(environment) as session:
            for tactic in ("exact f n", "exact?", "rw?"):
                step = ProofStep(session.root, tactic, ())
                proof = Proof(session.root, {session.root.key: step})
                assert not session.check(proof).accepted
            assert not closes(session, "omega")
    finally:
        environment.close()


def test_there_are_no_library_premises(environment: LeanEnvironment) -> None:
    with open_session(environment, "mentions") as session:
        premises = session.retrieve_premises(session.root)
        assert premises.library == ()
        assert {premise.name for premise in premises.local} <= {"magic", "both", "two_holes"}


def test_library_theorems_are_refused() -> None:
    environment = environment_of(PLAIN_STOCK, theorems=("Nat.add_comm",))
    try:
        with pytest.raises(ConfigurationError, match=r"prevented from using .* Nat.add_comm"):
            environment.theorems()
    finally:
        environment.close()


def test_files_are_filled(environment: LeanEnvironment) -> None:
    scripts = {"two_holes:1": "exact h.2", "two_holes:2": "exact h.1"}
    assert "⟨by exact h.2, by exact h.1⟩" in environment.fill(scripts).text


def test_a_project_s_own_repl_does_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_lake(tmp_path / "bin", monkeypatch)
    install_lean(tmp_path / "bin")
    project = make_project(tmp_path / "project")
    file = project / "File.lean"
    file.write_text("theorem t (a b : Nat) : a + b = b + a := by sorry\n")
    options = LeanOptions(file=file, repl=make_native_repl(tmp_path / "repl"), memory_limit=None)
    environment = LeanEnvironment(options)
    try:
        script = close(environment, "t", "omega")
        assert environment.fill({"t": script}).text == file.read_text().replace("sorry", "omega")
    finally:
        environment.close()


def test_a_file_in_a_project_uses_the_lean_of_the_project(tmp_path: Path) -> None:
    options = LeanOptions(file=tmp_path / "File.lean")
    assert options.backend_options.project == tmp_path
