"""Run a command that does not outlive the process that started it.

    python launcher.py FD COMMAND [ARGUMENT...]

FD is the reading end of a pipe whose other end only the starting process has. When that process
is gone, in whatever way, a watcher kills the whole process group. (PR_SET_PDEATHSIG is Linux only,
and fires when the starting *thread* ends; the end of standard input goes unseen during a tactic.)
The watcher is not a child of the command, which may wait for its children. Standard library only:
this file is run by path, apart from the package.
"""

from __future__ import annotations

import os
import signal
import sys


def main(lifeline: int, command: list[str]) -> None:
    """Start the watcher, then become the command."""
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            _watch(lifeline)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(lifeline)
    try:
        os.execvp(command[0], command)  # noqa: S606 -- an argument list, no shell
    except OSError as error:
        sys.exit(f"{command[0]} can't be run: {error.strerror}")


def _watch(lifeline: int) -> None:
    # A prover may send SIGTERM to its group, but the group must exist until the pipe closes.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # The watcher must not keep the pipes of the command open.
    os.closerange(0, lifeline)
    os.read(lifeline, 1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
