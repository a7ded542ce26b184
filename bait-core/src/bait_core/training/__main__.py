"""The child process that trains: `python -m bait_core.training FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from bait_core.errors import BaitError
from bait_core.training.step import report_error, train_here


def main(folder: Path) -> int:
    """Do the job in the folder; the exit code."""
    try:
        train_here(folder)
    except BaitError as error:
        report_error(folder, error)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
