"""What `bait doctor` checks about Lean."""

from __future__ import annotations

from pathlib import Path

from bait_core import Finding
from bait_lean.cli.commands import find_status
from bait_lean.embedded.install import find_installation


def lean() -> Finding:
    """Whether an undamaged Lean can be used from the current folder."""
    status = find_status(Path.cwd())
    details = {"node": status.node or "not installed"}
    if status.embedded:
        details["embedded"] = status.embedded.folder
    if status.native:
        details["project"] = status.native.project
    embedded = find_installation()
    damage = len(embedded.damaged_files(thorough=True)) if embedded else 0
    if damage:
        message = f"files of the embedded Lean are damaged: {damage}"
    else:
        message = status.backend or "no Lean is installed"
    return Finding(
        ok=status.backend is not None and not damage,
        message=message,
        hint="Type `bait lean install`.",
        details=details,
    )
