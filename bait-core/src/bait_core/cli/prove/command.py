"""`bait prove`: arguments, and the order of things."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bait_core.cli.common_options import (
    AllowAxiomOption,
    EnvironmentOption,
    YesOption,
)
from bait_core.cli.console import print_json, stderr, stdout
from bait_core.cli.plugins_cmd import JsonOption
from bait_core.cli.prove.filling import require_writable
from bait_core.cli.prove.results import Result, as_json, print_results
from bait_core.cli.prove.run import prove_all
from bait_core.cli.prove.target import Target, find_target, parse_assignments
from bait_core.errors import ConfigurationError
from bait_core.execution import ExecutionSettings, RunSettings, SearchJob, Where
from bait_core.options import validate
from bait_core.paths import trace_folder
from bait_core.plugins import installed
from bait_core.plugins.config import PluginConfig
from bait_core.proof_search import SearchSettings

EXIT_NOT_ALL_PROVED = 1


def prove(  # noqa: PLR0913, PLR0917  # one parameter per option
    target: Annotated[
        str | None,
        typer.Argument(help="A statement, or a file whose holes get filled.", show_default=False),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Put the proofs into the file.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the filled file here.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="Prove this theorem only; repeatable."),
    ] = None,
    allow_axiom: AllowAxiomOption = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.0, metavar="SECONDS", help="Time per theorem.")
    ] = 60.0,
    total_timeout: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="SECONDS", help="Time for all; it ends the run."),
    ] = None,
    expansions: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Goals expanded per theorem, at most.")
    ] = None,
    tactic_timeout: Annotated[
        float | None,
        typer.Option(min=0.001, metavar="SECONDS", help="Time per tactic; the environment's own."),
    ] = None,
    search_name: Annotated[
        str, typer.Option("--search", metavar="NAME", help="The search model.")
    ] = "best-first",
    model_name: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="The tactic model; the environment's own."),
    ] = None,
    environment: EnvironmentOption = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            "-o",
            metavar="SECTION.KEY=VALUE",
            help="Set an option of environment, model, goal_model, search or execution.",
        ),
    ] = None,
    goal_model_name: Annotated[
        str | None,
        typer.Option("--goal-model", metavar="NAME", help="The goal model; the search's own."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Theorems at a time.")] = 1,
    execution: Annotated[
        Where, typer.Option(help="What runs them: threads, worker processes, or a Ray cluster.")
    ] = Where.THREADS,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the searches.")] = 0,
    traces: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to record the searches.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Take up the newest run of this kind that was stopped.")
    ] = False,
    yes: YesOption = False,
    as_json_: JsonOption = False,
) -> None:
    """Prove a statement, fill the holes of a file, or prove what an environment has of its own.

    Every proof is checked by a fresh prover before it is shown or written. Exits with 0 if all
    was proved, 1 if some was not, was not searched or rests on something open, 2 for bad input or
    if the proofs could not be written.

    Examples:
      $ bait prove 'theorem t (a b : Nat) : a + b = b + a'
      $ bait prove Lists.lean --write --timeout 30
      $ bait prove Lists.lean --only append_nil --json
      $ bait prove Lists.lean --workers 8 --execution processes --resume
      $ bait prove --environment holist --only ADD_SYM --only ADD_ASSOC
    """
    registry = installed()
    options = parse_assignments(option or [])
    goal = find_target(target, environment, registry).with_options(options["environment"])
    goal = goal.allowing_axioms(allow_axiom or [])
    if only:
        goal = goal.restricted_to(only)
    destination = _destination(goal, target, write, output)
    folder = traces or trace_folder()
    job = SearchJob(
        environment=PluginConfig(name=goal.plugin.qualified_name, options=dict(goal.options)),
        model=PluginConfig(name=model_name or goal.spec.tactic_model, options=options["model"]),
        search=PluginConfig(name=search_name, options=options["search"]),
        goal_model=PluginConfig(name=goal_model_name or "", options=options["goal_model"]),
        settings=SearchSettings(
            seconds=timeout,
            expansions=expansions,
            tactic_seconds=tactic_timeout or goal.spec.tactic_seconds,
            seed=seed,
        ),
        run=RunSettings(workers=workers, seconds=total_timeout),
        execution=validate(
            ExecutionSettings, {"where": execution, **options["execution"]}, "The execution"
        ),
    )
    _ = job.configuration  # wrong options of any part are told before anything starts
    goal.prepare(yes)

    def show(results: list[Result]) -> None:
        if as_json_:
            print_json(as_json(results, goal.file))
        elif results:
            print_results(stdout(), results)
            stderr().print(f"Recorded in {folder}; see `bait traces --help`.", style="dim")
        else:
            why = "the options choose no theorem" if target is None else f"{target} has no holes"
            stdout().print(f"Nothing to prove: {why}.", markup=False)

    results = prove_all(
        job, goal.file, destination, show=show, console=stderr(), traces=folder, resume=resume
    )
    if not all(result.is_proved for result in results):
        raise typer.Exit(EXIT_NOT_ALL_PROVED)


def _destination(goal: Target, target: str | None, write: bool, output: Path | None) -> Path | None:
    """The file to write in the end, if any; it can be written as things are now."""
    if not write and output is None:
        return None
    if goal.file is None:
        raise ConfigurationError(
            "--write and --output are for files, and there is none here",
            hint=f"There is no file {target!r}." if target else "Name the file to fill.",
        )
    if write and output is not None:
        raise ConfigurationError(
            "--write and --output name two places for the proofs", hint="Choose one of them."
        )
    destination = output or goal.file
    if output is not None or goal.file.exists():  # a file that is missing is told of as such
        require_writable(destination)
    return destination
