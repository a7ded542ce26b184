"""What BAIT itself costs per tactic application, and how that grows.

Searches run through the whole loop (selection, batching, graph, budget) on the synthetic
environment: 64 candidates a goal, 80 % errors, shared goals, cycles, some goals proved on the
way. The time spent inside the environment and the model is measured around each call and taken
off; all in processor time. Memory is what graph and search hold at the end, from a run of its
own under tracemalloc; the texts of goals and tactics are kept outside of it.

    python benchmarks/search_overhead.py [--search best-first] [--sizes 1000 10000 100000]
"""

from __future__ import annotations

import argparse
import gc
import random
import time
import tracemalloc
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bait_core.domain import Goal, Outcome, Suggestion, Theorem
from bait_core.graph import ProofGraph
from bait_core.plugins.build import make_search_model
from bait_core.protocols import SearchContext, SearchModel, TacticRequest
from bait_core.prover import Attempt, BatchingSettings, ProofSearch, SearchSettings
from bait_core.prover.batching import SharedTacticModel
from bait_core.prover.budget import Budget
from bait_core.prover.collection import rare_collections
from bait_core.testing.synthetic import (
    SyntheticModel,
    SyntheticModelOptions,
    SyntheticOptions,
    SyntheticSession,
)

CANDIDATES = 64
HYPERGRAPH = SyntheticOptions(goals=100_000, error_rate=0.8, closing_rate=0.0001)


class Meter:
    """Sums up the time that is spent outside of BAIT, and remembers what was answered there."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.outcomes: dict[tuple[str, str], Outcome] = {}
        self.suggestions: dict[str, list[Suggestion]] = {}


class MeteredSession(SyntheticSession):
    """Answers from memory where it can: what is stored there is not BAIT's."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(HYPERGRAPH, 0)
        self._meter = meter

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:
        start = time.thread_time()
        known = self._meter.outcomes
        for tactic in tactics:
            if (goal.key, tactic) not in known:
                (known[goal.key, tactic],) = super().run_tactics(goal, [tactic], timeout)
        outcomes = [known[goal.key, tactic] for tactic in tactics]
        self._meter.seconds += time.thread_time() - start
        return outcomes


class MeteredModel(SyntheticModel):
    def __init__(self, meter: Meter) -> None:
        super().__init__(SyntheticModelOptions())
        self._meter = meter

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        start = time.thread_time()
        known = self._meter.suggestions
        for request in requests:
            if request.goal.key not in known:
                (known[request.goal.key],) = super().get_tactics([request], n)
        answers = [known[request.goal.key] for request in requests]
        self._meter.seconds += time.thread_time() - start
        return answers


def run(search: SearchModel, applications: int, meter: Meter) -> tuple[ProofGraph, float]:
    """One search; returns its graph and the seconds it took outside environment and model."""
    settings = SearchSettings(
        seconds=None, expansions=applications // CANDIDATES, tactics=CANDIDATES
    )
    session = MeteredSession(meter)
    graph = ProofGraph(session.root)
    search.reset(SearchContext(graph, random.Random(0)))
    proof_search = ProofSearch(
        session,
        graph,
        SharedTacticModel(MeteredModel(meter), CANDIDATES, BatchingSettings()),
        search,
        settings=settings,
        budget=Budget(settings.seconds, settings.expansions),
        attempt=Attempt(Theorem("theorem-0", ""), graph=graph),
    )
    meter.seconds = 0.0
    with rare_collections():  # as the runner does
        start = time.thread_time()
        proof_search.run()
        return graph, time.thread_time() - start - meter.seconds


def measure(name: str, applications: int, repeats: int) -> list[str]:
    meter = Meter()
    run(make_search_model(name), applications, meter)
    gc.collect()
    gc.freeze()  # what the meter remembers is not BAIT's, so the collector shall not walk it
    microseconds = []
    for _ in range(repeats):
        gc.collect()
        graph, seconds = run(make_search_model(name), applications, meter)
        microseconds.append(seconds / graph.edge_count * 1e6)
    search = make_search_model(name)
    tracemalloc.start()
    graph, _ = run(search, applications, meter)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    gc.unfreeze()
    return [
        name,
        f"{graph.edge_count:,}",
        f"{len(graph):,}",
        f"{min(microseconds):.2f}",
        f"{sorted(microseconds)[repeats // 2]:.2f}",
        f"{held / len(graph):,.0f}",
        f"{held / 1e6:.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--search", nargs="*", default=["breadth-first", "best-first"])
    parser.add_argument("--sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    table = Table(title="graph, search and loop, per tactic application")
    for column in ("search", "applications", "goals", "µs min", "µs median", "B/goal", "MB"):
        table.add_column(column, justify="left" if column == "search" else "right")
    for name in arguments.search:
        for size in arguments.sizes:
            table.add_row(*measure(name, size, arguments.repeats))
    Console().print(table)


if __name__ == "__main__":
    main()
