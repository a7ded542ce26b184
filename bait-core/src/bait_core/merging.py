"""Merging edits of a text into a later version of it."""

from __future__ import annotations

import difflib
import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property

from bait_core.domain import Edit
from bait_core.errors import MergeError

Region = tuple[int, int]
"""Code points of a text, from the first to the last (exclusive)."""


def merge_edits(
    original: str,
    edits: Mapping[str, Edit],
    current: str,
    regions: Mapping[str, Region] | None = None,
) -> dict[str, Edit]:
    r"""Find where the edits of `original` go in `current`.

    The lines of an edit's region have to be in `current` as they were, and it has to be clear
    which they are: they are there once, or stand among unchanged lines that are there once. Lines
    end with `\n`; whether the last one does makes no difference.

    Args:
        original: The text that the edits belong to.
        edits: By name; none overlaps another.
        current: The text as it is now.
        regions: What has to be unchanged for an edit to be right, such as the declaration that it
            is in. Without one, an edit takes its own lines and, as far as they are indented,
            those above up to the one at the margin, and those below.

    Returns:
        The edits of `current`, by name.

    Raises:
        MergeError: The region of an edit was changed, it is not clear where it is, or regions
            have changed their order.
    """
    versions = _Versions(original, current)
    merged: dict[str, Edit] = {}
    for name, edit in sorted(edits.items(), key=lambda item: (item[1].start, item[1].end)):
        given = (regions or {}).get(name)
        first, last = versions.lines(given or (edit.start, edit.end))
        if given is None:
            first, last = versions.indented_block(first, last)
        shift = versions.shift(first, last, name)
        merged[name] = Edit(edit.start + shift, edit.end + shift, edit.text)
    for one, two in itertools.pairwise(merged):
        if merged[one].end > merged[two].start:
            raise MergeError(f"{one} and {two} have swapped positions")
    return merged


class _Versions:
    """Two versions of a text, line by line."""

    def __init__(self, old: str, new: str) -> None:
        self._old = old.split("\n")
        self._new = new.split("\n")
        self._old_starts = _starts(self._old)
        self._new_starts = _starts(self._new)

    def lines(self, region: Region) -> tuple[int, int]:
        """The first and the last line of the old version that a region touches."""
        start, end = region
        return bisect_right(self._old_starts, start) - 1, bisect_right(self._old_starts, end) - 1

    def indented_block(self, first: int, last: int) -> tuple[int, int]:
        """Old lines, with those that belong to them by their indentation."""
        while first > 0 and not _is_at_margin(self._old[first]):
            first -= 1
        end = last
        while end + 1 < len(self._old) and not _is_at_margin(self._old[end + 1]):
            end += 1
            if self._old[end].strip():
                last = end
        return first, last

    def shift(self, first: int, last: int, name: str) -> int:
        """How far old lines have moved, in code points.

        Raises:
            MergeError: They were changed, or it is not clear where they are.
        """
        return self._new_starts[self._place(first, last, name)] - self._old_starts[first]

    def _place(self, first: int, last: int, name: str) -> int:
        """The new number of the first of old lines."""
        region = self._old[first : last + 1]
        places = _places(region, self._new)
        if len(places) == 1 and len(_places(region, self._old)) == 1:
            return places[0]
        for match in self._matches:
            if match.a <= first and last < match.a + match.size:
                unchanged = _without_blank_ends(self._old[match.a : match.a + match.size])
                if all(len(_places(unchanged, text)) == 1 for text in (self._old, self._new)):
                    return first + match.b - match.a
        if places:
            raise MergeError(f"it is not clear where {name} is now: its text occurs more than once")
        raise MergeError(f"{name}, or the text around it, has changed")

    @cached_property
    def _matches(self) -> list[difflib.Match]:
        """Runs of lines that both versions have, in order."""
        return difflib.SequenceMatcher(
            None, self._old, self._new, autojunk=False
        ).get_matching_blocks()


def _starts(lines: Sequence[str]) -> list[int]:
    return list(itertools.accumulate((len(line) + 1 for line in lines[:-1]), initial=0))


def _is_at_margin(line: str) -> bool:
    return line != "" and not line[0].isspace()


def _without_blank_ends(lines: list[str]) -> list[str]:
    """Lines from the first to the last that says something; the others are no evidence."""
    said = [place for place, line in enumerate(lines) if line.strip()]
    return lines[said[0] : said[-1] + 1] if said else []


def _places(part: list[str], lines: list[str]) -> list[int]:
    """Where a part occurs among lines."""
    size = len(part)
    return [
        place
        for place in range(len(lines) - size + 1)
        if lines[place : place + 1] == part[:1] and lines[place : place + size] == part
    ]
