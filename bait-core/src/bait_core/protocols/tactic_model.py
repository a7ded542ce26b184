"""The contract of a tactic model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bait_core.domain import Goal, PremiseSet, Suggestion


@dataclass(frozen=True, slots=True)
class TacticRequest:
    """A goal to propose tactics for, and the facts that they may use."""

    goal: Goal
    premises: PremiseSet


class TacticModel(Protocol):
    """Proposes tactics. Called by one thread at a time, with goals of several searches."""

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """Propose at most `n` different tactics for each goal.

        Args:
            requests: One per goal; a batch may mix goals of different theorems.
            n: Upper bound per goal.

        Returns:
            One list per request, in order, most probable first. A short or empty list means
            that the model has nothing more to propose for this goal.
        """
        ...
