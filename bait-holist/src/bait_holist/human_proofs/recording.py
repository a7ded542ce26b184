"""Loading HOL Light's library with a recorder inside."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import psutil

from bait_holist.human_proofs.records import HumanProofsError

#: The first file of the library that is loaded when `prove` is there.
_FIRST_FILE = "itab.ml"
_POLL_SECONDS = 0.5

#: Is told what is being done, and of how many proofs it is done.
Progress = Callable[[str, int], None]


def record_library(
    hol_folder: Path,
    output: Path,
    progress: Progress,
    *,
    seconds: float = 3600,
    finish: Path = Path("recorder_finish.ml"),
) -> None:
    """Load the library while recording its proofs, check them, and write JSON lines.

    Args:
        hol_folder: Where HOL Light is, e.g. /usr/share/hol-light.
        output: Written by the prover; only complete if its last line says so.
        progress: Is told what is being done, and of how many proofs it is done.
        seconds: Wall time at which to give up.
        finish: What is run when the library is loaded; relative to our own OCaml files.

    Raises:
        HumanProofsError: HOL Light can't be started, or it failed midway.
    """
    if not (hol_folder / "hol.ml").is_file():
        raise HumanProofsError(
            f"HOL Light is not in {hol_folder}",
            hint="Install it (apt-get install hol-light libnum-ocaml-dev), or set HOLLIGHT_DIR.",
        )
    with (
        as_file(files("bait_holist") / "ocaml") as ocaml,
        tempfile.TemporaryDirectory(prefix="bait-holist-") as temporary,
    ):
        folder = Path(temporary)
        overlay = folder / "library"
        _overlay(hol_folder, overlay, ocaml)
        recording, log = folder / "recording", folder / "log"
        environment = os.environ | {
            "HOLLIGHT_DIR": str(overlay),
            "BAIT_HOLIST_OCAML": str(ocaml),
            "BAIT_HOLIST_RECORDING": str(recording),
            "BAIT_HOLIST_EXPORT": str(output),
        }
        commands = folder / "commands"
        commands.write_text(_use(ocaml / finish))
        process = _start(hol_folder, commands, log, environment)
        try:
            _watch(process, recording, output, progress, time.monotonic() + seconds)
        finally:
            _stop(process)
        if process.returncode != 0:
            raise HumanProofsError(
                f"HOL Light ended with code {process.returncode} while it recorded: {_tail(log)}",
                hint="Recording needs OCaml's own libraries: apt-get install ocaml-compiler-libs",
            )


def _use(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'#use "{text}";;\n'


def _overlay(hol_folder: Path, overlay: Path, ocaml: Path) -> None:
    """A folder that looks like the library, except that its first proof starts the recorder."""
    overlay.mkdir()
    for item in hol_folder.iterdir():
        if item.name != _FIRST_FILE:
            (overlay / item.name).symlink_to(item.resolve())
    first = _use(ocaml / "recorder_start.ml") + _use(hol_folder.resolve() / _FIRST_FILE)
    (overlay / _FIRST_FILE).write_text(first)


def _start(
    hol_folder: Path, commands: Path, log: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    own = hol_folder / "ocaml"
    command = [str(own) if own.exists() else "ocaml", "-init", str(hol_folder / "hol.ml")]
    try:
        with commands.open("rb") as stdin, log.open("wb") as stdout:
            return subprocess.Popen(
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
    except OSError as error:
        raise HumanProofsError(
            f"OCaml can't be started: {error.strerror or error}",
            hint="Install HOL Light: apt-get install hol-light libnum-ocaml-dev",
        ) from error


def _watch(
    process: subprocess.Popen[bytes],
    recording: Path,
    output: Path,
    progress: Progress,
    deadline: float,
) -> None:
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise HumanProofsError("recording took too long and was stopped")
        if output.exists():
            progress("checking", _lines(output, b'{"kind":"proof"'))
        else:
            progress("recording", _lines(recording, b"(proof "))
        time.sleep(_POLL_SECONDS)


def _lines(path: Path, beginning: bytes) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(line.startswith(beginning) for line in file)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
    process.wait()


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return " ".join(line.strip() for line in lines[-6:] if line.strip())
