"""How close concurrent searches come to what model and prover allow.

32 searches run in threads that share one model. The model takes 20 ms a call, whatever the batch
up to 32 goals; the prover takes 1 ms a tactic, and is sent 8 tactics at a time. Both only sleep,
so that one machine can stand for a GPU and many provers, and what is missing is BAIT's: its
batching, its own work, and the hand-over between threads. Nothing is ever proved.

What the searches attain is compared with the lower of two bounds:

- the model's: 32 goals per call, with no pause between calls;
- the searches': each goes through its steps one after the other, and a step takes at least one call
  of the model and then the prover's time for its tactics, with no pause between them.

So what is attained is the share of the time that the model would need for the goals that were
expanded, or the searches for their steps, whichever is longer. Sleeps take longer than they are
asked to, by the system's timers; their real lengths count, measured in one thread before.

The second is the bound for searches that expand one goal at a time; then no batch can have more
than 32 goals. With 8 tactics a goal it can only be come close to by searches that move in step.

    python benchmarks/throughput.py [--search best-first] [--tactics 8 32] [--seconds 5]
"""

from __future__ import annotations

import argparse
import gc
import itertools
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bait_core.batching import BatchingSettings
from bait_core.domain import (
    NO_PREMISES,
    CheckResult,
    Failed,
    FailureKind,
    Goal,
    Outcome,
    PremiseSet,
    Proof,
    Subgoals,
    Suggestion,
    Theorem,
)
from bait_core.execution import Runner, RunSettings
from bait_core.plugins import PluginKind, SearchSpec, installed
from bait_core.plugins.build import make_goal_model, make_search_model
from bait_core.proof_search import Attempt, SearchSettings
from bait_core.protocols import GoalModel, TacticRequest

SEARCHES = ("breadth-first", "best-first", "fringe", "updown", "htps")
WORKERS = 32
MAX_BATCH = 32
CALL_SECONDS = 0.020
TACTIC_SECONDS = 0.001
TACTICS_PER_CALL = 8
WARM_UP = 1.5
TARGET = 0.85
ERROR = Failed(FailureKind.ERROR, "does not apply")


@dataclass
class Counts:
    """What has happened so far."""

    seconds: float = 0.0
    calls: int = 0
    goals: int = 0
    steps: int = 0
    applications: int = 0

    def since(self, earlier: Counts) -> Counts:
        now, then = vars(self), vars(earlier)
        return Counts(**{name: now[name] - then[name] for name in now})


