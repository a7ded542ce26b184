"""Finding the run that `--resume` resumes."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bait_core.plugins.kinds import KIND_OF_SECTION
from bait_core.traces import SUFFIX, read_what_is_readable

_SAME = (*KIND_OF_SECTION, "settings")
"""Sections that must be equal for two runs to be the same; where it runs may change."""


def new_trace_file(folder: Path) -> Path:
    """The trace file of a new run."""
    name = time.strftime("%Y-%m-%d_%H-%M-%S") + f"_{time.time_ns() % 10**6:06}{SUFFIX}"
    return folder / name


def newest_trace_file(folder: Path, configuration: Mapping[str, Any]) -> Path | None:
    """The newest trace file of a run with the same configuration; None if there is none."""
    wanted = {section: configuration.get(section) for section in _SAME}
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record = next(read_what_is_readable(path), None)
        if record is not None:
            recorded = {section: record.configuration.get(section) for section in _SAME}
            if recorded == wanted:
                return path
    return None
