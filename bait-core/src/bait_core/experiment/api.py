"""Experiments from Python: what `bait run` and `bait evaluate` do, as functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bait_core.errors import ConfigurationError
from bait_core.execution import Display, QuietDisplay
from bait_core.experiment.config import ExperimentConfig, Models, config_of, load_config
from bait_core.experiment.loop import Experiment
from bait_core.experiment.report import Report, rows
from bait_core.experiment.run_folder import RunFolder
from bait_core.notebooks import html_table

RUNS = Path("runs")
"""The folder of runs, relative to the working directory."""

Config = str | Path | Mapping[str, Any] | ExperimentConfig
"""An experiment: a YAML file, or its content."""


@dataclass(frozen=True)
class ExperimentResult:
    """The result of a run; a notebook shows the report as a table.

    Attributes:
        folder: The run's folder, with records, checkpoints and report.
        report: The report; partial if theorems are left to search.
    """

    folder: Path
    report: Report

    def _repr_html_(self) -> str:
        head, *lines = rows(self.report)
        return html_table(head, lines)


def run_experiment(
    config: Config,
    changes: Sequence[str] = (),
    *,
    output: str | Path | None = None,
    resume: bool = False,
    display: Display | None = None,
) -> ExperimentResult:
    """Run an experiment: search, record, train on the traces, search again.

    Args:
        config: The experiment.
        changes: Settings to change, such as `settings.seconds=5`.
        output: The run's folder; None for a new one below `runs/NAME`.
        resume: Resume the newest run below `runs/NAME`.
        display: Displays progress.

    Returns:
        The folder of the run, and its report.

    Raises:
        KeyboardInterrupt: At Ctrl-C; finished work is kept.
        ConfigurationError: The configuration is wrong, or there is no run to resume.
        BaitError: A part failed; finished work is kept.
    """
    wanted = resolve(config, changes)
    if output is not None:
        folder = RunFolder(Path(output))
    else:
        folder = RunFolder.newest(RUNS, wanted) if resume else RunFolder.new(RUNS, wanted)
    return _run(wanted, folder, display)


def evaluate(
    config: Config,
    changes: Sequence[str] = (),
    *,
    output: str | Path,
    display: Display | None = None,
) -> ExperimentResult:
    """Search the theorems of an experiment once, and train nothing.

    Give the checkpoints of trained models as changes. Theorems already recorded in the folder are
    not searched again.

    Args:
        config: The experiment.
        changes: Settings to change, such as `model.checkpoint=trained/checkpoint`.
        output: The folder for the records and the report.
        display: Displays progress.

    Raises:
        KeyboardInterrupt: At Ctrl-C; finished work is kept.
        ConfigurationError: The configuration is wrong.
        BaitError: A part failed; finished work is kept.
    """
    once = evaluation_of(resolve(config, changes))
    return _run(once, RunFolder(Path(output)), display)


def evaluation_of(config: ExperimentConfig) -> ExperimentConfig:
    """The experiment that searches another's theorems once, without training."""
    return config.model_copy(
        update={
            "iterations": 1,
            "training": (),
            "initial": Models(),
            "collect": None if config.evaluate else config.collect,
        }
    )


def resolve(config: Config, changes: Sequence[str] = ()) -> ExperimentConfig:
    """The checked configuration.

    Raises:
        ConfigurationError: It can't be read, or something in it is wrong.
    """
    if isinstance(changes, str):
        raise ConfigurationError(
            f"the changes are one text, {changes!r}, and not a list", hint=f"Write [{changes!r}]."
        )
    match config:
        case ExperimentConfig():
            return config_of(config.model_dump(exclude_unset=True), "the configuration", changes)
        case Mapping():
            return config_of(config, "the configuration", changes)
        case _:
            return load_config(Path(config), changes)


def _run(config: ExperimentConfig, folder: RunFolder, display: Display | None) -> ExperimentResult:
    shown = display or QuietDisplay()
    experiment = Experiment(config, folder, shown)
    shown.say(f"Recording in {folder.path}")
    return ExperimentResult(folder.path, experiment.run())
