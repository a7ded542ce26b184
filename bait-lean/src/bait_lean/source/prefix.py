"""Text that Lean has read before a command."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Prefix:
    """Text that Lean has read before a command: a piece, after others."""

    text: str
    parent: Prefix | None = None

    @cached_property
    def key(self) -> str:
        """Identifies the text and all before it."""
        before = self.parent.key if self.parent else ""
        return hashlib.sha256(f"{before}\n{self.text}".encode("utf-8", "surrogatepass")).hexdigest()

    def chain(self) -> list[Prefix]:
        """All pieces from the first to this."""
        pieces: list[Prefix] = []
        current: Prefix | None = self
        while current is not None:
            pieces.append(current)
            current = current.parent
        return pieces[::-1]

    def then(self, text: str) -> Prefix:
        """This prefix with a further piece."""
        prefix = Prefix(text, self)
        prefix.key  # noqa: B018 -- computed now, so that long chains never recurse
        return prefix
