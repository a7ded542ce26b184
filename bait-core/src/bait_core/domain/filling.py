"""A proof file whose holes are filled, and the verdicts of a prover on a file's theorems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bait_core.domain.goal import Theorem
from bait_core.domain.proof import SOUND, Foundations


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the code points of a text from `start` to `end` (exclusive) by `text`."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with non-overlapping edits applied."""
    parts: list[str] = []
    end = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join((*parts, text[end:]))


@dataclass(frozen=True, slots=True)
class FilledFile:
    """A file's text with holes filled, all of it accepted by a fresh prover.

    Attributes:
        original: The text that was read, byte order mark and line ends included.
        edits: For each filled theorem, what is replaced in `original`; edits never overlap, and
            belong together: the layout of one may depend on those before it.
        foundations: What each filled theorem rests on besides the prover's own axioms.
    """

    original: str
    edits: Mapping[str, Edit]
    foundations: Mapping[str, Foundations]

    @property
    def text(self) -> str:
        """The filled text; everything outside the edits is as in `original`."""
        return apply_edits(self.original, self.edits.values())


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict of a fresh prover on one theorem of a file.

    Attributes:
        theorem: The theorem.
        accepted: Whether it is proved and depends on nothing that is unproved or not allowed.
        foundations: What it rests on besides the prover's own axioms.
        message: Why it is not accepted; empty otherwise.
    """

    theorem: Theorem
    accepted: bool
    foundations: Foundations = SOUND
    message: str = ""
