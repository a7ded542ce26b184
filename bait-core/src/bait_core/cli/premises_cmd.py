"""`bait premises`: the premises accessible to an environment's theorems, as a corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from bait_core.assignments import parse_sections
from bait_core.cli.arguments import (
    EnvironmentOption,
    EnvironmentOptionsOption,
    JsonOption,
    YesOption,
)
from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_core.domain import PremiseSet, Theorem
from bait_core.plugins import installed
from bait_core.plugins.build import make
from bait_core.protocols import Environment
from bait_core.proving.target import find_target
from bait_core.training.corpus import corpus_of, write_corpus

EXIT_NO_PREMISES = 1


def premises(
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="File for the corpus (compressed JSON lines).")
    ],
    target: Annotated[
        str | None,
        typer.Argument(help="A statement, or a file with holes.", show_default=False),
    ] = None,
    environment: EnvironmentOption = None,
    option: EnvironmentOptionsOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the premises accessible to an environment's theorems, in order, without duplicates.

    If theorems have different accessible premises, the file holds their union. Exits with 0 if
    there are premises, 1 if there are none, 2 for bad input.

    Examples:
      $ bait premises Lists.lean --output corpus.jsonl.gz
      $ bait premises 'T' --environment holist --output corpus.jsonl.gz
      $ bait premises --environment holist -o environment.limit=100 --output corpus.jsonl.gz
    """
    goal = find_target(target, environment, installed()).with_options(
        parse_sections(option or [], ["environment"])["environment"]
    )
    goal.prepare(yes=yes)
    prover: Environment = make(goal.plugin, goal.options)
    with closing(prover):
        theorems = list(prover.theorems())
        corpus = corpus_of(_sets(prover, theorems))
    if corpus:
        write_corpus(output, corpus)
    unstated = sum(not premise.statement for premise in corpus)
    if as_json:
        print_json({"premises": len(corpus), "unstated": unstated, "theorems": len(theorems)})
    else:
        where = f", written to {output}" if corpus else f"; {output} is not written"
        said = f" ({unstated} without a statement)" if unstated else ""
        stdout().print(
            f"{len(corpus)} premises{said} of {len(theorems)} theorems{where}.", markup=False
        )
    if not corpus:
        raise typer.Exit(EXIT_NO_PREMISES)


def _sets(environment: Environment, theorems: Sequence[Theorem]) -> Iterator[PremiseSet]:
    """The premises at the root of each theorem; each session ends before the next begins."""
    for theorem in track(theorems, "Collecting premises", console=stderr(), transient=True):
        with closing(environment.start(theorem)) as session:
            yield session.retrieve_premises(session.root)
