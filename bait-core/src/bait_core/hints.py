"""Helpers for messages: suggestions, and exceptions in one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`Did you mean 'x'?` for the known name most similar to `name`; empty if none is similar."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


def describe_error(error: BaseException) -> str:
    """An exception in one line, such as `KeyError: 'x'`."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
