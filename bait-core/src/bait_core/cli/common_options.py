"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

EnvironmentOption = Annotated[
    str | None,
    typer.Option(
        "--environment",
        metavar="NAME",
        help="The environment; by the file's ending, or the only.",
    ),
]
EnvironmentOptionsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        "-o",
        metavar="environment.KEY=VALUE",
        help="Set an option of the environment.",
    ),
]
AllowAxiomOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-axiom", metavar="NAME", help="Let proofs use this axiom of the file; repeatable."
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Install what the prover lacks without asking.")
]
