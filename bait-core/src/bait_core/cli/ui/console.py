"""Output of the commands: to users at a terminal, to files and to other programs."""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

import typer

from bait_core.errors import BaitError, TraceWarning

if TYPE_CHECKING:
    from rich.console import Console

_PIPED_WIDTH = 1000
"""Columns when the output is not a terminal: lines are not wrapped, so that `grep` works."""


def stdout() -> Console:
    """A rich console for results."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=_PIPED_WIDTH if piped else None, highlight=False)


def stderr() -> Console:
    """A rich console for progress."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Write a value as JSON to standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def show_trace_warnings() -> None:
    """From now on, report each skipped part of a trace file in one readable line."""
    show_other = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, TraceWarning):
            typer.echo(f"{typer.style('Warning:', fg='yellow', bold=True)} {message}", err=True)
        else:
            show_other(message, category, *place, **more)

    warnings.simplefilter("always", TraceWarning)
    warnings.showwarning = show


def print_error(error: BaitError) -> None:
    """Report what happened and what to do next on standard error."""
    typer.echo(f"{typer.style('Error:', fg='red', bold=True)} {error.message}", err=True)
    if error.hint:
        typer.echo(error.hint, err=True)
