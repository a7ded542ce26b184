"""The checks that the core contributes to `bait doctor`."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from bait_core.paths import cache_folder, data_folder
from bait_core.plugins import Finding

_GIB = 2**30
_LITTLE_MEMORY = 2 * _GIB
_LITTLE_SPACE = _GIB
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def python() -> Finding:
    """The interpreter and the platform."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors"
    return Finding(
        ok=True,
        message=f"{version}, {machine}",
        details={"executable": sys.executable},
    )


def memory() -> Finding:
    """The memory available to this process."""
    size = _memory_size()
    if size is None:
        return Finding(ok=True, message="size unknown on this platform")
    return Finding(
        ok=size >= _LITTLE_MEMORY,
        message=f"{size / _GIB:.1f} GiB",
        hint=f"A prover needs about {_LITTLE_MEMORY // _GIB} GiB.",
    )


def folders() -> Finding:
    """Whether BAIT's data and cache folders are writable."""
    paths = {
        "cache": cache_folder(),
        "data": data_folder(),
    }
    problems = [problem for path in paths.values() if (problem := _write_problem(path))]
    return Finding(
        ok=not problems,
        message="; ".join(problems or ["cache and data are writable"]),
        hint="Set BAIT_HOME to a folder with space that you can write to.",
        details={name: str(path) for name, path in paths.items()},
    )


def _memory_size() -> int | None:
    """Memory of the machine, or of the container if smaller, in bytes; None if unknown."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        limit = _CGROUP_LIMIT.read_text("ascii").strip()
    except OSError:
        return size
    return min(size, int(limit)) if limit.isdecimal() else size


def _write_problem(folder: Path) -> str:
    """Why a folder, which may not exist yet, isn't writable; empty if it is."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            free = shutil.disk_usage(existing).free
    except OSError as error:
        return f"{folder} can't be written to: {error.strerror}"
    if free < _LITTLE_SPACE:
        return f"{folder} has only {free / _GIB:.1f} GiB left"
    return ""
