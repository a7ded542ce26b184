"""What several tests ask of HOL Light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from bait_core.domain import Goal, Outcome, Proof, ProofStep, Proved, Subgoals, Theorem
from bait_core.execution import SearchJob, SearchProgress, run_searches
from bait_core.traces import TraceRecord
from bait_holist.environment.environment import HolistEnvironment
from bait_holist.environment.options import HolistOptions
from bait_holist.environment.session import HolistSession
from bait_holist.prover.launch import Server


@contextmanager
def session(server: Server, **options: object) -> Iterator[HolistSession]:
    """A session on the first theorem that the options ask for."""
    environment = HolistEnvironment(HolistOptions(server=server.socket, **options))  # type: ignore[arg-type]
    try:
        with closing(environment.start(next(iter(environment.theorems())))) as opened:
            yield opened
    finally:
        environment.close()


def apply(session: HolistSession, goal: Goal, tactic: str, timeout: float = 5.0) -> Outcome:
    """The outcome of one tactic."""
    [outcome] = session.run_tactics(goal, [tactic], timeout)
    return outcome


def prove(session: HolistSession, tactics: list[str]) -> Proof:
    """A proof from a depth-first list of tactics."""
    steps = {}
    goals = [session.root]
    for tactic in tactics:
        goal = goals.pop(0)
        outcome = apply(session, goal, tactic)
        assert isinstance(outcome, Proved | Subgoals), outcome
        subgoals = outcome.goals if isinstance(outcome, Subgoals) else ()
        steps[goal.key] = ProofStep(goal, tactic, subgoals)
        goals = [*subgoals, *goals]
    assert not goals
    return Proof(session.root, steps)


class _Collector:
    """Keeps what searches record."""

    def __init__(self) -> None:
        self.records: list[TraceRecord] = []

    def on_start(self, theorem: Theorem) -> None:
        pass

    def on_step(self, progress: SearchProgress) -> None:
        pass

    def on_end(self, record: TraceRecord) -> None:
        self.records.append(record)


def run(job: SearchJob) -> list[TraceRecord]:
    """The records of a job's searches."""
    collector = _Collector()
    with job.open_environment() as environment:
        run_searches(job, environment, list(environment.theorems()), collector)
    return collector.records
