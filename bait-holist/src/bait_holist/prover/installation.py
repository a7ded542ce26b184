"""Where HOL Light is installed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bait_holist.errors import NotInstalledError

PACKAGES = "On Debian: apt-get install hol-light libnum-ocaml-dev"

_DEBIAN_FOLDER = "/usr/share/hol-light"


def hol_folder() -> Path:
    """Where HOL Light's library is."""
    return Path(os.environ.get("HOLLIGHT_DIR", _DEBIAN_FOLDER))


def find_hol_light(folder: Path | None = None) -> list[str]:
    """The command that starts HOL Light, without the line editor that `hol-light` may add.

    Args:
        folder: Where its library is, if not at the usual place.

    Raises:
        NotInstalledError: It is not on the path.
    """
    command = shutil.which("hol-light")
    if command is None:
        raise NotInstalledError(
            "HOL Light is not installed: there is no hol-light on the path", hint=PACKAGES
        )
    folder = folder or hol_folder()
    toplevel = folder / "ocaml"
    if os.access(toplevel, os.X_OK):
        return [str(toplevel), "-init", str(folder / "hol.ml")]
    return [command]
