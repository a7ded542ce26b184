"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bait_core.plugins import PluginKind

ConfigArgument = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="A YAML file.", show_default=False)
]
ChangesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUE]...",
        help="Settings to override, as KEY=VALUE.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
KindOption = Annotated[
    PluginKind | None,
    typer.Option("--kind", metavar="KIND", help=f"One of: {', '.join(PluginKind)}."),
]

EnvironmentOption = Annotated[
    str | None,
    typer.Option(
        "--environment",
        metavar="NAME",
        help="Environment to use (default: inferred from the file's extension).",
    ),
]
EnvironmentOptionsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        "-o",
        metavar="environment.KEY=VALUE",
        help="Set an option of the environment (repeatable).",
    ),
]
AllowAxiomOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-axiom",
        metavar="NAME",
        help="Allow proofs to use this axiom of the file (repeatable).",
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Install missing parts of the prover without asking.")
]
PrintConfigOption = Annotated[
    bool,
    typer.Option(
        "--print-config", help="Print the full configuration, including defaults, and exit."
    ),
]
