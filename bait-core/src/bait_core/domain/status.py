"""The statuses of finished searches."""

from __future__ import annotations

from enum import StrEnum

from bait_core.domain.proof import Foundations


class SearchStatus(StrEnum):
    """How the search for a proof ended."""

    PROVED = "proved"
    """A fresh prover accepted a proof."""
    FAILED = "failed"
    """Nothing is left to try, or the expansion budget is exhausted."""
    TIMEOUT = "timeout"
    """The search ran out of time."""
    ERROR = "error"
    """The prover or a plugin failed."""
    INTERRUPTED = "interrupted"
    """The run ended first: the user stopped it, or its budget was exhausted."""
    UNSTARTED = "unstarted"
    """The prover could not be started, which says nothing about the theorem."""


def is_final(status: str) -> bool:
    """Whether a resumed run can skip a theorem with this status."""
    return status not in {SearchStatus.INTERRUPTED, SearchStatus.UNSTARTED}


CONDITIONAL = "conditional"
"""The verdict on a theorem whose hole is proved but which rests on something unproved."""


def verdict(status: str, foundations: Foundations) -> str:
    """The status, or `conditional` if a proved theorem rests on something unproved."""
    return CONDITIONAL if status == SearchStatus.PROVED and foundations.open else status
