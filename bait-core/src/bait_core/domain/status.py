"""How searches end."""

from __future__ import annotations

from enum import StrEnum


class SearchStatus(StrEnum):
    """How the search for a proof ended."""

    PROVED = "proved"
    """A fresh prover accepted a proof."""
    FAILED = "failed"
    """Nothing is left to try, or the budget of expansions is spent."""
    TIMEOUT = "timeout"
    """The wall time is spent."""
    ERROR = "error"
    """The prover or a plugin broke down."""
    INTERRUPTED = "interrupted"
    """The run ended before the search did: the user stopped it, or its budget was spent."""
