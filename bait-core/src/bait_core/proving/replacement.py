"""What an editor needs to insert a proof into a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bait_core.domain import Edit

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Replacement:
    """An edit of a text, with positions in all units that editors use.

    Attributes:
        start: Line and column of the first code point, both from 1; a byte order mark, which
            editors don't show, has no column.
        end: Line and column of the first code point after it.
        start_byte: Bytes of the text's UTF-8 before it, a byte order mark included.
        end_byte: Bytes of UTF-8 up to its end.
        text: The new text.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    start_byte: int
    end_byte: int
    text: str

    def as_json(self) -> dict[str, Any]:
        """The object of `bait prove --json`."""
        return {
            "start": _position(self.start),
            "end": _position(self.end),
            "startByte": self.start_byte,
            "endByte": self.end_byte,
            "text": self.text,
        }


def replacement(edit: Edit, original: str) -> Replacement:
    """An edit of `original`, with positions as editors count them."""
    return Replacement(
        _line_and_column(original, edit.start),
        _line_and_column(original, edit.end),
        len(original[: edit.start].encode()),
        len(original[: edit.end].encode()),
        edit.text,
    )


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset].removeprefix(_BYTE_ORDER_MARK)
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _position(place: tuple[int, int]) -> dict[str, int]:
    line, column = place
    return {"line": line, "column": column}
