"""Monitoring and limiting the memory of prover processes."""

from __future__ import annotations

import sys

import psutil

_INTERVAL = 0.25
"""Seconds between two measurements."""

_LOOKS_PER_LISTING = 8
"""Listing children reads the whole process table, so only every eighth measurement does it."""


class MemoryWatch:
    """Measures the resident memory of a process and its children, at most a few times a second.

    For programs that reserve much more address space than they use, such as WebAssembly's;
    `limit_address_space` is for the others.

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

    def excess(self, now: float) -> str:
        """A description of the memory used, if it exceeds the limit; else empty.

        Args:
            now: Seconds on the monotonic clock. Too soon after a measurement, the result is empty.
        """
        if now < self._next_look:
            return ""
        self._next_look = now + self.interval
        used = self._used()
        if used <= self.limit:
            return ""
        return (
            f"it used {used / 1e6:,.0f} MB of memory, and its limit is {self.limit / 1e6:,.0f} MB"
        )

    def _used(self) -> int:
        try:
            if self._looks % _LOOKS_PER_LISTING == 0:
                self._children = self._root.children(recursive=True)
            self._looks += 1
        except psutil.NoSuchProcess:
            return 0
        return sum(map(_resident, (self._root, *self._children)))


def limit_address_space(pid: int, limit: int) -> None:
    """Limit the address space of a process to `limit` bytes. Linux only."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 -- POSIX only

        resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
