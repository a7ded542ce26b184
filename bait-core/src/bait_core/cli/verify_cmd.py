"""`bait verify`: check which theorems of a file are proved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from bait_core.assignments import parse_sections
from bait_core.cli.arguments import (
    AllowAxiomOption,
    EnvironmentOption,
    EnvironmentOptionsOption,
    JsonOption,
    YesOption,
)
from bait_core.cli.ui.console import print_json, stderr, stdout
from bait_core.cli.ui.rendering import axioms_used, indented, rests_on, status_style
from bait_core.domain import Verification
from bait_core.errors import ConfigurationError
from bait_core.plugins import installed
from bait_core.plugins.build import make
from bait_core.protocols import Environment, VerifiesFiles
from bait_core.proving.target import find_file

EXIT_NOT_ALL_ACCEPTED = 1

_INDENT = len("accepted") + 1


def verify(
    file: Annotated[Path, typer.Argument(help="A file of theorems with proofs from any source.")],
    allow_axiom: AllowAxiomOption = None,
    environment: EnvironmentOption = None,
    option: EnvironmentOptionsOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Check the theorems of a file with a fresh prover, as `bait prove` checks what it fills in.

    A theorem is accepted if it is proved and depends on nothing that is unproved or not allowed.
    Exits with 0 if all are accepted, 1 if some are not, 2 for bad input.

    Examples:
      $ bait verify Lists.lean
      $ bait verify Lists.lean --allow-axiom choice --json
    """
    goal = (
        find_file(file, environment, installed())
        .with_options(parse_sections(option or [], ["environment"])["environment"])
        .allowing_axioms(allow_axiom or [])
    )
    goal.prepare(yes=yes)
    prover: Environment = make(goal.plugin, goal.options)
    with closing(prover):
        if not isinstance(prover, VerifiesFiles):
            raise ConfigurationError(
                f"the environment {goal.plugin.name!r} can't verify files",
                hint="`bait prove FILE` fills their holes, and checks what it fills in.",
            )
        with stderr().status("Verifying the file"):
            verifications = prover.verify()
    if as_json:
        print_json(_as_json(file, verifications))
    else:
        _print(stdout(), file, verifications)
    if not all(verification.accepted for verification in verifications):
        raise typer.Exit(EXIT_NOT_ALL_ACCEPTED)


def _as_json(file: Path, verifications: Sequence[Verification]) -> dict[str, Any]:
    return {
        "schema": 1,
        "file": str(file),
        "theorems": [
            {
                "name": verification.theorem.name,
                "source": verification.theorem.source,
                "accepted": verification.accepted,
                "message": verification.message,
                **asdict(verification.foundations),
            }
            for verification in verifications
        ],
    }


def _print(console: Console, file: Path, verifications: Sequence[Verification]) -> None:
    for verification in verifications:
        verdict = "accepted" if verification.accepted else "refused"
        theorem, foundations = verification.theorem, verification.foundations
        console.print(
            Text.assemble(
                (f"{verdict:{_INDENT}}", f"bold {status_style(verdict)}"),
                (theorem.name, "bold"),
                (f"  {theorem.source}", "dim"),
            )
        )
        lines = [verification.message, axioms_used(foundations)]
        if (open_ := rests_on(foundations)) not in verification.message:
            lines.append(open_)  # there is more against it than that
        for line in filter(None, lines):
            console.print(indented(line, _INDENT))
    if verifications:
        accepted = sum(verification.accepted for verification in verifications)
        console.print(Text(f"{accepted} of {len(verifications)} accepted", "bold"))
    else:
        console.print(f"There is no theorem in {file}.", markup=False)
