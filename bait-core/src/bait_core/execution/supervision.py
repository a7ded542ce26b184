"""Threads that work through a list of theorems, and Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Generic, TypeVar

from bait_core.domain import SearchStatus, is_final
from bait_core.errors import ProverStartError

Item = TypeVar("Item")

_MOST_UNSTARTED = 3
"""Number of consecutive failures to start the prover after which a run gives up."""


class RunEnd(StrEnum):
    """How a run over several theorems ended."""

    COMPLETE = "complete"
    """Every theorem was searched."""
    STOPPED = "stopped"
    """The user stopped it."""
    SPENT = "spent"
    """Its budget was exhausted before every theorem was searched."""
    UNSTARTED = "unstarted"
    """All others were searched, but for some the prover could not be started."""


class Queue(Generic[Item]):
    """Distributes items to threads, each item once.

    Args:
        items: The items, in order; may be generated lazily.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        with self._lock:
            return next(self._items)


class Tally:
    """Counts how many theorems of a run are left to search; shared by threads.

    Args:
        theorems: The number of theorems.
    """

    def __init__(self, theorems: int) -> None:
        self._left = theorems
        self._limit = min(_MOST_UNSTARTED, theorems)
        self._unstarted = 0
        self._reason = ""
        self._lock = threading.Lock()

    def count(self, status: str, message: str) -> None:
        """Count a finished search, unless it has to be repeated."""
        with self._lock:
            if is_final(status):
                self._left -= 1
            if status == SearchStatus.UNSTARTED:
                self._unstarted += 1
                self._reason = message.partition("\n")[0]
            elif not self.is_hopeless:
                self._unstarted = 0

    @property
    def is_hopeless(self) -> bool:
        """Whether the prover could not be started for several theorems in a row."""
        return self._unstarted >= self._limit

    def end(self, *, was_stopped: bool, was_spent: bool) -> RunEnd:
        """How the run has ended.

        Args:
            was_stopped: Whether the user stopped it.
            was_spent: Whether its budget is spent.

        Raises:
            ProverStartError: The prover could no longer be started.
        """
        if was_stopped:
            return RunEnd.STOPPED
        if self._left and self.is_hopeless:
            raise ProverStartError(
                f"the run was stopped because the prover could not be started: {self._reason}",
                hint="What was found is recorded; --resume searches the rest. If memory is short, "
                "use fewer workers.",
            )
        if not self._left:
            return RunEnd.COMPLETE
        return RunEnd.SPENT if was_spent else RunEnd.UNSTARTED


def supervise(
    threads: int, work: Callable[[], None], *, cancel: Callable[[], None], kill: Callable[[], None]
) -> None:
    """Do `work` in several threads until all have returned.

    Args:
        threads: The number of threads.
        work: The function that each of them runs.
        cancel: Makes `work` return soon; called at the first Ctrl-C, and when a thread fails.
        kill: Makes it return at once, losing work; called at the second Ctrl-C.

    Raises:
        KeyboardInterrupt: At the second Ctrl-C.
        BaseException: Whatever `work` raised first.
    """
    crashes: list[BaseException] = []

    def run(end: threading.Event) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # raised again in the main thread
            crashes.append(error)
            cancel()
        finally:
            end.set()

    ends = [threading.Event() for _ in range(threads)]
    for end in ends:
        threading.Thread(target=run, args=(end,), daemon=True).start()
    try:
        _wait(ends)
    except KeyboardInterrupt:
        cancel()
        try:
            _wait(ends)
        except KeyboardInterrupt:
            kill()
            raise
    if crashes:
        raise crashes[0]


def _wait(ends: list[threading.Event]) -> None:
    """Wait for all, with a short timeout, so that Ctrl-C is noticed at once on every platform.

    Not by joining the threads: an interrupted join marks them as ended (Python 3.11).
    """
    for end in ends:
        while not end.wait(timeout=0.5):
            pass
