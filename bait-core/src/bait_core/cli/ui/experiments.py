"""Output of an experiment's configuration and report."""

from __future__ import annotations

from pathlib import Path

import typer
from omegaconf import OmegaConf
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bait_core.cli.ui.console import stdout
from bait_core.errors import ConfigurationError
from bait_core.experiment import ExperimentConfig, ExperimentResult, Report
from bait_core.experiment.jobs import check
from bait_core.experiment.report import rows, what_is_partial
from bait_core.experiment.resolving import resolved

EXIT_PARTIAL = 1


def show_config(config: ExperimentConfig) -> None:
    """Print a checked configuration as YAML, including defaults.

    Raises:
        ConfigurationError: It is wrong.
    """
    check(config)
    values = resolved(config).model_dump(mode="json")
    stdout().print(OmegaConf.to_yaml(OmegaConf.create(values)), markup=False, end="")


def require_output(output: Path | None) -> Path:
    """The folder of an option that only `--print-config` can do without.

    Raises:
        ConfigurationError: It is missing.
    """
    if output is None:
        raise ConfigurationError("there is no folder for the results", hint="Give --output FOLDER.")
    return output


def require_complete(console: Console, command: str, result: ExperimentResult) -> None:
    """If theorems are left to search, say how to resume and exit with 1."""
    if result.report.is_partial:
        folder = result.folder
        console.print("Not every theorem was searched. To search the remaining ones:")
        again = f"bait {command} {folder / 'config.yaml'} --output {folder}"
        console.print(f"  {again}", markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_PARTIAL)


def print_report(console: Console, report: Report) -> None:
    """Print the report as tables: searches, then training steps."""
    headings, *lines = rows(report)
    table = Table(title=f"{report.name}, seed {report.seed}", title_justify="left")
    for heading in headings:
        table.add_column(heading)
    for line in lines:
        table.add_row(*line)
    console.print(table)
    for partial in what_is_partial(report):
        console.print(Text(partial, "bold yellow"))
    for number, iteration in enumerate(report.iterations, start=1):
        for name, training in iteration.trainings.items():
            numbers = ", ".join(f"{key} {value:.4g}" for key, value in training.metrics.items())
            console.print(
                Text(f"After iteration {number}, {name}: {training.examples['train']} examples; "),
                Text(numbers),
            )
