"""`bait evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bait_core.cli.arguments import (
    ChangesArgument,
    ConfigArgument,
    JsonOption,
    PrintConfigOption,
)
from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_core.cli.ui.experiments import print_report, require_complete, require_output, show_config
from bait_core.cli.ui.live_table import ConsoleDisplay
from bait_core.experiment import evaluate as evaluate_experiment
from bait_core.experiment import load_config
from bait_core.experiment.api import evaluation_of
from bait_core.experiment.report import as_json


def evaluate(
    config: ConfigArgument,
    changes: ChangesArgument = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder for the traces and the report (required)."),
    ] = None,
    print_config: PrintConfigOption = False,
    as_json_: JsonOption = False,
) -> None:
    """Search the theorems of an experiment once, without training.

    Give the checkpoints of trained models as settings. Theorems already recorded in the folder are
    not searched again.

    Examples:
      $ bait evaluate lean.yaml model.checkpoint=trained/checkpoint --output evaluated
    """
    if print_config:
        show_config(evaluation_of(load_config(config, changes or [])))
        return
    console = stderr()
    result = evaluate_experiment(
        config, changes or [], output=require_output(output), display=ConsoleDisplay(console)
    )
    if as_json_:
        print_json(as_json(result.report))
    else:
        print_report(stdout(), result.report)
    require_complete(console, "evaluate", result)
