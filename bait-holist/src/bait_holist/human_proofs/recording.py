"""Loading HOL Light's library with a recorder in place."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from bait_core.processes import ProverProcess, describe_exit, log_tail
from bait_holist.errors import HumanProofsError
from bait_holist.prover.installation import INSTALL_HINT, find_hol_light

#: The first file of the library that is loaded once `prove` is defined.
_FIRST_FILE = "itab.ml"
_POLL_SECONDS = 0.5

#: Called with the current stage and the number of proofs done.
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
        hol_folder: HOL Light's folder, such as /usr/share/hol-light.
        output: File that the prover writes; complete only if its last line says so.
        progress: Called with the current stage and the number of proofs done.
        seconds: Time limit (wall time).
        finish: OCaml file to run once the library is loaded, relative to our own.

    Raises:
        HumanProofsError: HOL Light can't be started, or failed midway.
    """
    if not (hol_folder / "hol.ml").is_file():
        raise HumanProofsError(
            f"HOL Light was not found in {hol_folder}",
            hint=f"{INSTALL_HINT} If it is elsewhere, set HOLLIGHT_DIR.",
        )
    with (
        as_file(files("bait_holist") / "ocaml") as ocaml,
        tempfile.TemporaryDirectory(prefix="bait-holist-") as temporary,
    ):
        folder = Path(temporary)
        overlay = folder / "library"
        _overlay(hol_folder, overlay, ocaml)
        recording, log = folder / "recording", folder / "log"
        environment = {
            "HOLLIGHT_DIR": str(overlay),
            "BAIT_HOLIST_OCAML": str(ocaml),
            "BAIT_HOLIST_RECORDING": str(recording),
            "BAIT_HOLIST_EXPORT": str(output.resolve()),
        }
        commands = folder / "commands"
        commands.write_text(_use(ocaml / finish))
        with commands.open("rb") as stdin, log.open("wb") as printed:
            process = ProverProcess(
                find_hol_light(hol_folder),
                cwd=folder,
                env=os.environ | environment,
                stdin=stdin,
                output=printed,
            )
        with process:
            code = _watch(process, recording, output, progress, time.monotonic() + seconds)
        if code != 0:
            raise HumanProofsError(
                f"HOL Light {describe_exit(code)} while it recorded:\n{log_tail(log)}",
                hint="Recording needs OCaml's libraries: `apt-get install ocaml-compiler-libs`.",
            )


def _use(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'#use "{text}";;\n'


def _overlay(hol_folder: Path, overlay: Path, ocaml: Path) -> None:
    """Make a copy of the library, of links, that starts the recorder before its first proof."""
    overlay.mkdir()
    for item in hol_folder.iterdir():
        if item.name != _FIRST_FILE:
            (overlay / item.name).symlink_to(item.resolve())
    first = _use(ocaml / "recorder_start.ml") + _use(hol_folder.resolve() / _FIRST_FILE)
    (overlay / _FIRST_FILE).write_text(first)


def _watch(
    process: ProverProcess,
    recording: Path,
    output: Path,
    progress: Progress,
    deadline: float,
) -> int:
    """Report progress until the process ends; returns its exit code."""
    while (code := process.exit_code) is None:
        if time.monotonic() > deadline:
            raise HumanProofsError("recording exceeded its time limit and was stopped")
        if output.exists():
            progress("checking", _lines(output, b'{"kind":"proof"'))
        else:
            progress("recording", _lines(recording, b"(proof "))
        time.sleep(_POLL_SECONDS)
    return code


def _lines(path: Path, beginning: bytes) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(line.startswith(beginning) for line in file)
