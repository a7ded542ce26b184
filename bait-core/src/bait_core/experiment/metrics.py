"""The results of searches: how much was proved, and at what cost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from statistics import NormalDist
from typing import Self

import msgspec

from bait_core.domain import is_final
from bait_core.traces import read_traces
from bait_core.traces.schema import TraceRecord

_BUDGETS = (0.1, 0.25, 0.5, 1.0)
_PARTS = ("search", "model", "prover", "check")


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers about the searches of one set of theorems in one iteration.

    Attributes:
        theorems: Number of theorems whose search finished.
        unsearched: Number of theorems whose search was not begun or not finished.
        proved: Names of the theorems proved in this iteration.
        new: Number of them that no earlier iteration proved.
        cumulative: Number of theorems proved in this or an earlier iteration.
        statuses: Number of searches by final status.
        expansions: Total number of expanded goals.
        seconds: Total time by part: search, model, prover, check.
        by_share_of_time: Theorems proved within a share of the longest search's time.
    """

    theorems: int
    unsearched: int = 0
    proved: tuple[str, ...]
    new: int
    cumulative: int
    statuses: dict[str, int]
    expansions: int
    seconds: dict[str, float]
    by_share_of_time: dict[float, int]

    @classmethod
    def of(
        cls, records: Iterable[TraceRecord], before: Collection[str], total: int | None = None
    ) -> Self:
        """Measure the searches.

        Args:
            records: One per theorem at most.
            before: Names of the theorems that earlier iterations proved.
            total: Number of theorems; None if all are recorded.
        """
        statuses: Counter[str] = Counter()
        seconds = dict.fromkeys(_PARTS, 0.0)
        times: dict[str, float] = {}
        longest, expansions = 0.0, 0
        searched = (record for record in records if is_final(record.status))
        for record in searched:
            statuses[record.status] += 1
            expansions += record.expansions
            longest = max(longest, record.seconds)
            for part in _PARTS:
                seconds[part] += getattr(record.timings, part)
            if record.status == "proved":
                times[record.theorem] = record.seconds
        return cls(
            theorems=statuses.total(),
            unsearched=0 if total is None else max(0, total - statuses.total()),
            proved=tuple(sorted(times)),
            new=len(times.keys() - set(before)),
            cumulative=len(times.keys() | set(before)),
            statuses=dict(sorted(statuses.items())),
            expansions=expansions,
            seconds={part: round(value, 3) for part, value in seconds.items()},
            by_share_of_time={
                share: sum(t <= share * longest for t in times.values()) for share in _BUDGETS
            },
        )

    @property
    def pass_at_1(self) -> float:
        """Share of the searched theorems that were proved."""
        return len(self.proved) / self.theorems if self.theorems else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `pass_at_1`."""
        return wilson_interval(len(self.proved), self.theorems)


def measure(path: Path, before: Collection[str], total: int | None) -> Metrics:
    """The metrics of a trace file, which may be missing. For the arguments see `Metrics.of`."""
    return Metrics.of(read_traces(path) if path.exists() else (), before, total)


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Wilson interval of a share (Probable Inference, JASA 1927); (0, 1) without trials."""
    if not trials:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    scale = 1 + z * z / trials
    middle = (share + z * z / (2 * trials)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    return max(0.0, middle - half), min(1.0, middle + half)
