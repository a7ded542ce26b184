"""What is wrong with an installed plugin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a distribution, or a part of it, from being used.

    Attributes:
        distribution: The installed distribution, such as `bait-lean`.
        message: What is wrong.
        hint: What to do about it.
    """

    distribution: str
    message: str
    hint: str = ""
