"""Where BAIT keeps its files: in the platform's standard folders, or below BAIT_HOME."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """Folder of installed data."""
    home = os.environ.get("BAIT_HOME")
    return Path(home) if home else platformdirs.user_data_path("bait", appauthor=False)


def cache_folder() -> Path:
    """Folder of files that can be regenerated."""
    home = os.environ.get("BAIT_HOME")
    return Path(home, "cache") if home else platformdirs.user_cache_path("bait", appauthor=False)


def trace_folder() -> Path:
    """Folder of the traces of `bait prove`."""
    home = os.environ.get("BAIT_HOME")
    state = Path(home) if home else platformdirs.user_state_path("bait", appauthor=False)
    return state / "traces"
