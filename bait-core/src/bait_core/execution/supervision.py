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
"""Theorems in a row for which the prover can't be started before the run is given up."""


class RunEnd(StrEnum):
    """How a run over several theorems ended."""

    COMPLETE = "complete"
    """Every theorem was searched."""
    STOPPED = "stopped"
    """The user stopped it."""
    SPENT = "spent"
    """Its own budget was spent before every theorem was searched."""
    UNSTARTED = "unstarted"
    """All others were searched, but for some the prover could not be started."""


class Queue(Generic[Item]):
    """Hands out items to threads, each item once.

    Args:
        items: What to hand out, in order; may be made on demand.
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
        theorems: How many there are.
    """

    def __init__(self, theorems: int) -> None:
        self._left = theorems
        self._limit = min(_MOST_UNSTARTED, theorems)
        self._unstarted = 0
        self._reason = ""
        self._lock = threading.Lock()

    def count(self, status: str, message: str) -> None:
        """Count a search that ended, unless it is to be done again."""
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
            ProverStartError: The prover could not be started any more.
        """
        if was_stopped:
            return RunEnd.STOPPED
        if self._left and self.is_hopeless:
            raise ProverStartError(
                f"the run has stopped, since the prover could not be started: {self._reason}",
                hint="What is done is recorded; --resume searches the rest. If memory is short, "
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
        threads: How many.
        work: What each of them does.
        cancel: Makes `work` return soon; called at the first Ctrl-C, and when a thread failed.
        kill: Makes it return at once, whatever is lost; called at the second Ctrl-C.

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
    """Wait for all, in short turns, so that Ctrl-C is noticed at once on every platform.

    Not by joining the threads: a join that is interrupted takes them for ended (Python 3.11).
    """
    for end in ends:
        while not end.wait(timeout=0.5):
            pass
