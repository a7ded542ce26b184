"""The process of a HOL Light: its command, its log, and ending all of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import psutil

from bait_holist.errors import NotInstalledError

PACKAGES = "On Debian: apt-get install hol-light libnum-ocaml-dev"

_DEBIAN_FOLDER = "/usr/share/hol-light"
_TAIL = 600  # bytes of a log that a message shows
_SECONDS_TO_END = 3


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


def spawn(
    command: list[str], log: Path, environment: Mapping[str, str], stdin: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start HOL Light in a session of its own, beside its log.

    Args:
        command: From `find_hol_light`.
        log: Gets all that it prints.
        environment: Variables to set.
        stdin: Where its commands come from.
    """
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=stdin,
            bufsize=0,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | environment,
            cwd=log.parent,
            start_new_session=True,
        )


def end_family(leader: psutil.Process) -> None:
    """End a process, which may end its children, and then all that are left. May be repeated."""
    try:
        family = [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    _signal(leader.terminate)
    _, alive = psutil.wait_procs(family, timeout=_SECONDS_TO_END)
    for process in alive:
        _signal(process.kill)
    psutil.wait_procs(alive, timeout=_SECONDS_TO_END)


def log_tail(log: Path) -> str:
    """The end of a log."""
    return log.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()


def _signal(send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        return
