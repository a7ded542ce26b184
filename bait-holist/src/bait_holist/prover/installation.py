"""Where HOL Light is installed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bait_holist.errors import NotInstalledError

INSTALL_HINT = "On Debian, type `apt-get install hol-light libnum-ocaml-dev`."

_DEBIAN_FOLDER = "/usr/share/hol-light"


def hol_folder() -> Path:
    """The folder of HOL Light's library."""
    return Path(os.environ.get("HOLLIGHT_DIR", _DEBIAN_FOLDER))


def find_hol_light(folder: Path | None = None) -> list[str]:
    """The command that starts HOL Light, without the line editor that `hol-light` may add.

    Args:
        folder: Folder of its library, if not the usual one.

    Raises:
        NotInstalledError: `hol-light` is not on the path.
    """
    command = shutil.which("hol-light")
    if command is None:
        raise NotInstalledError(
            "HOL Light is not installed: hol-light is not on the path", hint=INSTALL_HINT
        )
    folder = folder or hol_folder()
    toplevel = folder / "ocaml"
    if os.access(toplevel, os.X_OK):
        return [str(toplevel), "-init", str(folder / "hol.ml")]
    return [command]
