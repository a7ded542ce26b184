"""Processes that another Python process may have started: find them again, and end them."""

from __future__ import annotations

from contextlib import suppress

import psutil

_GRACE = 3.0
"""Seconds that a process has to end by itself."""

_TOLERANCE = 2.0
"""Seconds by which the clock and the process table may disagree about a start."""


def find_process(pid: int, created: float) -> psutil.Process | None:
    """The process with this number, unless it is gone and the number now another's.

    Args:
        pid: Its process id.
        created: When it was started, as `psutil.Process.create_time` said.
    """
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - created) < _TOLERANCE
    except psutil.NoSuchProcess:
        return None
    return process if same else None


def end_family(leader: psutil.Process) -> None:
    """Ask a process to end, then kill what is left of it and its children. May be repeated."""
    try:
        family = [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    with suppress(psutil.NoSuchProcess):
        leader.terminate()
    _, alive = psutil.wait_procs(family, timeout=_GRACE)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=_GRACE)
