"""Putting a script in the place of a `sorry`, with the layout that Lean's grammar asks for."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass

from bait_core.domain import Edit
from bait_lean.environment.declarations import DECLARATIONS
from bait_lean.environment.lexer import Token, code, tokenize
from bait_lean.environment.positions import apply_edits

_SORRY = len("sorry")
_OPENS_TERM = frozenset({":=", "=>", "exact", "from", "<|"})
_CLOSES = frozenset({")", "⟩", "]", "}", ","})
_JOINS = frozenset({";", "<;>"})


@dataclass(frozen=True, slots=True)
class Place:
    """A `sorry` in a text: its offset, and whether it stands where Lean expects a term."""

    offset: int
    is_term: bool


def edits(text: str, scripts: Mapping[Place, str]) -> list[Edit]:
    """What to replace in `text`, from left to right, so that the scripts stand in their places.

    The layout of a script takes account of those before it on the same line.
    """
    found: list[Edit] = []
    shift = 0
    for place in sorted(scripts, key=lambda place: place.offset):
        end = place.offset + _SORRY
        write = _write_term if place.is_term else _write_tactics
        start, new = write(_Site(text, place.offset + shift), scripts[place].split("\n"))
        found.append(Edit(start - shift, end, new))
        text = text[:start] + new + text[end + shift :]
        shift += len(new) - (end + shift - start)
    return found


def fill_places(text: str, scripts: Mapping[Place, str]) -> str:
    """`text` with every place of `scripts` replaced by its tactics."""
    return apply_edits(text, edits(text, scripts))


class _Site:
    """What stands around a `sorry`."""

    def __init__(self, text: str, offset: int) -> None:
        tokens = code(tokenize(text))
        index = bisect.bisect_left(tokens, offset, key=lambda token: token.start)
        self.offset = offset
        self.before = tokens[index - 1] if index else None
        line_start = text.rfind("\n", 0, offset) + 1
        line_end = (text + "\n").index("\n", offset)
        self.column = offset - line_start
        self.begins_line = not text[line_start:offset].strip()
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        self.next_on_line = after.text if after is not None and after.start < line_end else ""
        self.indent = _value_indent(text, tokens[:index])

    @property
    def word_before(self) -> str:
        return self.before.text if self.before is not None else ""


def _value_indent(text: str, before: list[Token]) -> int | None:
    """The usual indentation of a declaration's value, if the `sorry` is all of that value."""
    words = [token.text for token in before]
    if words and words[-1] == "by":
        words.pop()
    keyword = next((i for i in reversed(range(len(words))) if words[i] in DECLARATIONS), None)
    if keyword is None or words[-1] != ":=":
        return None
    depth = 0
    for word in words[keyword:-1]:
        depth += (word in {"(", "[", "{", "⟨"}) - (word in {")", "]", "}", "⟩"})
        if depth == 0 and word in {":=", "by"}:
            return None
    start = text.rfind("\n", 0, before[keyword].start) + 1
    line = text[start : before[keyword].start]
    return len(line) - len(line.lstrip()) + 2


def _write_tactics(site: _Site, lines: list[str]) -> tuple[int, str]:
    if site.word_before in _JOINS or site.next_on_line in _JOINS:
        if len(lines) > 1 or any(sign in lines[0] for sign in (";", "|", "=>")):
            return site.offset, f"({_aligned(lines, site.column + 1)})"
    elif site.word_before == "by" and len(lines) > 1 and site.indent is not None:
        assert site.before is not None  # noqa: S101
        if not site.begins_line:
            return site.before.end, _block(lines, site.indent)
    return site.offset, _aligned(lines, site.column)


def _write_term(site: _Site, lines: list[str]) -> tuple[int, str]:
    bare = not site.next_on_line and site.word_before in _OPENS_TERM
    bare = bare or (site.word_before in _CLOSES | {"(", "⟨", "["} and site.next_on_line in _CLOSES)
    left, right = ("", "") if bare else ("(", ")")
    if len(lines) > 1 and bare and site.begins_line:
        return site.offset, "by" + _block(lines, site.column + 2)
    if len(lines) > 1 and bare and site.indent is not None:
        return site.offset, "by" + _block(lines, site.indent)
    body = _aligned(lines, site.column + len(left) + len("by "))
    return site.offset, f"{left}by {body}{right}"


def _aligned(lines: list[str], column: int) -> str:
    return f"\n{' ' * column}".join(lines)


def _block(lines: list[str], indent: int) -> str:
    return "".join(f"\n{' ' * indent}{line}" for line in lines)
