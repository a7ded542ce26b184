"""`bait run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bait_core.cli.arguments import ChangesArgument, ConfigArgument, JsonOption, PrintConfigOption
from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_core.cli.ui.experiments import print_report, require_complete, show_config
from bait_core.cli.ui.live_table import ConsoleDisplay
from bait_core.experiment import (
    ExperimentResult,
    RunFolder,
    load_config,
    run_experiment,
)
from bait_core.experiment.report import as_json


def run(
    config: ConfigArgument,
    changes: ChangesArgument = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume the newest run of the experiment.")
    ] = False,
    print_config: PrintConfigOption = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Run folder (default: a new one in runs/NAME)."),
    ] = None,
    as_json_: JsonOption = False,
) -> None:
    """Run an experiment: search, record, train on the traces, search again.

    Exits with 1 if theorems are left to search: the run's own limits ended it, or the prover could
    not be started.

    Examples:
      $ bait run examples/experiments/lean-reprover.yaml
      $ bait run examples/experiments/lean-reprover.yaml iterations=3 settings.seconds=5
      $ bait run examples/experiments/lean-reprover.yaml --resume
    """
    if print_config:
        show_config(load_config(config, changes or []))
        return
    console = stderr()
    result = run_experiment(
        config, changes or [], output=output, resume=resume, display=ConsoleDisplay(console)
    )
    if as_json_:
        print_json(as_json(result.report))
    else:
        print_report(stdout(), result.report)
        _show_where(console, result)
    require_complete(console, "run", result)


def _show_where(console: Console, result: ExperimentResult) -> None:
    """Print the commands that show more."""
    report, folder = result.report, result.folder
    last = len(report.iterations)
    traces = RunFolder(folder).traces(last, next(iter(report.iterations[-1].searches)))
    console.print("See also:")
    commands = [f"bait report {folder}"]
    if traces.exists():
        commands.append(f"bait traces {traces} [THEOREM]")
    for command in commands:
        console.print(f"  {command}", markup=False, soft_wrap=True)
