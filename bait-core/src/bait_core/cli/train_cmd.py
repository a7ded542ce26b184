"""`bait train`."""

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
from bait_core.cli.ui.experiments import require_output, show_config
from bait_core.errors import ConfigurationError
from bait_core.experiment import ExperimentConfig, RunFolder, TrainingStep, load_config
from bait_core.experiment.jobs import check, held_out, training_job
from bait_core.hints import did_you_mean
from bait_core.training import require_same_training, train_in_child


def train(
    config: ConfigArgument,
    changes: ChangesArgument = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for the checkpoint (required).")
    ] = None,
    step: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Training step to run (default: the only one)."),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also learn from the searches of this run."),
    ] = None,
    print_config: PrintConfigOption = False,
    as_json_: JsonOption = False,
) -> None:
    """Run one training step of an experiment, without searching.

    An interrupted training resumes in the same folder. The prover is started to list the theorems
    of `evaluate`, which must not be trained on; with `evaluate=null` no prover is needed.

    Examples:
      $ bait train examples/experiments/holist.yaml --step tactics --output trained
    """
    wanted = load_config(config, changes or [])
    if print_config:
        show_config(wanted)
        return
    chosen = _choose(wanted, step)
    check(wanted)
    folder = require_output(output)
    source = RunFolder(run) if run else RunFolder(folder)
    job = training_job(wanted, chosen, wanted.iterations, source, {}, held_out(wanted))
    require_same_training(folder, job)
    report = train_in_child(job, folder)
    if as_json_:
        print_json({"checkpoint": str(report.checkpoint), "metrics": dict(report.metrics)})
    else:
        for name, value in report.metrics.items():
            stdout().print(f"{name}: {value:.4g}", markup=False)
        stderr().print(f"The checkpoint is {report.checkpoint}.", markup=False)


def _choose(config: ExperimentConfig, name: str | None) -> TrainingStep:
    steps = {step.name: step for step in config.training}
    if not steps:
        raise ConfigurationError(
            f"the experiment {config.name} trains nothing",
            hint="Add a training step to its list `training`; see docs/experiments.md.",
        )
    if name is None and len(steps) == 1:
        return next(iter(steps.values()))
    if name is None or name not in steps:
        what = f"no training step {name!r}" if name else f"{len(steps)} training steps"
        raise ConfigurationError(
            f"the experiment {config.name} has {what}",
            hint=did_you_mean(name or "", steps) or f"Choose one with --step: {', '.join(steps)}.",
        )
    return steps[name]
