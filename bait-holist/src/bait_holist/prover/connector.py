"""Connects to the HOL Light that is kept running, or starts one."""

from __future__ import annotations

import threading
from pathlib import Path

from bait_core import ProverCrashError
from bait_holist.errors import ServerGoneError
from bait_holist.prover import running
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.launch import LOAD_TIMEOUT, MEMORY, Server, start
from bait_holist.prover.progress import loading_progress


class Connector:
    """Connects to HOL Light, and starts one if none runs. Safe to use from several threads.

    Args:
        server: Socket of the server to use; None for the one that is kept running, or else one
            that `close` ends.
        memory: MiB of heap at which a tactic is stopped.
        load_timeout: Seconds that HOL Light may take to load.
    """

    def __init__(
        self,
        *,
        server: Path | None = None,
        memory: int = MEMORY,
        load_timeout: float = LOAD_TIMEOUT,
    ) -> None:
        self._server = server
        self._memory = memory
        self._load_timeout = load_timeout
        self._own: Server | None = None
        self._closed = False
        self._lock = threading.Lock()

    def connect(self) -> ProverConnection:
        """Connect to a new worker: a pristine fork of the loaded prover.

        Raises:
            ProverStartError: HOL Light does not start.
            ProverCrashError: The server with the given socket is gone.
        """
        try:
            return ProverConnection(self._socket(), self._memory)
        except ServerGoneError as error:
            if self._own is None and self._server is not None:
                raise ProverCrashError(error.message, hint=error.hint) from error
        return ProverConnection(self._socket(), self._memory)

    def close(self) -> None:
        """End the server, if it was started here. Any number of times."""
        self._closed = True
        with self._lock:
            if self._own is not None:
                self._own.stop()
                self._own = None

    def _socket(self) -> Path:
        if self._server is not None:
            return self._server
        with self._lock:
            if self._closed:
                raise ProverCrashError("the environment is closed")
            if self._own is not None and self._own.is_alive():
                return self._own.socket
            kept = running.find()
            if kept:
                return kept[1].socket
            if self._own is not None:
                self._own.stop()
            with loading_progress() as progress:
                self._own = start(
                    owned=True,
                    memory=self._memory,
                    timeout=self._load_timeout,
                    progress=progress,
                )
            return self._own.socket
