"""`bait traces`: list recorded searches and show them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bait_core.cli.arguments import JsonOption
from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_core.cli.ui.rendering import (
    axioms_used,
    code,
    indented,
    rests_on,
    status_style,
)
from bait_core.domain import CONDITIONAL, SearchStatus
from bait_core.errors import ConfigurationError, TraceError
from bait_core.hints import did_you_mean
from bait_core.paths import trace_folder
from bait_core.traces import (
    SUFFIX,
    EdgeRecord,
    SelectionRecord,
    TraceRecord,
    read_traces,
    read_what_is_readable,
    write_traces,
)

_LAST = "last"


def traces(
    run: Annotated[
        str | None,
        typer.Argument(help="A trace file or folder, a name from the list, or `last`."),
    ] = None,
    theorem: Annotated[
        str | None, typer.Argument(help="Show the full search for this theorem.")
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Also show failed tactics.")] = False,
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder of recorded runs.")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(metavar="STATUS", help="Only searches with this status (repeatable)."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the selected searches to a trace file instead."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List recorded runs, the searches of a run, or show one search.

    Damaged parts of a trace file are skipped with a warning. Files written by other tools can be
    read too, gzipped in any way or as plain lines.

    Examples:
      $ bait traces
      $ bait traces last
      $ bait traces last append_nil --failed
      $ bait traces last --status proved --output proved.jsonl.gz
    """
    folder = folder or trace_folder()
    if run is None:
        if status or output:
            raise ConfigurationError(
                "--status and --output select searches of a run, but no run was given",
                hint="Name one: `bait traces last --status proved --output proved.jsonl.gz`.",
            )
        _list_runs(stdout(), folder, as_json)
        return
    records = _of_status(read_traces(_find(run, folder)), status or [])
    if theorem is not None:
        records = iter([_pick(list(records), theorem)])
    if output is not None:
        stderr().print(f"{write_traces(output, records)} searches are in {output}.", markup=False)
    elif as_json:
        print_json([msgspec.to_builtins(record) for record in records])
    elif theorem is None:
        _list_searches(stdout(), records)
    else:
        _show(stdout(), next(records), failed)


def _of_status(records: Iterator[TraceRecord], statuses: list[str]) -> Iterator[TraceRecord]:
    """The records with one of these verdicts; all if none are given.

    Raises:
        ConfigurationError: There is no such verdict.
    """
    known = [*SearchStatus, CONDITIONAL]
    for status in statuses:
        if status not in known:
            raise ConfigurationError(
                f"{status!r} is not a search status", hint=f"Choose among {', '.join(known)}."
            )
    return (r for r in records if not statuses or r.verdict in statuses)


def _find(run: str, folder: Path) -> Path:
    if Path(run).exists():
        return Path(run)
    known = sorted(folder.glob(f"*{SUFFIX}"))
    if run == _LAST and known:
        return known[-1]
    named = folder / f"{run.removesuffix(SUFFIX)}{SUFFIX}"
    if named in known:
        return named
    names = [path.name.removesuffix(SUFFIX) for path in known]
    raise TraceError(
        f"there is no recorded run {run!r} here or in {folder}",
        hint=did_you_mean(run, names) or "`bait traces` lists the recorded runs.",
    )


def _pick(records: list[TraceRecord], theorem: str) -> TraceRecord:
    for record in records:
        if record.theorem == theorem:
            return record
    names = [record.theorem for record in records]
    raise TraceError(
        f"the run has no search for {theorem!r}",
        hint=did_you_mean(theorem, names) or f"It has: {', '.join(names)}.",
    )


