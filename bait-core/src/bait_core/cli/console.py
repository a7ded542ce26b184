"""How the commands write: to people on a terminal, to files and to other programs."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from bait_core.errors import BaitError

_PIPED_WIDTH = 1000
"""Columns when the output is no terminal: lines stay whole, so that `grep` finds them."""


def stdout() -> Console:
    """A console for results."""
    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=_PIPED_WIDTH if piped else None, highlight=False)


def stderr() -> Console:
    """A console for progress and errors."""
    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Write a value as JSON to the standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_error(error: BaitError, console: Console | None = None) -> None:
    """Tell what happened and what to do next, on the standard error or another console."""
    console = console or stderr()
    console.print(Text.assemble(("Error: ", "bold red"), error.message), soft_wrap=True)
    if error.hint:
        console.print(Text(error.hint), soft_wrap=True)
