"""Workers for requests from several clients, in any order."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from bait_holist.errors import ProverConnectionError
from bait_holist.holist_protocol.messages import theorem_numbers
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.connector import Connector

_MOST_REQUESTS = 10_000  # a worker remembers every goal it has seen, so it is replaced now and then


@dataclass
class _PooledWorker:
    worker: ProverConnection
    known: set[int] = field(default_factory=set)
    requests: int = 0


class WorkerPool:
    """Lends workers that know the registered theorems. Safe to use from several threads."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._free: list[_PooledWorker] = []
        self._registered: dict[int, str] = {}
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self, tactics: Sequence[str] = ()) -> Iterator[ProverConnection]:
        """A worker for one request.

        Args:
            tactics: Tactics it will be asked to apply; the theorems they name are registered.

        Raises:
            ProverConnectionError: The worker was lost; the next request gets another.
        """
        with self._lock:
            pooled = self._free.pop() if self._free else None
        pooled = pooled or _PooledWorker(self._connector.connect())
        try:
            self._teach(pooled, tactics)
            yield pooled.worker
        except ProverConnectionError:
            pooled.worker.kill()
            raise
        finally:
            self._take_back(pooled)

    @contextmanager
    def fresh(self, tactics: Sequence[str]) -> Iterator[ProverConnection]:
        """A worker that has done nothing yet and serves no other request."""
        with closing(self._connector.connect()) as worker:
            self._teach(_PooledWorker(worker), tactics)
            yield worker

    def register(self, fingerprint: int, statement: str) -> None:
        """Let `THM fingerprint` mean the library's theorem with this statement, in all workers.

        Raises:
            RequestError: The library has no such theorem.
        """
        with self.borrow() as worker:
            worker.register(fingerprint, statement)
        self._registered[fingerprint] = statement

    def close(self) -> None:
        """End the idle workers."""
        with self._lock:
            for pooled in self._free:
                pooled.worker.kill()
            self._free.clear()

    def _teach(self, pooled: _PooledWorker, tactics: Sequence[str]) -> None:
        for number in theorem_numbers(tactics) - pooled.known:
            if number in self._registered:
                pooled.worker.register(number, self._registered[number])
                pooled.known.add(number)

    def _take_back(self, pooled: _PooledWorker) -> None:
        pooled.requests += 1
        if pooled.requests == _MOST_REQUESTS:
            pooled.worker.close()
        if not pooled.worker.is_closed:
            with self._lock:
                self._free.append(pooled)
