"""Places in a text that is being edited: as Lean counts them, as offsets, before and after."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

import msgspec

from bait_core import Edit, apply_edits


class Position(msgspec.Struct, frozen=True):
    """A place in a text: lines from 1, columns from 0 in code points."""

    line: int
    column: int


class Lines:
    """Where the lines of a text begin: turns places as Lean names them into offsets, and back."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, position: Position) -> int:
        """The offset of a position; what lies below the last line counts from the end."""
        return self._starts[min(position.line, len(self._starts)) - 1] + position.column

    def position(self, offset: int) -> Position:
        """The position of an offset."""
        line = bisect.bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1])


def offset_after(offset: int, edits: Iterable[Edit]) -> int | None:
    """Where an offset is after edits; None if it was replaced."""
    shift = 0
    for edit in edits:
        if edit.start <= offset < edit.end:
            return None
        if edit.end <= offset:
            shift += len(edit.text) - (edit.end - edit.start)
    return offset + shift


def offset_before(offset: int, edits: Iterable[Edit]) -> int:
    """Where an offset of the edited text was before; the start of an edit for what is new."""
    shift = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        start = edit.start + shift
        if offset < start:
            break
        if offset < start + len(edit.text):
            return edit.start
        shift += len(edit.text) - (edit.end - edit.start)
    return offset - shift


def left_open(
    text: str, sorries: Iterable[Position | None], edits: Sequence[Edit]
) -> frozenset[Position]:
    """Where the `sorry`s of a text are after edits, those apart that the edits replace."""
    lines, filled = Lines(text), Lines(apply_edits(text, edits))
    moved = (offset_after(lines.offset(p), edits) for p in sorries if p is not None)
    return frozenset(filled.position(offset) for offset in moved if offset is not None)


def replace_sorries(text: str, sorries: Iterable[Position | None], edits: Iterable[Edit]) -> bool:
    """Whether each edit replaces one of the `sorry`s of a text.

    Where Lean does not say which declarations it keeps, this tells that it has kept the hole's.
    """
    lines = Lines(text)
    offsets = [lines.offset(position) for position in sorries if position is not None]
    return all(any(edit.start <= offset < edit.end for offset in offsets) for edit in edits)