class Meter:
    """Counts what happens; told by many threads, hence the lock."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._lock = threading.Lock()

    def add(self, calls: int = 0, goals: int = 0, steps: int = 0, applications: int = 0) -> None:
        with self._lock:
            self._counts.calls += calls
            self._counts.goals += goals
            self._counts.steps += steps
            self._counts.applications += applications

    def read(self) -> Counts:
        with self._lock:
            self._counts.seconds = time.perf_counter()
            return Counts(**vars(self._counts))


class PacedModel:
    """Proposes the same tactics for every goal."""

    def __init__(self, meter: Meter, tactics: int) -> None:
        self._meter = meter
        self._suggestions = [Suggestion(str(i), -1.0 - i) for i in range(tactics)]

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        self._meter.add(calls=1, goals=len(requests))
        time.sleep(CALL_SECONDS)
        return [self._suggestions[:n]] * len(requests)


class PacedSession:
    """Every fifth tactic applies, and leaves one or two goals that no search has seen before.

    Answers that the batcher remembers would flatter. Nothing is computed, for that would take
    time from the other threads, as a real prover does not.
    """

    def __init__(self, meter: Meter, name: str) -> None:
        self._meter = meter
        self._names = (f"{name}.{number}" for number in itertools.count())
        self.root = self._new_goal()

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:  # noqa: ARG002  # always the same
        time.sleep(TACTIC_SECONDS * len(tactics))
        self._meter.add(applications=len(tactics))
        return [self._outcome(tactic) for tactic in tactics]

    def retrieve_premises(self, goal: Goal) -> PremiseSet:  # noqa: ARG002  # has no library
        return NO_PREMISES

    def check(self, proof: Proof) -> CheckResult:
        raise NotImplementedError("nothing is ever proved")

    def script(self, proof: Proof) -> str:
        raise NotImplementedError("nothing is ever proved")

    def close(self) -> None: ...

    def _outcome(self, tactic: str) -> Outcome:
        number = int(tactic)
        if number % 5:
            return ERROR
        return Subgoals(tuple(self._new_goal() for _ in range(1 + number % 2)))

    def _new_goal(self) -> Goal:
        name = next(self._names)
        return Goal(name, name)


class PacedEnvironment:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def theorems(self) -> list[Theorem]:
        return [Theorem(f"theorem-{number}", "") for number in range(WORKERS)]

    def start(self, theorem: Theorem) -> PacedSession:
        return PacedSession(self._meter, theorem.name)

    def close(self) -> None: ...


class StepCounter:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def on_start(self, attempt: Attempt) -> None: ...

    def on_step(self, attempt: Attempt) -> None:  # noqa: ARG002  # only counted
        self._meter.add(steps=1)

    def on_end(self, attempt: Attempt) -> None: ...


def run(search: str, tactics: int, seconds: float, max_batch: int = MAX_BATCH) -> Counts:
    """Let searches run for a while; what happened after the warm-up."""
    gc.collect()  # the graphs of the row before
    meter = Meter()
    environment = PacedEnvironment(meter)
    runner = Runner(
        environment,
        PacedModel(meter, tactics),
        lambda: make_search_model(search),
        goal_model=goal_model_of(search),
        settings=SearchSettings(
            seconds=None, tactics=tactics, tactics_per_call=min(tactics, TACTICS_PER_CALL)
        ),
        run=RunSettings(
            workers=WORKERS,
            total_seconds=WARM_UP + seconds,
            batching=BatchingSettings(max_batch=max_batch),
        ),
        observer=StepCounter(meter),
    )
    thread = threading.Thread(target=runner.run, args=(environment.theorems(),))
    thread.start()
    time.sleep(WARM_UP)
    before = meter.read()
    time.sleep(seconds - 0.1)
    after = meter.read()
    assert thread.is_alive(), "the searches were over too early"
    thread.join()
    return after.since(before)


def goal_model_of(search: str) -> GoalModel | None:
    spec = installed().get(search, PluginKind.SEARCH_MODEL).spec
    name = spec.goal_model if isinstance(spec, SearchSpec) else ""
    return make_goal_model(name) if name else None


def attained(counts: Counts, call: float, tactic: float) -> float:
    """The share of the bound; `call` and `tactic` are the real seconds of these."""
    model = counts.goals / MAX_BATCH * call
    searches = (counts.steps * call + counts.applications * tactic) / WORKERS
    return max(model, searches) / counts.seconds


def real_length(seconds: float) -> float:
    """How long a sleep takes, in the median."""
    lengths = []
    for _ in range(50):
        start = time.perf_counter()
        time.sleep(seconds)
        lengths.append(time.perf_counter() - start)
    return statistics.median(lengths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--search", nargs="*", default=SEARCHES)
    parser.add_argument("--tactics", nargs="*", type=int, default=[8, 32], help="per goal")
    parser.add_argument("--seconds", type=float, default=5.0, help="per row, after the warm-up")
    arguments = parser.parse_args()
    call = real_length(CALL_SECONDS)
    tactic = real_length(TACTIC_SECONDS * TACTICS_PER_CALL) / TACTICS_PER_CALL
    table = Table(title=f"{WORKERS} searches; a call takes {call * 1e3:.2f} ms")
    table.add_column("search")
    for column in ("tactics", "goals/step", "goals/call", "exp./s", "bound", "ratio", "unbatched"):
        table.add_column(column, justify="right")
    ratios = []
    for search in arguments.search:
        for tactics in arguments.tactics:
            counts = run(search, tactics, arguments.seconds)
            alone = run(search, tactics, min(2.0, arguments.seconds), max_batch=1)
            rate = counts.goals / counts.seconds
            ratios.append(attained(counts, call, tactic))
            table.add_row(
                search,
                str(tactics),
                f"{counts.goals / counts.steps:.1f}",
                f"{counts.goals / counts.calls:.1f}",
                f"{rate:,.0f}",
                f"{rate / ratios[-1]:,.0f}",
                f"{ratios[-1]:.0%}",
                f"{alone.goals / alone.seconds:,.0f}",
            )
    Console(width=100).print(table)
    verdict = "met" if min(ratios) >= TARGET else "missed"
    print(f"At least {min(ratios):.0%} of the bound; target {TARGET:.0%}: {verdict}")


if __name__ == "__main__":
    main()