def _list_runs(console: Console, folder: Path, as_json: bool) -> None:
    runs = [(path, list(read_what_is_readable(path))) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    if as_json:
        print_json([{"path": str(p), "theorems": [r.theorem for r in rs]} for p, rs in runs])
        return
    if not runs:
        console.print(f"No recorded runs in {folder}.")
        return
    table = Table("run", "theorems", "proved", "seconds", box=None, header_style="bold")
    for path, records in runs:
        proved = sum(record.verdict == "proved" for record in records)
        seconds = sum(record.seconds for record in records)
        name = path.name.removesuffix(SUFFIX)
        table.add_row(name, str(len(records)), str(proved), f"{seconds:.1f}")
    console.print(table)
    console.print(Text(f"in {folder}; show one with: bait traces RUN", "dim"))


def _list_searches(console: Console, records: Iterable[TraceRecord]) -> None:
    status = Column("status", no_wrap=True)
    table = Table("theorem", status, box=None, header_style="bold")
    for column in ("seconds", "expansions", "tactics", "goals", "search", "model", "prover"):
        table.add_column(column, justify="right")
    for record in records:
        timings = record.timings
        table.add_row(
            record.theorem,
            Text(record.verdict, status_style(record.verdict)),
            f"{record.seconds:.1f}",
            str(record.expansions),
            str(len(record.edges)),
            str(len(record.goals)),
            *(f"{part:.2f}" for part in (timings.search, timings.model, timings.prover)),
        )
    console.print(table)


def _show(console: Console, record: TraceRecord, failed: bool) -> None:
    console.print(Text.assemble((record.theorem, "bold"), f"  {record.source}"))
    console.print(indented(record.statement, 2))
    console.print()
    status = record.verdict
    style = status_style(status)
    started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.started))
    console.print(Text.assemble((status, style), f"  {record.message}"))
    t = record.timings
    console.print(
        f"{started}, {record.seconds:.2f} s: search {t.search:.2f}, model {t.model:.2f}, "
        f"prover {t.prover:.2f}, check {t.check:.2f}"
    )
    outcomes = Counter(edge.outcome for edge in record.edges)
    counts = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    console.print(f"{record.expansions} expansions, {len(record.goals)} goals; tactics: {counts}")
    if record.details:
        console.print(indented(Text(record.details, "red"), 2))
    _print_search(console, record, failed)
    if record.proof:
        accepted = record.proof.accepted
        console.print()
        console.print(Text("proof" if accepted else "not accepted", style))
        console.print(indented(code(record.proof.script), 2))
        foundations = record.proof.foundations
        for line in filter(None, (rests_on(foundations), axioms_used(foundations))):
            console.print(indented(line, 2))


def _print_search(console: Console, record: TraceRecord, failed: bool) -> None:
    """The goals in selection order, each with its tactics, then the unselected ones."""
    edges: dict[int, list[EdgeRecord]] = {}
    for edge in record.edges:
        edges.setdefault(edge.goal, []).append(edge)
    first = {step.goal: step for step in reversed(record.selections)}
    for goal in dict.fromkeys(step.goal for step in record.selections):
        _print_goal(console, record, goal, _reason(first[goal]))
        for edge in edges.get(goal, ()):
            if failed or edge.outcome in {"proved", "subgoals"}:
                console.print(indented(_describe(edge), 4))
    for goal in range(len(record.goals)):
        if goal not in first:
            _print_goal(console, record, goal, "never selected")


def _print_goal(console: Console, record: TraceRecord, number: int, note: str) -> None:
    goal = record.goals[number]
    style = status_style(goal.status)
    if goal.log_probability is not None:
        note += f"; goal model log p {goal.log_probability:.2f}"
    console.print()
    console.print(
        Text.assemble((f"goal {number} ", "bold"), (goal.status, style), "  ", (note, "dim"))
    )
    console.print(indented(goal.text, 2))


def _reason(step: SelectionRecord) -> str:
    """Why a goal was selected, in the search's own terms."""
    details = ", ".join(f"{name} {value:.4g}" for name, value in step.details.items())
    return f"selected with score {step.score:.2f}" + (f" ({details})" if details else "")


def _describe(edge: EdgeRecord) -> Text:
    goals = ", ".join(f"goal {number}" for number in edge.subgoals)
    style = status_style(edge.outcome)
    numbers = f"  log p {edge.log_probability:.2f}, {edge.seconds * 1000:.0f} ms"
    text = Text.assemble((edge.tactic, "bold"), "  ", (goals or edge.outcome, style))
    text.append(numbers, "dim")
    if edge.message:
        text.append(f"\n{edge.message}", "dim")
    return text
