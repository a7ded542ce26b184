"""The HOL Light that `bait holist start` keeps for many runs."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock

from bait_core import ProverStartError
from bait_core.files import replace_file
from bait_core.paths import data_folder
from bait_core.processes import find_process
from bait_holist.prover.launch import LOAD_TIMEOUT, MEMORY, Progress, Server, ignore_progress, start


@dataclass(frozen=True)
class KeptServer:
    """The record of the kept server."""

    pid: int
    socket: str
    folder: str
    created: float
    memory: int

    def server(self) -> Server | None:
        """The server, if it is still running."""
        process = find_process(self.pid, self.created)
        if process is None:
            return None
        server = Server(process, Path(self.socket), Path(self.folder))
        return server if server.is_alive() else None

    def age(self) -> float:
        """Seconds since its start."""
        return time.time() - self.created


def find() -> tuple[KeptServer, Server] | None:
    """The kept server, if one is running."""
    try:
        record = KeptServer(**json.loads(_file().read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        _file().unlink(missing_ok=True)
        return None
    server = record.server()
    return (record, server) if server else None


def keep(
    *,
    memory: int = MEMORY,
    idle: float | None = None,
    timeout: float = LOAD_TIMEOUT,
    progress: Progress = ignore_progress,
) -> KeptServer:
    """Start a server that outlives this process; the arguments are those of `launch.start`.

    Raises:
        ProverStartError: One is running or being started already, or it did not load.
    """
    folder = _file().parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / "lock")
    try:
        with lock.acquire(timeout=0):
            if find():
                raise ProverStartError(
                    "a HOL Light is already running", hint="See `bait holist status`."
                )
            server = start(
                owned=False, memory=memory, idle=idle, timeout=timeout, progress=progress
            )
            record = KeptServer(
                pid=server.process.pid,
                socket=str(server.socket),
                folder=str(server.folder),
                created=server.process.create_time(),
                memory=memory,
            )
            replace_file(_file(), [json.dumps(asdict(record)).encode()])
            return record
    except filelock.Timeout as error:
        raise ProverStartError(
            "another process is already starting HOL Light", hint="See `bait holist status`."
        ) from error


def stop() -> bool:
    """Stop the kept server with all its workers; returns whether there was one."""
    found = find()
    if found:
        found[1].stop()
    _file().unlink(missing_ok=True)
    return found is not None


def _file() -> Path:
    return data_folder() / "holist" / "server.json"
