"""Finding and ending processes that another Python process may have started."""

from __future__ import annotations

from contextlib import suppress

import psutil

_GRACE = 3.0
"""Grace period in seconds before a process is killed."""

_TOLERANCE = 2.0
"""Tolerance in seconds between the clock and the process table for a start time."""


def find_process(pid: int, created: float) -> psutil.Process | None:
    """The process with this id, unless it has ended and the id was reused.

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
    """Ask a process to end, then kill it and its children if they remain. May be repeated."""
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
