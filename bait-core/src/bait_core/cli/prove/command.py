"""`bait prove`: arguments, and the order of things."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bait_core.cli.console import print_json, stderr, stdout
from bait_core.cli.plugins_cmd import JsonOption
from bait_core.cli.prove.filling import fill_file
from bait_core.cli.prove.recording import search
from bait_core.cli.prove.results import as_json, print_results
from bait_core.cli.prove.target import find_target, parse_assignments
from bait_core.errors import ConfigurationError
from bait_core.execution import ExecutionSettings, Part, SearchJob, Where
from bait_core.places import trace_folder
from bait_core.plugins import installed
from bait_core.plugins.options import validate
from bait_core.prover import RunSettings, SearchSettings

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
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.0, metavar="SECONDS", help="Time per theorem.")
    ] = 60.0,
    total_timeout: Annotated[
        float | None, typer.Option(min=0.0, metavar="SECONDS", help="Time for all together.")
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
    environment: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment; by the file's ending, or the only."),
    ] = None,
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
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Install what the prover lacks without asking.")
    ] = False,
    as_json_: JsonOption = False,
) -> None:
    """Prove a statement, fill the holes of a file, or prove what an environment has of its own.

    Every proof is checked by a fresh prover before it is shown or written. Exits with 0 if all
    was proved, 1 if some was not, 2 for bad input.

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
    if only:
        goal = goal.restricted_to(only)
    if (write or output) and goal.file is None:
        raise ConfigurationError(
            "--write and --output are for files, and there is none here",
            hint=f"There is no file {target!r}." if target else "Name the file to fill.",
        )
    destination = goal.file if write else output
    folder = traces or trace_folder()
    job = SearchJob(
        environment=Part(goal.plugin.qualified_name, goal.options),
        model=Part(model_name or goal.spec.tactic_model, options["model"]),
        search=Part(search_name, options["search"]),
        goal_model=Part(goal_model_name or "", options["goal_model"]),
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
    console = stderr()
    with job.open_environment() as prover:
        with console.status("Starting the prover and reading the task"):
            theorems = list(prover.theorems())
        results, interrupted = search(job, prover, theorems, console, traces=folder, resume=resume)
        if destination is not None:
            results = fill_file(prover, results, destination)
    if as_json_:
        print_json(as_json(results))
    elif results:
        print_results(stdout(), results)
        if destination is not None:
            console.print(f"Wrote {destination}.")
        console.print(f"Recorded in {folder}; see `bait traces --help`.", style="dim")
    else:
        why = "the options choose no theorem" if target is None else f"{target} has no holes"
        stdout().print(f"Nothing to prove: {why}.", markup=False)
    if interrupted:
        raise KeyboardInterrupt
    if any(result.status != "proved" for result in results):
        raise typer.Exit(EXIT_NOT_ALL_PROVED)
