"""`bait run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from omegaconf import OmegaConf
from rich.console import Console

from bait_core.cli.arguments import ChangesArgument, ConfigArgument, JsonOption
from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_core.cli.ui.experiments import print_report, require_complete
from bait_core.cli.ui.live_table import ConsoleDisplay
from bait_core.experiment import Experiment, ExperimentConfig, Report, RunFolder, load_config
from bait_core.experiment.report import as_json

_RUNS = Path("runs")


def run(
    config: ConfigArgument,
    changes: ChangesArgument = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Take up the newest run that was stopped.")
    ] = False,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Show the whole configuration, and do nothing.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The run's folder; by default below runs/NAME."),
    ] = None,
    as_json_: JsonOption = False,
) -> None:
    """Run an experiment: search, record, train on the record, search again.

    Exits with 1 if the run's own limits (`run.total_seconds`, `run.total_expansions`) ended it.

    Examples:
      $ bait run examples/experiments/lean-reprover.yaml
      $ bait run examples/experiments/lean-reprover.yaml iterations=3 settings.seconds=5
      $ bait run examples/experiments/lean-reprover.yaml --resume
    """
    wanted = load_config(config, changes or [])
    if print_config:
        stdout().print(as_yaml(wanted), markup=False, end="")
        return
    folder = _folder(wanted, output, resume=resume)
    console = stderr()
    console.print(f"Recording in {folder.path}", style="dim")
    report = Experiment(wanted, folder, ConsoleDisplay(console)).run()
    if as_json_:
        print_json(as_json(report))
    else:
        print_report(stdout(), report)
        _show_where(console, folder, report)
    require_complete(console, "run", folder, report)


def as_yaml(config: ExperimentConfig) -> str:
    """A configuration as YAML, defaults included."""
    return OmegaConf.to_yaml(OmegaConf.create(config.model_dump(mode="json")))


def _show_where(console: Console, folder: RunFolder, report: Report) -> None:
    """Which commands show more."""
    last = len(report.iterations) - 1
    traces = folder.traces(last, next(iter(report.iterations[last].searches)))
    console.print("See also:")
    commands = [f"bait report {folder.path}"]
    if traces.exists():
        commands.append(f"bait traces {traces} [THEOREM]")
    for command in commands:
        console.print(f"  {command}", markup=False, soft_wrap=True)


def _folder(config: ExperimentConfig, output: Path | None, *, resume: bool) -> RunFolder:
    if output is not None:
        return RunFolder(output)
    return RunFolder.newest(_RUNS, config) if resume else RunFolder.new(_RUNS, config)
