"""The loop itself: search, record, train, search again. Finished work is not repeated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bait_core.errors import ConfigurationError
from bait_core.execution import Display, RunEnd, SearchJob, record_searches
from bait_core.experiment.config import ExperimentConfig, TheoremSet
from bait_core.experiment.jobs import check, held_out, search_job, spread, training_job
from bait_core.experiment.report import Report, make_report
from bait_core.experiment.resolving import resolved, targets
from bait_core.experiment.run_folder import RunFolder
from bait_core.training import TrainingReport, train_in_child

PARTS = ("collect", "evaluate")


class Experiment:
    """A run of an experiment, new or resumed.

    Args:
        config: What to do.
        folder: The folder of its files.
        display: Displays progress.

    Raises:
        ConfigurationError: An option of any part is wrong, or parts don't fit together.
        PluginError: A plugin is not installed, or can't be used.
    """

    def __init__(self, config: ExperimentConfig, folder: RunFolder, display: Display) -> None:
        self.folder = folder
        self._display = display
        self._totals: dict[tuple[int, str], int] = {}
        self._versions = check(config)
        self.config = resolved(config)
        if not self._sets():
            raise ConfigurationError(
                f"the experiment {config.name} searches no theorems",
                hint="Give `collect`, `evaluate` or both; {} selects all theorems.",
            )

    def run(self) -> Report:
        """Do the remaining work, or as much of it as the budget of the run allows.

        Returns:
            The report, which is also in the folder; it is partial if the budget was exhausted.

        Raises:
            KeyboardInterrupt: At Ctrl-C; finished work is kept.
            BaitError: A part failed; finished work is kept.
        """
        with self.folder.claimed():
            self.folder.begin(self.config, self._versions)
            checkpoints: dict[str, Path] = {}
            for iteration in range(1, self.config.iterations + 1):
                end = self._search(iteration, checkpoints)
                report = self._report()
                if end is RunEnd.STOPPED:
                    raise KeyboardInterrupt
                if end is RunEnd.SPENT:
                    return report
                if iteration < self.config.iterations:
                    checkpoints = self._train(iteration, checkpoints)
            return self._report()

    def _search(self, iteration: int, checkpoints: Mapping[str, Path]) -> RunEnd:
        """Search every set of theorems, or those that there is time for."""
        for part, theorems in self._sets():
            self._display.say(f"Iteration {iteration}: {part}")
            job = search_job(self.config, theorems, iteration, checkpoints)
            path = self.folder.traces(iteration, part)
            self._totals[iteration, part], end = search_all(
                job, theorems.limit, path, self._display
            )
            if end is not RunEnd.COMPLETE:
                return end
        return RunEnd.COMPLETE

    def _train(self, iteration: int, checkpoints: Mapping[str, Path]) -> dict[str, Path]:
        """Run every training step; returns which option names which checkpoint from now on."""
        updated = dict(checkpoints)
        theorems = held_out(self.config)
        for step in self.config.training:
            self._display.say(f"Iteration {iteration}: training {step.name}")
            job = training_job(self.config, step, iteration, self.folder, updated, theorems)
            report = train_in_child(job, self.folder.training(iteration, step.name))
            self._display.say(_summary(report))
            updated.update(dict.fromkeys(targets(step), Path(report.checkpoint)))
        return updated

    def _sets(self) -> list[tuple[str, TheoremSet]]:
        sets = ((part, getattr(self.config, part)) for part in PARTS)
        return [(part, theorems) for part, theorems in sets if theorems is not None]

    def _report(self) -> Report:
        parts = [part for part, _ in self._sets()]
        report = make_report(self.config, self.folder, parts, self._totals)
        self.folder.write_report(report)
        return report


class Searched(NamedTuple):
    """How many theorems there are to search, and how their searches ended."""

    theorems: int
    end: RunEnd


def search_all(job: SearchJob, limit: int | None, path: Path, display: Display) -> Searched:
    """Search for proofs of a job's theorems that have no record yet.

    Args:
        job: What to search with.
        limit: The maximum number of theorems.
        path: The trace file.
        display: Displays progress.

    Raises:
        KeyboardInterrupt: At the second Ctrl-C.
        ConfigurationError: There are no theorems.
    """
    with job.open_environment() as environment:
        theorems = spread(list(environment.theorems()), limit)
        if not theorems:
            raise ConfigurationError(
                "the options of the environment select no theorem", hint="Choose others."
            )
        return Searched(len(theorems), record_searches(job, environment, theorems, path, display))


def _summary(report: TrainingReport) -> str:
    numbers = ", ".join(f"{name} {value:.4g}" for name, value in report.metrics.items())
    return f"{report.examples['train']} examples of {report.theorems['train']} theorems; {numbers}"
