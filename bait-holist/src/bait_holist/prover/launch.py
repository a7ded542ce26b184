"""Starting a HOL Light that serves sessions, and stopping it with all its workers."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import psutil

from bait_core import StartupCrashError
from bait_core.processes import ProverProcess, describe_exit, end_family, log_tail
from bait_holist.errors import LoadError, NotInstalledError, ProverConnectionError
from bait_holist.prover.axioms import check_axioms
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.installation import INSTALL_HINT, find_hol_light

LOAD_TIMEOUT = 600.0
MEMORY = 2048

_LOG_SIZE = 262_000  # bytes that HOL Light prints while it loads
_LEAST_THEOREMS = 2000
_AXIOMS = 3
_POLL = 0.2
_LONGEST_SOCKET_PATH = 100

Progress = Callable[[float], None]
"""Called with the fraction that is loaded, from 0 to 1."""


def ignore_progress(share: float) -> None:
    """Do nothing."""


@dataclass
class Server:
    """A process that forks one worker for each connection to its socket."""

    process: psutil.Process
    socket: Path
    folder: Path
    started: ProverProcess | None = None  # None if another Python process started it

    def is_alive(self) -> bool:
        """Whether the process runs and its socket exists."""
        try:
            alive = self.process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        return alive and self.socket.exists()

    def stop(self) -> None:
        """Stop the server and all its workers. Any number of times."""
        end_family(self.process)
        if self.started is not None:
            self.started.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def ocaml_folder() -> Path:
    """The folder of this package's OCaml files."""
    return Path(str(resources.files("bait_holist").joinpath("ocaml")))


def start(
    *,
    owned: bool,
    memory: int = MEMORY,
    idle: float | None = None,
    timeout: float = LOAD_TIMEOUT,
    progress: Progress = ignore_progress,
) -> Server:
    """Start HOL Light and wait until it serves; takes one to two minutes.

    Args:
        owned: Whether the server ends with the process that started it.
        memory: MiB of heap at which a tactic is stopped.
        idle: Seconds without clients after which the server stops; None for never.
        timeout: Time limit for loading, in seconds.
        progress: Called while it loads.

    Raises:
        NotInstalledError: HOL Light or OCaml's num library is missing.
        LoadError: HOL Light did not load.
    """
    command = find_hol_light()
    folder = _short_folder()
    path = folder / "socket"
    environment = {
        "BAIT_HOLIST_OCAML": str(ocaml_folder()),
        "BAIT_HOLIST_SOCKET": str(path),
        "BAIT_HOLIST_MEMORY": str(memory),
    }
    if idle is not None:
        environment["BAIT_HOLIST_IDLE"] = str(idle)
    log = folder / "log"
    with log.open("wb") as output:
        process = ProverProcess(
            command, cwd=folder, env=os.environ | environment, output=output, detached=not owned
        )
    server = Server(psutil.Process(process.pid), path, folder, process)
    try:
        _feed(process)
        _await_ready(process, server, log, timeout, progress)
    except BaseException:
        server.stop()
        raise
    return server


def _feed(process: ProverProcess) -> None:
    with suppress(BrokenPipeError), process.stdin as stdin:  # if it has ended, the log says why
        stdin.write(b'#use "%s";;\n' % os.fsencode(ocaml_folder() / "server.ml"))


def _await_ready(
    process: ProverProcess,
    server: Server,
    log: Path,
    timeout: float,
    progress: Progress,
) -> None:
    deadline = time.monotonic() + timeout
    while not server.socket.exists():
        text = log.read_bytes()
        if b"nums.cma" in text and b"Cannot find file" in text:
            raise NotInstalledError("OCaml's num library is not installed", hint=INSTALL_HINT)
        if (code := process.exit_code) is not None:
            if code < 0:
                raise StartupCrashError(
                    f"HOL Light {describe_exit(code)} while it loaded",
                    hint="Memory may be short: end other programs.",
                )
            raise _not_loaded(describe_exit(code), log)
        if time.monotonic() > deadline:
            raise _not_loaded(f"did not load within {timeout:g} s", log)
        progress(min(0.99, len(text) / _LOG_SIZE))
        time.sleep(_POLL)
    _check_theory(server.socket, log)
    progress(1.0)


def _check_theory(path: Path, log: Path) -> None:
    try:
        worker = ProverConnection(path)
    except ProverConnectionError as error:
        raise _not_loaded(f"does not answer: {error.message}", log) from error
    with closing(worker):
        counts = worker.greeting.counts
        check_axioms(worker.axioms())
    if counts.theorems < _LEAST_THEOREMS or counts.axioms != _AXIOMS:
        what = f"loaded only in part: {counts.theorems} theorems, {counts.axioms} axioms"
        raise _not_loaded(what, log)


def _not_loaded(what: str, log: Path) -> LoadError:
    return LoadError(
        f"HOL Light {what}; its last output was:\n{log_tail(log)}",
        hint="Run `hol-light` on its own to see whether it loads.",
    )


def _short_folder() -> Path:
    """Make a private folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="bait-hol-"))
    if len(os.fsencode(folder / "socket")) > _LONGEST_SOCKET_PATH:
        shutil.rmtree(folder)
        folder = Path(tempfile.mkdtemp(prefix="bait-hol-", dir="/tmp"))
    return folder
