"""The child process that trains: `python -m bait_core.training FOLDER`."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from bait_core.errors import BaitError
from bait_core.training.step import report_error, train_here


def main(folder: Path) -> int:
    """Run the job in the folder; returns the exit code."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        train_here(folder)
    except BaitError as error:
        report_error(folder, error)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _end_with_parent() -> None:
    """End this process when its parent ends, for whatever reason.

    The parent's end of standard input is closed then. Otherwise a resumed run would train in the
    same folder at the same time.
    """
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
