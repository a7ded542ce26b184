"""Coloured and aligned text without rich, which takes as long to import as listing plugins."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

import typer

Cell = tuple[str, str]
"""A text and its colour; no colour if empty."""

_GAP = 2


def show(text: str = "", *, indent: int = 0, colour: str = "", bold: bool = False) -> None:
    """Write a paragraph, wrapped to the terminal."""
    for line in _wrap(text, indent) or [""]:
        typer.secho(" " * indent + line, fg=colour or None, bold=bold or None, color=_colours())


def show_rows(rows: Sequence[Sequence[Cell]], *, indent: int = 0) -> None:
    """Write rows with their columns aligned; the last column wraps."""
    widths = [max(len(text) for text, _ in column) + _GAP for column in zip(*rows, strict=True)]
    last = indent + sum(widths[:-1])
    for row in rows:
        cells = zip(row[:-1], widths[:-1], strict=True)
        start = " " * indent + "".join(
            _styled(text, colour) + " " * (width - len(text)) for (text, colour), width in cells
        )
        text, colour = row[-1]
        first, *rest = _wrap(text, last) or [""]
        typer.echo((start + _styled(first, colour)).rstrip(), color=_colours())
        for line in rest:
            typer.echo(" " * last + _styled(line, colour), color=_colours())


def _styled(text: str, colour: str) -> str:
    return typer.style(text, fg=colour) if colour else text


def _wrap(text: str, indent: int) -> list[str]:
    # Lines that go into a pipe are not wrapped, so that `grep` works.
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return [text]
    width = max(shutil.get_terminal_size().columns - indent, 20)
    return textwrap.wrap(text, width, break_on_hyphens=False)


def _colours() -> bool | None:
    return False if os.environ.get("NO_COLOR") else None
