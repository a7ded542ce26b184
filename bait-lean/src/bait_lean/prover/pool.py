"""A pool of Lean processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from bait_core import ProverStartError
from bait_lean.errors import ReplCrashError
from bait_lean.prover.backend import Backend
from bait_lean.prover.prover import Prover


class ProverPool:
    """Lean processes for several threads; idle ones are kept for the next caller.

    Args:
        backend: Makes the backend, on first use.
        command_timeout: Seconds that a command may take.
    """

    def __init__(self, backend: Callable[[], Backend], command_timeout: float) -> None:
        self._make_backend = backend
        self._command_timeout = command_timeout
        self._lock = threading.Lock()
        self._backend: Backend | None = None
        self._idle: list[Prover] = []
        self._provers: set[Prover] = set()
        self._closed = False

    @property
    def backend(self) -> Backend:
        """The backend.

        Raises:
            ProverStartError: What it needs is missing.
        """
        with self._lock:
            if self._backend is None:
                self._backend = self._make_backend()
            return self._backend

    def acquire(self, *, fresh: bool = False) -> Prover:
        """A prover for the caller alone, until it is released.

        Args:
            fresh: Start a new process even if one is idle.

        Raises:
            ProverStartError: It does not start, or the pool is closed.
        """
        with self._lock:
            self._require_open()
            while self._idle and not fresh:
                prover = self._idle.pop()
                if prover.alive:
                    return prover
                self._drop(prover)
        prover = Prover(self.backend, self._command_timeout)
        with self._lock:
            self._provers.add(prover)
            try:
                self._require_open()
            except ProverStartError:
                self._drop(prover)
                raise
        return prover

    def release(self, prover: Prover) -> None:
        """Take back a prover; a dead one, and one whose memory is nearly full, is dropped."""
        has_room = False
        with suppress(ReplCrashError):
            prover.forget_states()
            has_room = prover.has_room()
        with self._lock:
            if has_room and prover.alive and not self._closed:
                self._idle.append(prover)
            else:
                self._drop(prover)

    def replace(self, prover: Prover) -> Prover:
        """A new prover in place of one that must not be used any more.

        Raises:
            ProverStartError: It does not start, or the pool is closed.
        """
        self.discard(prover)
        return self.acquire()

    def discard(self, prover: Prover) -> None:
        """End a prover that must not be used any more."""
        with self._lock:
            self._drop(prover)

    def close(self) -> None:
        """End all provers at once, also those in use; from any thread."""
        with self._lock:
            self._closed = True
            self._idle.clear()
            provers = list(self._provers)
        for prover in provers:
            prover.kill()
        for prover in provers:
            prover.close()

    def _require_open(self) -> None:
        if self._closed:
            raise ProverStartError("the Lean environment is closed")

    def _drop(self, prover: Prover) -> None:
        prover.close()
        self._provers.discard(prover)
