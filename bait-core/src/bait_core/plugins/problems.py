"""What is wrong with an installed plugin, and how to say so."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
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


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`Did you mean 'x'?` for the known name most like `name`; empty if none is alike."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


def describe_error(error: BaseException) -> str:
    """An exception in one line, such as `KeyError: 'x'`."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
