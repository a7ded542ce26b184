"""The check of `bait doctor` for HOL Light."""

from __future__ import annotations

from bait_core import Finding
from bait_holist.errors import NotInstalledError
from bait_holist.prover import running
from bait_holist.prover.installation import INSTALL_HINT, find_hol_light


def hol_light() -> Finding:
    """Check whether HOL Light is installed, and whether one is kept running."""
    try:
        command = find_hol_light()
    except NotInstalledError as error:
        return Finding(ok=False, message=error.message, hint=INSTALL_HINT, details={})
    kept = running.find()
    details = {"command": " ".join(command), "kept": kept[0].socket if kept else "none"}
    return Finding(ok=True, message="installed", hint="", details=details)
