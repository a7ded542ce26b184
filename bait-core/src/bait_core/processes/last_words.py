"""Describing how a process ended, and its last output."""

from __future__ import annotations

import signal
from pathlib import Path

_TAIL = 600
"""Bytes of a log that a message shows."""


def describe_exit(code: int, output: str = "") -> str:
    """How a process ended, such as `ended with exit code 1: out of luck`.

    Args:
        code: Its exit code, negative for a signal.
        output: Its output, whose last line is included unless a signal killed it.
    """
    if code < 0:
        return f"was killed by signal {-code}{_name(-code)}"
    last = output.strip().rpartition("\n")[2]
    return f"ended with exit code {code}{f': {last}' if last else ''}"


def log_tail(log: Path) -> str:
    """The end of a process's log."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - _TAIL))
        return file.read().decode("utf-8", "replace").strip()


def _name(number: int) -> str:
    try:
        return f" ({signal.Signals(number).name})"
    except ValueError:
        return ""
