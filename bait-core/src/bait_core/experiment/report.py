"""The report of a run: what each iteration proved, and the results of each training step."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bait_core.errors import TraceError, TraceWarning
from bait_core.experiment.config import ExperimentConfig
from bait_core.experiment.metrics import Metrics, measure
from bait_core.experiment.run_folder import RunFolder
from bait_core.training import TrainingReport
from bait_core.training.step import finished

Totals = Mapping[tuple[int, str], int]
"""Numbers of theorems, by iteration and set."""


class IterationReport(msgspec.Struct, frozen=True):
    """One iteration: metrics by set of theorems, trainings after it by step."""

    searches: dict[str, Metrics]
    trainings: dict[str, TrainingReport]


class Report(msgspec.Struct, frozen=True):
    """The results of a run so far."""

    name: str
    seed: int
    iterations: list[IterationReport]

    @property
    def is_partial(self) -> bool:
        """Whether theorems are left to search."""
        return any(m.unsearched for it in self.iterations for m in it.searches.values())


def make_report(
    config: ExperimentConfig, folder: RunFolder, parts: Sequence[str], totals: Totals
) -> Report:
    """Make the report from the files in a run's folder.

    Args:
        config: The experiment.
        folder: The run's folder.
        parts: The sets of theorems.
        totals: Numbers of theorems, if known; otherwise all theorems are recorded.
    """
    before: dict[str, set[str]] = {part: set() for part in parts}
    iterations: list[IterationReport] = []
    for iteration in range(1, config.iterations + 1):
        searches: dict[str, Metrics] = {}
        for part in parts:
            path = folder.traces(iteration, part)
            total = totals.get((iteration, part))
            if path.exists() or total:
                searches[part] = measure(path, before[part], total)
                before[part] |= set(searches[part].proved)
        done = (
            (step.name, finished(folder.training(iteration, step.name))) for step in config.training
        )
        trainings = {name: report for name, report in done if report is not None}
        if searches or trainings:
            iterations.append(IterationReport(searches, trainings))
    return Report(config.name, config.seed, iterations)


def read_report(path: Path) -> Report:
    """The report of a run.

    Args:
        path: The run's folder.

    Raises:
        TraceError: There is none, or it can't be read.
    """
    file = RunFolder(path).report
    try:
        return msgspec.json.decode(file.read_bytes(), type=Report)
    except FileNotFoundError:
        why = f"it contains no {file.name}" if path.exists() else "there is no such folder"
    except NotADirectoryError:
        why = "it is not a folder"
    except OSError as error:
        why = f"{file.name} can't be read: {error.strerror or error}"
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        why = f"{file.name} is damaged: {error}"
    raise TraceError(
        f"there is no report of a run at {path}: {why}",
        hint="Give the folder of a run, such as runs/NAME/2026-01-01_00-00-00.",
    )


def read_reports(paths: Sequence[Path]) -> list[Report]:
    """The reports of runs; folders without one are skipped with a warning.

    Raises:
        TraceError: There is none at all.
    """
    reports: list[Report] = []
    errors: list[TraceError] = []
    for path in paths:
        try:
            reports.append(read_report(path))
        except TraceError as error:
            errors.append(error)
    if not reports and errors:
        raise errors[0]
    for missing in errors:
        warnings.warn(missing.message, TraceWarning, stacklevel=2)
    return reports


def rows(report: Report) -> Iterator[tuple[str, ...]]:
    """A table: one row per iteration and set of theorems, after the row of headings."""
    yield HEADINGS
    for number, iteration in enumerate(report.iterations, start=1):
        for part, metrics in iteration.searches.items():
            low, high = metrics.interval
            yield (
                str(number),
                f"{part} (partial)" if metrics.unsearched else part,
                f"{len(metrics.proved)}/{metrics.theorems}",
                f"{metrics.pass_at_1:.1%}",
                f"{low:.1%} to {high:.1%}",
                str(metrics.new),
                str(metrics.cumulative),
                f"{metrics.expansions / metrics.theorems:.1f}" if metrics.theorems else "",
                _times(metrics),
            )


HEADINGS = (
    "iteration",
    "theorems",
    "proved",
    "pass@1",
    "95 % interval",
    "new",
    "cumulative",
    "goals expanded per theorem",
    "time: model, prover, search, check",
)


def what_is_partial(report: Report) -> Iterator[str]:
    """A line for each set of theorems that was not fully searched."""
    for number, iteration in enumerate(report.iterations, start=1):
        for part, metrics in iteration.searches.items():
            if metrics.unsearched:
                total = metrics.theorems + metrics.unsearched
                searched = f"{metrics.theorems:,} of {total:,} searched"
                yield f"Iteration {number}, {part}, is partial: {searched}"


def _times(metrics: Metrics) -> str:
    total = sum(metrics.seconds.values()) or 1.0
    parts = ("model", "prover", "search", "check")
    return ", ".join(f"{metrics.seconds[part] / total:.0%}" for part in parts)


def as_json(report: Report) -> Any:
    """The report as JSON types, with shares and intervals."""
    told = msgspec.to_builtins(report)
    for iteration, known in zip(told["iterations"], report.iterations, strict=True):
        for part, metrics in known.searches.items():
            iteration["searches"][part]["pass_at_1"] = metrics.pass_at_1
            iteration["searches"][part]["interval"] = metrics.interval
    return told
