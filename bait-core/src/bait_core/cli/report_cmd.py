"""`bait report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bait_core.cli.arguments import JsonOption
from bait_core.cli.ui.console import print_json, stdout
from bait_core.cli.ui.experiments import print_report
from bait_core.experiment.report import as_json, read_reports


def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders.")],
    as_json_: JsonOption = False,
) -> None:
    """Show what runs proved in each iteration, and the results of their training steps.

    Folders without a report are skipped with a warning if another one has a report.

    Examples:
      $ bait report runs/lean-reprover/2026-01-01_00-00-00
      $ bait report runs/lean-reprover/* --json
    """
    reports = read_reports(runs)
    if as_json_:
        print_json([as_json(report) for report in reports])
        return
    for known in reports:
        print_report(stdout(), known)
