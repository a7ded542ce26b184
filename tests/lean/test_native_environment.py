"""The environment with a REPL that knows none of the embedded server's extensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bait_core.domain import Failed, FailureKind, Proof, ProofStep, Proved
from bait_core.errors import ConfigurationError
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.options import LeanOptions

from .projects import install_lake, make_native_repl, make_project
from .proving import closes, needs_lean, open_session, prove, run, subgoals

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

Make = Callable[..., LeanEnvironment]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    folder = tmp_path_factory.mktemp("native")
    project = make_project(folder / "project")
    repl = make_native_repl(folder / "repl")
    made: list[LeanEnvironment] = []

    def make(**options: object) -> LeanEnvironment:
        native = {"backend": "native", "project": project, "repl": repl, "memory_limit": None}
        made.append(LeanEnvironment(LeanOptions.model_validate({**native, **options})))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        install_lake(folder / "bin", patch)
        yield make
        for environment in made:
            environment.close()


@pytest.fixture(scope="module")
def environment(make: Make, tmp_path_factory: pytest.TempPathFactory) -> LeanEnvironment:
    file = tmp_path_factory.mktemp("file") / "File.lean"
    file.write_text(TEXT)
    return make(file=file)


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


def test_proofs_are_judged_by_what_lean_prints_of_axioms(environment: LeanEnvironment) -> None:
    with open_session(environment, "two_holes:1") as session:
        result = session.check(prove(session, "exact h.2"))
        assert result.accepted, result.message
    with open_session(environment, "mentions") as session:
        step = ProofStep(session.root, "exact this", ())
        result = session.check(Proof(session.root, {session.root.key: step}))
        assert not result.accepted
        assert "open_helper" in result.message
        result = session.check(prove(session, "exact magic n"))
        assert not result.accepted


def test_a_theorem_does_not_prove_itself(make: Make) -> None:
    environment = make(statement="theorem f (n : Nat) : n = n + 1")
    with open_session(environment) as session:
        for tactic in ("exact f n", "exact?", "rw?"):
            step = ProofStep(session.root, tactic, ())
            assert not session.check(Proof(session.root, {session.root.key: step})).accepted
        assert not closes(session, "omega")


def test_there_are_no_library_premises(environment: LeanEnvironment) -> None:
    with open_session(environment, "mentions") as session:
        premises = session.retrieve_premises(session.root)
        assert premises.library == ()
        assert {premise.name for premise in premises.local} <= {"magic", "both", "two_holes"}


def test_library_theorems_are_refused(make: Make) -> None:
    with pytest.raises(ConfigurationError, match=r"can't be kept from using .* Nat.add_comm"):
        make(theorems=["Nat.add_comm"]).theorems()


def test_files_are_filled(environment: LeanEnvironment) -> None:
    scripts = {"two_holes:1": "exact h.2", "two_holes:2": "exact h.1"}
    assert "⟨by exact h.2, by exact h.1⟩" in environment.fill(scripts)


def test_a_file_in_a_project_uses_the_lean_of_the_project(tmp_path: Path) -> None:
    options = LeanOptions(file=tmp_path / "File.lean")
    assert options.backend_options.project == tmp_path
