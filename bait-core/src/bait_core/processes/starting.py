"""Starting a prover with retries."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from bait_core.errors import StartupCrashError

Started = TypeVar("Started")

_PAUSES = (0.5, 1.0, 2.0)
"""Seconds between attempts to start a prover."""


def start_with_retries(start: Callable[[], Started], pauses: Sequence[float] = _PAUSES) -> Started:
    """Start a prover, with retries if it dies while starting.

    Memory may have been short, or something else may have killed it.

    Args:
        start: Starts it; raises StartupCrashError if it dies while starting.
        pauses: Seconds to wait after each failure but the last.

    Raises:
        StartupCrashError: It died each time.
        ProverStartError: It can't be started at all.
    """
    for pause in pauses:
        try:
            return start()
        except StartupCrashError:
            time.sleep(pause)
    return start()
