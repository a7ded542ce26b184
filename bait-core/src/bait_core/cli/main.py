"""The entry point of `bait`."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated, cast

import typer
from typer.core import TyperGroup

from bait_core import __version__
from bait_core.cli.lazy import LazyCommand, make_light
from bait_core.cli.system_errors import as_user_error
from bait_core.cli.ui.console import print_error, show_trace_warnings
from bait_core.errors import BaitError
from bait_core.plugins import Registry, installed

EXIT_BAD_INPUT = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130

app = typer.Typer(no_args_is_help=True)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bait {__version__}")
        raise typer.Exit


@app.callback()
def bait(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Prove theorems with any prover, search and model.

    Examples:
      $ bait prove 'theorem t (a b : Nat) : a + b = b + a'
      $ bait list-plugins
    """


def main() -> None:
    """Run `bait` and exit.

    Exit codes: 0, success; 1, the command ran and its answer is no; 2, bad input or a missing
    dependency, reported on standard error; 70, a bug, with its traceback; 130, Ctrl-C.
    """
    show_trace_warnings()
    try:
        command_line(installed())()
    except BaitError as error:
        print_error(error)
        sys.exit(EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except Exception as error:  # noqa: BLE001  # it is reported, also by the exit code
        if isinstance(error, OSError) and (user_error := as_user_error(error)):
            print_error(user_error)
            sys.exit(EXIT_BAD_INPUT)
        traceback.print_exc()
        typer.echo(
            "This is a bug in BAIT or a plugin. Please report it with the traceback above.",
            err=True,
        )
        sys.exit(EXIT_BUG)


def command_line(registry: Registry) -> TyperGroup:
    """`bait` with all installed commands, none of which is imported yet."""
    group = cast("TyperGroup", typer.main.get_command(app))
    make_light(group)
    for command in registry.commands:
        group.add_command(LazyCommand(command.name, command.spec))
    return group
