"""Budgets of time and expansions, per theorem and for a whole run."""

from __future__ import annotations

import math
import threading
import time


class Budget:
    """Counts expansions and time against limits; may be shared by threads.

    Args:
        seconds: Wall time from now; None for no limit.
        expansions: Number of goals that may be expanded; None for no limit.
        parent: A budget that this one is part of: spending here also spends there.
    """

    def __init__(
        self, seconds: float | None, expansions: int | None, parent: Budget | None = None
    ) -> None:
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds
        self._limit = expansions
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._spent = 0
        self._parent = parent

    def cancel(self) -> None:
        """Exhaust the budget because the user wants to stop."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """True once this budget or a parent was cancelled."""
        if self._cancelled.is_set():
            return True
        return self._parent is not None and self._parent.is_cancelled

    @property
    def is_spent(self) -> bool:
        """True once no time or no expansions are left, here or in a parent."""
        return self.remaining_seconds() <= 0 or self.remaining_expansions() == 0

    @property
    def is_timed_out(self) -> bool:
        """True once this budget itself is out of time, whatever its parents have left."""
        return time.monotonic() >= self._deadline

    @property
    def is_used_up(self) -> bool:
        """True once this budget itself is out of expansions, whatever its parents have left."""
        return self._limit is not None and self._spent >= self._limit

    def remaining_seconds(self) -> float:
        """Wall time left, here and in the parents; at most 0 once it is used up or cancelled."""
        if self._cancelled.is_set():
            return 0.0
        left = self._deadline - time.monotonic()
        return left if self._parent is None else min(left, self._parent.remaining_seconds())

    def remaining_expansions(self) -> int | None:
        """Expansions left, here and in the parents; None if they are not limited."""
        parent = None if self._parent is None else self._parent.remaining_expansions()
        if self._limit is None:
            return parent
        left = self._limit - self._spent
        return left if parent is None else min(left, parent)

    def take_expansion(self) -> bool:
        """Spend one expansion; False, with nothing spent, if there is none left."""
        with self._lock:
            if self.is_used_up:
                return False
            if self._parent is not None and not self._parent.take_expansion():
                return False
            self._spent += 1
            return True
