"""Places in a text that is being edited: as Lean counts them, as offsets, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from bait_core.domain import Edit, apply_edits


class Position(msgspec.Struct, frozen=True):
    """A place in a text: lines from 1, columns from 0 in code points."""

    line: int
    column: int


def offset_at(text: str, position: Position) -> int:
    """The offset of a place that Lean names."""
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: position.line - 1]) + position.column


def position_at(text: str, offset: int) -> Position:
    """The place of an offset, as Lean names it."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset) - 1)


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
    filled = apply_edits(text, edits)
    moved = (offset_after(offset_at(text, p), edits) for p in sorries if p is not None)
    return frozenset(position_at(filled, offset) for offset in moved if offset is not None)


def replace_sorries(text: str, sorries: Iterable[Position | None], edits: Iterable[Edit]) -> bool:
    """Whether each edit replaces one of the `sorry`s of a text.

    Where Lean does not say which declarations it keeps, this tells that it has kept the hole's.
    """
    places = [offset_at(text, place) for place in sorries if place is not None]
    return all(any(edit.start <= place < edit.end for place in places) for edit in edits)
