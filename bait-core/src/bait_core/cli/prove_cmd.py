"""`bait prove`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.text import Text

from bait_core.assignments import parse_sections
from bait_core.cli.arguments import AllowAxiomOption, EnvironmentOption, JsonOption, YesOption
from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_core.cli.ui.live_table import ConsoleDisplay
from bait_core.cli.ui.rendering import axioms_used, code, indented, rests_on, status_style
from bait_core.domain import CONDITIONAL
from bait_core.execution import Where
from bait_core.paths import trace_folder
from bait_core.plugins.kinds import KIND_OF_SECTION
from bait_core.proving.plan import ProofRequest, make_plan
from bait_core.proving.results import ProofResults
from bait_core.proving.run import carry_out

EXIT_NOT_ALL_PROVED = 1

_SECTIONS = (*KIND_OF_SECTION, "settings", "run", "execution")
_INDENT = len(CONDITIONAL) + 1


def prove(  # noqa: PLR0913, PLR0917  # one parameter per option
    target: Annotated[
        str | None,
        typer.Argument(
            help="A statement to prove, or a file with holes to fill.", show_default=False
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the proofs into the file.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the filled file here instead.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Prove only this theorem (repeatable)."),
    ] = None,
    allow_axiom: AllowAxiomOption = None,
    environment: EnvironmentOption = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Tactic model (default: the environment's own)."),
    ] = None,
    search: Annotated[
        str | None, typer.Option(metavar="NAME", help="Search model (default: best-first).")
    ] = None,
    goal_model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Goal model (default: the search's own)."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="S", help="Time limit per theorem (default: 60)."),
    ] = None,
    expansions: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Maximum number of goals expanded per theorem."),
    ] = None,
    tactic_seconds: Annotated[
        float | None,
        typer.Option(
            min=0.001, metavar="S", help="Time limit per tactic (default: the environment's own)."
        ),
    ] = None,
    total_seconds: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="S", help="Time limit for the whole run."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Number of theorems searched concurrently."),
    ] = None,
    execution: Annotated[
        Where | None,
        typer.Option(help="Run searches in threads, in worker processes or on a Ray cluster."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            "-o",
            metavar="SECTION.KEY=VALUE",
            help="Any other setting, as in a configuration (repeatable).",
        ),
    ] = None,
    traces: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for the traces of the searches.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume the newest run of this task.")
    ] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Prove a statement, fill the holes of a file, or prove an environment's own theorems.

    Every proof is checked by a fresh prover before it is shown or written. Exits with 0 if
    everything was proved; 1 if a theorem was not proved, was not searched or depends on something
    unproved; 2 for bad input or if the proofs could not be written.

    Examples:
      $ bait prove 'theorem t (a b : Nat) : a + b = b + a'
      $ bait prove Lists.lean --write --seconds 30
      $ bait prove Lists.lean --only append_nil --json
      $ bait prove Lists.lean --workers 8 --execution processes --resume
      $ bait prove --environment holist --only ADD_SYM --only ADD_ASSOC
    """
    sections = parse_sections(option or [], _SECTIONS)
    flags: dict[str, dict[str, Any]] = {
        "environment": {"name": environment},
        "model": {"name": model},
        "search": {"name": search},
        "goal_model": {"name": goal_model},
        "settings": {
            "seconds": seconds,
            "expansions": expansions,
            "tactic_seconds": tactic_seconds,
        },
        "run": {"workers": workers, "total_seconds": total_seconds},
        "execution": {"where": execution},
    }
    for section, given in flags.items():
        sections[section].update({key: value for key, value in given.items() if value is not None})
    plan = make_plan(
        ProofRequest(
            what=target,
            only=only or [],
            allow_axioms=allow_axiom or [],
            seed=seed,
            write=write,
            output=output,
            **cast("dict[str, Any]", sections),
        )
    )
    plan.target.prepare(yes=yes)
    folder = traces or trace_folder()

    def show(results: ProofResults) -> None:
        if as_json:
            print_json(results.as_json())
        elif results:
            print_results(stdout(), results)
            if results.traces:
                stderr().print(f"Recorded in {folder}; see `bait traces --help`.", style="dim")
        else:
            why = "the options select no theorem" if target is None else f"{target} has no holes"
            stdout().print(f"Nothing to prove: {why}.", markup=False)

    results = carry_out(plan, folder, ConsoleDisplay(stderr()), resume=resume, show=show)
    if not results.all_proved:
        raise typer.Exit(EXIT_NOT_ALL_PROVED)


def print_results(console: Console, results: ProofResults) -> None:
    """Each theorem with its proof, or why there is none; then a summary line."""
    for result in results:
        console.print(
            Text.assemble(
                (f"{result.verdict:{_INDENT}}", f"bold {status_style(result.verdict)}"),
                (result.theorem.name, "bold"),
                f"  {result.seconds:.1f} s, {result.expansions} expansions",
                (f"  {result.theorem.source}", "dim"),
            )
        )
        if result.message:
            console.print(indented(result.message, _INDENT))
        if result.verdict == CONDITIONAL:
            console.print(indented(f"proved, but {rests_on(result.foundations)}", _INDENT))
        if axioms := axioms_used(result.foundations):
            console.print(indented(axioms, _INDENT))
        if result.proof:
            console.print(indented(code(result.proof), _INDENT))
    console.print(Text(results.summary, "bold"))
