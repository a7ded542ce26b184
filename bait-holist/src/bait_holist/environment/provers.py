"""Where an environment's workers come from: a kept server, or one of its own."""

from __future__ import annotations

import threading
from pathlib import Path

from bait_core.errors import ProverCrashError
from bait_holist.environment.options import HolistOptions
from bait_holist.errors import ServerGoneError
from bait_holist.prover import running
from bait_holist.prover.connection import Worker
from bait_holist.prover.launch import Server, start
from bait_holist.prover.progress import shown_progress


class Provers:
    """Connects to HOL Light, and starts one if none runs. Safe to use from several threads."""

    def __init__(self, options: HolistOptions) -> None:
        self._options = options
        self._own: Server | None = None
        self._closed = False
        self._lock = threading.Lock()

    def connect(self) -> Worker:
        """A new worker: a pristine copy of the loaded prover.

        Raises:
            ProverStartError: HOL Light does not start.
            ProverCrashError: The server that the options name is gone.
        """
        try:
            return Worker(self._socket(), self._options.memory)
        except ServerGoneError as error:
            if self._own is None and self._options.server is not None:
                raise ProverCrashError(error.message, hint=error.hint) from error
        return Worker(self._socket(), self._options.memory)

    def close(self) -> None:
        """End the server, if it is one's own. May be called twice."""
        self._closed = True
        with self._lock:
            if self._own is not None:
                self._own.stop()
                self._own = None

    def _socket(self) -> Path:
        if self._options.server is not None:
            return self._options.server
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
            with shown_progress() as progress:
                self._own = start(
                    owned=True,
                    memory=self._options.memory,
                    timeout=self._options.load_timeout,
                    progress=progress,
                )
            return self._own.socket
