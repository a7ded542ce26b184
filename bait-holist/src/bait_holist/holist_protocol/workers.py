"""Workers for requests that come from several clients, in any order."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from bait_holist.errors import WorkerError
from bait_holist.holist_protocol.messages import theorem_numbers
from bait_holist.prover.connection import Worker
from bait_holist.prover.connector import Connector

_MOST_REQUESTS = 10_000  # a worker remembers all goals it has seen: now and then, take a new one


@dataclass
class _Seat:
    worker: Worker
    known: set[int] = field(default_factory=set)
    requests: int = 0


class WorkerPool:
    """Lends workers that know the registered theorems. Used by several threads."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._free: list[_Seat] = []
        self._registered: dict[int, str] = {}
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self, tactics: Sequence[str] = ()) -> Iterator[Worker]:
        """A worker for one request.

        Args:
            tactics: What it will be asked to apply; it is told of the theorems that they name.

        Raises:
            WorkerError: It was lost over the request; the next request gets another.
        """
        with self._lock:
            seat = self._free.pop() if self._free else None
        seat = seat or _Seat(self._connector.connect())
        try:
            self._teach(seat, tactics)
            yield seat.worker
        except WorkerError:
            seat.worker.kill()
            raise
        finally:
            self._take_back(seat)

    @contextmanager
    def fresh(self, tactics: Sequence[str]) -> Iterator[Worker]:
        """A worker that has done nothing yet, and serves nobody else."""
        with closing(self._connector.connect()) as worker:
            self._teach(_Seat(worker), tactics)
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
        """End the workers that nobody uses."""
        with self._lock:
            for seat in self._free:
                seat.worker.kill()
            self._free.clear()

    def _teach(self, seat: _Seat, tactics: Sequence[str]) -> None:
        for number in theorem_numbers(tactics) - seat.known:
            if number in self._registered:
                seat.worker.register(number, self._registered[number])
                seat.known.add(number)

    def _take_back(self, seat: _Seat) -> None:
        seat.requests += 1
        if seat.requests == _MOST_REQUESTS:
            seat.worker.close()
        if not seat.worker.is_closed:
            with self._lock:
                self._free.append(seat)
