"""How searches end."""

from __future__ import annotations

from enum import StrEnum

from bait_core.domain.proof import Foundations


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
    UNSTARTED = "unstarted"
    """The prover could not be started for it, which says nothing about the theorem."""


def is_final(status: str) -> bool:
    """Whether a theorem with this status need not be searched again when a run is resumed."""
    return status not in {SearchStatus.INTERRUPTED, SearchStatus.UNSTARTED}


CONDITIONAL = "conditional"
"""The verdict on a theorem whose hole is proved, and which rests on something open elsewhere."""


def verdict(status: str, foundations: Foundations) -> str:
    """The status, or `conditional`: `proved` is said only of what rests on nothing open."""
    return CONDITIONAL if status == SearchStatus.PROVED and foundations.open else status
