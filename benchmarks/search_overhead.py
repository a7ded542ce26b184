"""What BAIT itself costs per tactic application, and how that grows.

Searches run through the whole loop (selection, batching, graph, budget) on the synthetic
environment, 64 candidates a goal. In the first table 80 % of the tactics fail, goals are shared and
cycles occur. The second is a deep lattice of few, heavily shared goals: 96 % of the tactics fail,
and most subgoals are known already. No tactic closes a goal: some searches would find a proof
long before the others.

The time spent inside the environment and the models is measured around each call and taken off;
all in processor time. Memory is that of graph and search, from a run of its own under
tracemalloc: what is held at the end, and the peak; the texts of goals and tactics are kept
outside of it.

    python benchmarks/search_overhead.py [--search best-first] [--sizes 1000 10000 100000]
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
import tracemalloc
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bait_core.batching import BatchingSettings
from bait_core.batching.shared_models import SharedGoalModel, SharedTacticModel
from bait_core.domain import Goal, Outcome, Suggestion, Theorem
from bait_core.execution.garbage_collection import rare_collections
from bait_core.graph import ProofGraph
from bait_core.plugins.build import make_search_model
from bait_core.proof_search import Attempt, ProofSearch, SearchSettings
from bait_core.proof_search.budget import Budget
from bait_core.proof_search.models import GoalScores
from bait_core.protocols import SearchContext, SearchModel, TacticRequest
from bait_core.testing.synthetic import (
    SyntheticModel,
    SyntheticModelOptions,
    SyntheticOptions,
    SyntheticSession,
)

CANDIDATES = 64
HYPERGRAPHS = {
    "shared goals and cycles": SyntheticOptions(goals=100_000, error_rate=0.8, closing_rate=0),
    "deep lattice": SyntheticOptions(width=48, error_rate=0.96, closing_rate=0),
}
SEARCHES: dict[str, tuple[str, dict[str, object]]] = {
    "breadth-first": ("breadth-first", {}),
    "best-first": ("best-first", {}),
    "updown": ("updown", {}),
    "updown sampling": ("updown", {"selection": "sampling"}),
    "htps": ("htps", {}),
    "fringe": ("fringe", {}),
}
MOST_GROWTH = 1.5
COLUMNS = ("applications", "goals", "depth", "known", "µs min", "µs median", "growth", "MB", "peak")


class Meter:
    """Sums up the time that is spent outside of BAIT, and remembers what was answered there."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.outcomes: dict[tuple[str, str], Outcome] = {}
        self.suggestions: dict[str, list[Suggestion]] = {}


class MeteredSession(SyntheticSession):
    """Answers from memory where it can: what is stored there is not BAIT's."""

    def __init__(self, hypergraph: SyntheticOptions, meter: Meter) -> None:
        super().__init__(hypergraph, 0)
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


class MeteredGoalModel:
    """Pseudo-random judgements, so that goals differ and few tie."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        start = time.thread_time()
        scores = [-0.01 - (zlib.crc32(goal.key.encode()) % 1000) / 1000 for goal in goals]
        self._meter.seconds += time.thread_time() - start
        return scores


def run(
    name: str, hypergraph: SyntheticOptions, applications: int, meter: Meter
) -> tuple[ProofGraph, SearchModel, float]:
    """One search; its graph, itself, and the seconds it took outside environment and models."""
    settings = SearchSettings(
        seconds=None, expansions=applications // CANDIDATES, tactics=CANDIDATES
    )
    session = MeteredSession(hypergraph, meter)
    graph = ProofGraph(session.root)
    attempt = Attempt(Theorem("theorem-0", ""), graph=graph)
    batching = BatchingSettings(cache_size=0)
    goal_model = SharedGoalModel(MeteredGoalModel(meter), batching)
    search = make_search_model(*SEARCHES[name])
    search.reset(SearchContext(graph, random.Random(0), GoalScores(goal_model, attempt)))
    proof_search = ProofSearch(
        session,
        graph,
        SharedTacticModel(MeteredModel(meter), CANDIDATES, batching),
        search,
        settings=settings,
        budget=Budget(settings.seconds, settings.expansions),
        attempt=attempt,
    )
    meter.seconds = 0.0
    with rare_collections():  # as the runner does
        start = time.thread_time()
        proof_search.run()
        return graph, search, time.thread_time() - start - meter.seconds


@dataclass
class Measurement:
    """What one search cost at one size."""

    graph: ProofGraph
    microseconds: list[float]
    held: int
    peak: int

    def row(self, before: float | None) -> list[str]:
        """The cells of the table; `before` is the cost at the size before."""
        links = sum(len(edge.subgoals) for node in self.graph for edge in node.edges)
        cost = min(self.microseconds)
        growth = cost / before if before else 1.0
        return [
            f"{self.graph.edge_count:,}",
            f"{len(self.graph):,}",
            str(max(depths(self.graph))),
            f"{1 - (len(self.graph) - 1) / links:.0%}",
            f"{cost:.2f}",
            f"{statistics.median(self.microseconds):.2f}",
            f"{growth:.2f}" + (" !" if growth > MOST_GROWTH else "") if before else "",
            f"{self.held / 1e6:.1f}",
            f"{self.peak / 1e6:.1f}",
        ]


def depths(graph: ProofGraph) -> list[int]:
    """The length of the path by which each goal was found first."""
    found = [0] * len(graph)
    for node in graph:
        for edge in node.edges:
            for child in edge.subgoals:
                found[child.index] = found[child.index] or found[node.index] + bool(child.index)
    return found


def measure(
    name: str, hypergraph: SyntheticOptions, applications: int, repeats: int
) -> Measurement:
    meter = Meter()
    run(name, hypergraph, applications, meter)
    gc.collect()
    gc.freeze()  # what the meter remembers is not BAIT's, so the collector shall not walk it
    microseconds = []
    for _ in range(repeats):
        gc.collect()
        graph, _, seconds = run(name, hypergraph, applications, meter)
        microseconds.append(seconds / graph.edge_count * 1e6)
    tracemalloc.start()
    graph, search, _ = run(name, hypergraph, applications, meter)
    gc.collect()
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del search  # was held until now, for what it holds counts
    gc.unfreeze()
    return Measurement(graph, microseconds, held, peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--search", nargs="*", default=list(SEARCHES), choices=list(SEARCHES))
    parser.add_argument("--sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    for title, hypergraph in HYPERGRAPHS.items():
        table = Table(title=f"graph, search and loop, per tactic application: {title}")
        table.add_column("search")
        for column in COLUMNS:
            table.add_column(column, justify="right")
        for name in arguments.search:
            before = None
            for size in arguments.sizes:
                measured = measure(name, hypergraph, size, arguments.repeats)
                table.add_row(name, *measured.row(before))
                before = min(measured.microseconds)
        Console().print(table)


if __name__ == "__main__":
    main()
