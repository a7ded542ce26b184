"""Watch the memory of a process and its children."""

from __future__ import annotations

import psutil

_INTERVAL = 0.25
"""Seconds between two looks."""

_LOOKS_PER_LISTING = 8
"""Listing children reads the whole process table, so it is done at every eighth look only."""


class MemoryWatch:
    """Looks at the resident memory of a process tree, a few times a second at most.

    A limit on the address space would not do: WebAssembly reserves much more than it uses.

    Args:
        pid: The process at the root.
        limit: Bytes.
    """

    interval = _INTERVAL

    def __init__(self, pid: int, limit: int) -> None:
        self.limit = limit
        self._root = psutil.Process(pid)
        self._children: list[psutil.Process] = []
        self._looks = 0
        self._next_look = 0.0

    def excess(self, now: float) -> int:
        """Bytes in use if that is above the limit, else 0; also 0 when it is too early to look.

        Args:
            now: Seconds on the monotonic clock.
        """
        if now < self._next_look:
            return 0
        self._next_look = now + self.interval
        used = self._used()
        return used if used > self.limit else 0

    def _used(self) -> int:
        try:
            if self._looks % _LOOKS_PER_LISTING == 0:
                self._children = self._root.children(recursive=True)
            self._looks += 1
        except psutil.NoSuchProcess:
            return 0
        return sum(map(_resident, (self._root, *self._children)))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
