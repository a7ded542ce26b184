"""What goes wrong in Lean becomes an outcome, and the session goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bait_core.domain import Failed, FailureKind, Goal, Outcome, Proved
from bait_core.errors import ProverCrashError, ProverError, ProverStartError
from bait_lean.environment import session as session_module
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.options import GIB, LeanOptions
from bait_lean.environment.session import LeanSession
from bait_lean.prover import prover as prover_module
from bait_lean.prover import steps
from bait_lean.prover.backend import BackendOptions, choose
from bait_lean.prover.pool import ProverPool
from bait_lean.source.prefix import Prefix

from .proving import closes, failure, needs_lean, open_session, prove, run, subgoals

pytestmark = [*needs_lean, pytest.mark.slow]

STATEMENT = "theorem t (a b : Nat) (h : a = b) : b = a ∧ ∃ x, x = a + b"
SCRIPT = ("constructor", ["exact h.symm", "exact ⟨a + b, rfl⟩"])
LOOP = "have : ∀ a b c d e f : Fin 20, a + b + c + d + e + f = f + e + d + c + b + a := by decide"
RECURSION = "repeat (have : True := trivial)"
MEMORY = "have : (List.replicate 100000000 0).length = 100000000 := by decide +kernel"


@pytest.fixture(scope="module")
def environment() -> Iterator[LeanEnvironment]:
    environment = LeanEnvironment(LeanOptions(statement=STATEMENT, backend="embedded"))
    yield environment
    environment.close()


@pytest.fixture
def session(environment: LeanEnvironment) -> Iterator[LeanSession]:
    with open_session(environment) as session:
        yield session


def pid(session: LeanSession) -> int:
    """The process that a session uses now."""
    assert session._prover is not None
    return session._prover.pid


def kill(session: LeanSession) -> None:
    """Kill the process that a session uses now, and wait for its end."""
    os.killpg(pid(session), signal.SIGKILL)
    assert session._prover is not None
    while session._prover.alive:
        time.sleep(0.05)  # to give back its memory may take a while


def during(session: LeanSession, tactic: str, timeout: float, act: Callable[[], None]) -> Outcome:
    """The outcome of a tactic while which something happens."""
    timer = threading.Timer(0.7, act)
    timer.start()
    try:
        return session.run_tactics(session.root, [tactic], timeout)[0]
    finally:
        timer.join()


def test_a_kill_during_a_tactic_is_its_outcome_and_goals_are_found_again(
    session: LeanSession,
) -> None:
    left, right = subgoals(session, "constructor")
    (coupled,) = subgoals(session, "apply Exists.intro", right)
    killed = pid(session)
    outcome = during(session, LOOP, 60, lambda: os.killpg(killed, signal.SIGKILL))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CRASH
    assert "signal 9" in outcome.message
    assert isinstance(run(session, "rfl", coupled), Proved)
    assert isinstance(run(session, "exact h.symm", left), Proved)
    assert pid(session) != killed
    assert session.check(prove(session, SCRIPT)).accepted


def test_a_kill_between_two_tactics_goes_unnoticed(session: LeanSession) -> None:
    left, _ = subgoals(session, "constructor")
    kill(session)
    assert isinstance(run(session, "exact h.symm", left), Proved)


def test_a_tactic_that_loops_is_stopped_and_the_process_lives(session: LeanSession) -> None:
    before = pid(session)
    (outcome,) = session.run_tactics(session.root, [LOOP], 1.0)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.TIMEOUT
    assert outcome.seconds >= 0.9
    assert closes(session, "exact ⟨h.symm, a + b, rfl⟩")
    assert pid(session) == before


def test_a_process_that_does_not_stop_is_killed(
    session: LeanSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "GRACE", 0.5)
    left, _ = subgoals(session, "constructor")
    stuck = pid(session)
    outcome = during(session, LOOP, 1.5, lambda: os.killpg(stuck, signal.SIGSTOP))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.TIMEOUT
    assert isinstance(run(session, "exact h.symm", left), Proved)
    assert pid(session) != stuck


def test_a_tactic_that_recurses_fails(session: LeanSession) -> None:
    assert failure(session, RECURSION).kind is FailureKind.ERROR
    assert closes(session, "exact ⟨h.symm, a + b, rfl⟩")


def test_a_tactic_that_eats_memory_costs_its_process_only() -> None:
    options = LeanOptions(statement=STATEMENT, backend="embedded", memory_limit=int(1.25 * GIB))
    environment = LeanEnvironment(options)
    try:
        with open_session(environment) as session:
            left, _ = subgoals(session, "constructor")
            (outcome,) = session.run_tactics(session.root, [MEMORY], 120)
            assert isinstance(outcome, Failed)
            assert outcome.kind is FailureKind.CRASH
            assert "memory" in outcome.message
            assert isinstance(run(session, "exact h.symm", left), Proved)
    finally:
        environment.close()


def test_a_process_that_has_grown_is_replaced_between_two_calls(
    session: LeanSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_MEMORY_SHARE", 0.0)
    left, _ = subgoals(session, "constructor")
    grown = pid(session)
    outcomes = session.run_tactics(left, ["exact h.symm"] * session_module._STATUS_INTERVAL, 5)
    assert all(isinstance(outcome, Proved) for outcome in outcomes)
    assert pid(session) != grown


BAD_TEXTS = [
    "sorry",
    "admit",
    "native_decide",
    "decide +native",
    "exact (axiom f : False)",
    "set_option debug.skipKernelTC true in exact h",
    "exact (h",
    "exact h)",
    "skip\naxiom f : False",
    "skip\n\ntheorem g : False := by sorry",
    "exact h -- ",
    "exact h /- ",
    "",
    "\x00",
    "x" * 1_000_000,
]


def test_bad_texts_are_answered_without_asking_lean(session: LeanSession) -> None:
    before = pid(session)
    outcomes = session.run_tactics(session.root, [*BAD_TEXTS, "exact ⟨h.symm, a + b, rfl⟩"], 5)
    *bad, good = outcomes
    assert isinstance(good, Proved)
    for text, outcome in zip(BAD_TEXTS, bad, strict=True):
        assert isinstance(outcome, Failed), text[:40]
        assert outcome.kind is FailureKind.REJECTED, text[:40]
    assert pid(session) == before


def test_words_that_only_lean_knows_to_cheat_do_not_close_a_goal(session: LeanSession) -> None:
    for tactic in ("rw?", "show_term rw?", "all_goals rw?", "exact ⟨by rw?, by rw?⟩"):
        assert not closes(session, tactic), tactic


def test_a_check_survives_the_death_of_its_process(
    environment: LeanEnvironment, session: LeanSession
) -> None:
    proof = prove(session, SCRIPT)
    assert session.check(proof).accepted
    checker = environment._checker._prover
    assert checker is not None
    os.killpg(checker.pid, signal.SIGKILL)
    assert session.check(proof).accepted
    assert environment._checker._prover is not checker
    assert pid(session) != environment._checker._prover.pid  # type: ignore[union-attr]


def test_a_prover_that_can_not_be_started_again_ends_the_session(
    session: LeanSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise ProverStartError("There is no Lean any more.")

    monkeypatch.setattr(type(session._pool.backend), "start", lambda self: refuse())
    kill(session)
    with pytest.raises(ProverCrashError, match="can't be restarted"):
        run(session, "simp")


def test_closing_from_another_thread_ends_a_running_tactic() -> None:
    environment = LeanEnvironment(LeanOptions(statement=STATEMENT, backend="embedded"))
    session = open_session(environment)
    start = time.monotonic()
    with pytest.raises(ProverError, match=r"can't be restarted|closed"):
        during(session, LOOP, 60, environment.close)
    assert time.monotonic() - start < 30
    session.close()
    environment.close()
    with pytest.raises(ProverError, match="closed"):
        open_session(environment)


def test_a_goal_keeps_its_key_in_another_process(session: LeanSession) -> None:
    before = subgoals(session, "constructor")
    kill(session)
    after: tuple[Goal, ...] = subgoals(session, "constructor")
    assert after == before


def test_a_process_that_further_imports_may_fill_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prover_module, "_FULL", 300_000_000)  # between Init's and Std's heap
    pool = ProverPool(lambda: choose(BackendOptions(backend="embedded")), 120.0)
    try:
        prover = pool.acquire()
        prover.environment(Prefix("import Init\n"))
        pool.release(prover)
        assert pool.acquire() is prover
        prover.environment(Prefix("import Std\n"))
        pool.release(prover)
        assert not prover.alive
    finally:
        pool.close()
