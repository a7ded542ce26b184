"""A tactic proposed by a model."""

from __future__ import annotations

from typing import NamedTuple


class Suggestion(NamedTuple):
    """A tactic and the probability that the model assigns to it.

    Attributes:
        tactic: Tactic text in the prover's language.
        log_probability: Natural logarithm of its probability; finite, at most 0.
    """

    tactic: str
    log_probability: float
