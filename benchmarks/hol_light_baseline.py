"""How much of HOL Light's library search proves, next to single calls of its automation.

Takes theorems of the test split, evenly spread over the library. Each is first given to
`MESON_TAC []`, `ARITH_TAC`, `REWRITE_TAC []` and `ASM_REWRITE_TAC []` alone, each with as much time
as a search has; then searched. Every proof that counts was accepted by a fresh prover.

    python benchmarks/hol_light_baseline.py [--theorems 200] [--seconds 10] [--tactic-seconds 0.1]
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from bait_core.domain import Proof, ProofStep, Proved, Theorem
from bait_core.execution import RunSettings, SearchJob, SearchProgress, run_searches
from bait_core.plugins.config import PluginConfig
from bait_core.proof_search import SearchSettings
from bait_core.protocols import Environment
from bait_core.traces import TraceRecord

AUTOMATION = ("MESON_TAC []", "ARITH_TAC", "REWRITE_TAC []", "ASM_REWRITE_TAC []")


class Results:
    """Which theorems were proved; printed as they come."""

    def __init__(self, console: Console, total: int) -> None:
        self.console = console
        self.total = total
        self.records: list[TraceRecord] = []

    @property
    def proved(self) -> set[str]:
        return {record.theorem for record in self.records if record.status == "proved"}

    def on_start(self, theorem: Theorem) -> None:
        pass

    def on_step(self, progress: SearchProgress) -> None:
        pass

    def on_end(self, record: TraceRecord) -> None:
        assert record.status != "error", record.message
        self.records.append(record)
        self.console.print(
            f"{len(self.records)}/{self.total} {record.theorem}: {record.status} after "
            f"{record.seconds:.1f} s, {record.expansions} goals expanded",
            highlight=False,
        )


def proved_alone(environment: Environment, theorem: Theorem, seconds: float) -> set[str]:
    """The calls that prove the theorem by themselves."""
    with closing(environment.start(theorem)) as session:
        return {
            tactic
            for tactic in AUTOMATION
            if isinstance(session.run_tactics(session.root, [tactic], seconds)[0], Proved)
            and session.check(
                Proof(session.root, {session.root.key: ProofStep(session.root, tactic, ())})
            ).accepted
        }


def spread(theorems: list[Theorem], count: int) -> list[Theorem]:
    """So many of the theorems, at even distances."""
    count = min(count, len(theorems))
    return [theorems[i * len(theorems) // count] for i in range(count)]


def share(count: int, total: int) -> tuple[str, str]:
    """A count as percentage, and its 95 % interval (Wilson)."""
    interval = binomtest(count, total).proportion_ci(method="wilson")
    return f"{count / total:.1%}", f"{interval.low:.1%} to {interval.high:.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--theorems", type=int, default=200)
    parser.add_argument("--split", default="test")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--search", default="best-first")
    parser.add_argument("--model", default="holist-tactics")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tactic-seconds", type=float, default=0.1)
    parser.add_argument("--no-automation", action="store_true")
    parser.add_argument("--output", type=Path, help="where to write the names, as JSON")
    arguments = parser.parse_args()
    job = SearchJob(
        environment=PluginConfig(name="holist", split=arguments.split),
        model=PluginConfig(name=arguments.model),
        search=PluginConfig(name=arguments.search),
        settings=SearchSettings(seconds=arguments.seconds, tactic_seconds=arguments.tactic_seconds),
        run=RunSettings(workers=arguments.workers),
    )
    console = Console()
    with job.open_environment() as environment:
        theorems = spread(list(environment.theorems()), arguments.theorems)
        alone: dict[str, set[str]] = {}
        if not arguments.no_automation:
            with ThreadPoolExecutor(arguments.workers) as pool:
                calls = pool.map(
                    lambda theorem: proved_alone(environment, theorem, arguments.seconds), theorems
                )
                alone = {t.name: found for t, found in zip(theorems, calls, strict=True)}
        results = Results(console, len(theorems))
        run_searches(job, environment, theorems, results)
    console.print(table(alone, results.proved, len(theorems), arguments.search))
    if arguments.output:
        names = {
            "alone": {n: sorted(c) for n, c in alone.items()},
            "search": sorted(results.proved),
        }
        arguments.output.write_text(json.dumps(names, indent=1))


def table(alone: dict[str, set[str]], proved: set[str], total: int, search: str) -> Table:
    """What each call, their union, and the search prove."""
    rows = {call: {n for n, calls in alone.items() if call in calls} for call in AUTOMATION}
    rows["any of these"] = {name for name, calls in alone.items() if calls}
    rows[search] = proved
    rows[f"{search}, and none of these alone"] = proved - rows["any of these"]
    result = Table(title=f"{total} theorems")
    for column in ("proved by", "theorems", "share", "95 % interval"):
        result.add_column(column, justify="left" if column == "proved by" else "right")
    for what, names in rows.items():
        result.add_row(what, str(len(names)), *share(len(names), total))
    return result


if __name__ == "__main__":
    main()
