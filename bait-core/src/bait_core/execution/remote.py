"""Scheduling shared by worker processes and Ray actors."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from bait_core.domain import SearchStatus, Theorem
from bait_core.errors import ExecutionError
from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Observer
from bait_core.execution.supervision import Queue, RunEnd, Tally, supervise
from bait_core.proof_search import Attempt
from bait_core.proof_search.recording import trace_record
from bait_core.traces import TraceRecord, decode_record

_MOST_LOSSES = 3
"""Number of workers that may die on one theorem, or in a row while starting."""


class WorkerLostError(Exception):
    """A worker has died, or was killed."""


class Worker(Protocol):
    """A `SearchWorker` that runs elsewhere."""

    def prove(self, theorem: Theorem, seconds: float | None) -> bytes:
        """Search for a proof; the encoded record.

        Raises:
            WorkerLostError: The worker has died.
            ExecutionError: The models can't be reached.
        """
        ...

    def cancel(self) -> None:
        """Make the current search end soon."""
        ...

    def close(self) -> None:
        """Shut down the idle worker and its provers."""
        ...

    def kill(self) -> None:
        """Kill the worker and its provers immediately; may be called twice."""
        ...


class RemoteRun:
    """A run whose searches are executed by remote workers.

    A worker that dies is replaced and its theorem retried; a theorem that keeps killing workers
    gets a record that says so.

    Args:
        job: What to run.
        start_worker: Starts the worker with a number and waits until it is ready. It raises
            WorkerLostError if it dies, and BaitError if it can't work.
        observer: Receives the events of the run.
    """

    def __init__(
        self, job: SearchJob, start_worker: Callable[[int], Worker], observer: Observer
    ) -> None:
        self._job = job
        self._start_worker = start_worker
        self._observer = observer
        self._workers: dict[int, Worker] = {}
        self._cancelled = threading.Event()
        seconds = job.run.total_seconds
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds

    def run(self, theorems: Sequence[Theorem]) -> RunEnd:
        """Search for proofs of the theorems; see `run_searches`."""
        queue = Queue(theorems)
        tally = Tally(len(theorems))
        numbers = Queue(range(self._job.run.workers))
        try:
            supervise(
                min(self._job.run.workers, len(theorems)),
                lambda: self._work(next(numbers), queue, tally),
                cancel=self._cancel,
                kill=self._kill,
            )
        finally:
            self._kill()
        return tally.end(
            was_stopped=self._cancelled.is_set(), was_spent=time.monotonic() >= self._deadline
        )

    def _work(self, number: int, queue: Queue[Theorem], tally: Tally) -> None:
        """Drive one worker; runs in a thread of its own."""
        worker = self._start(number)
        while not (
            self._cancelled.is_set() or tally.is_hopeless or time.monotonic() >= self._deadline
        ):
            theorem = next(queue, None)
            if theorem is None:
                break
            self._observer.on_start(theorem)
            record, worker = self._prove(number, worker, theorem)
            self._observer.on_end(record)
            tally.count(record.status, record.message)
        worker.close()

    def _prove(self, number: int, worker: Worker, theorem: Theorem) -> tuple[TraceRecord, Worker]:
        attempt = Attempt(theorem)
        for _ in range(_MOST_LOSSES):
            left = self._deadline - time.monotonic()
            try:
                record = worker.prove(theorem, None if left == math.inf else max(left, 0.0))
                return decode_record(record), worker
            except WorkerLostError as error:
                if self._cancelled.is_set():
                    attempt.message = "stopped by the user"
                    break
                attempt.status = SearchStatus.ERROR
                attempt.message = f"{_MOST_LOSSES} workers died on this theorem; the last: {error}"
                worker = self._start(number)
        attempt.seconds = time.time() - attempt.started
        return trace_record(attempt, self._job.configuration, self._job.versions), worker

    def _start(self, number: int) -> Worker:
        for _ in range(_MOST_LOSSES):
            try:
                worker = self._workers[number] = self._start_worker(number)
            except WorkerLostError as error:
                reason = str(error)
            else:
                if self._cancelled.is_set():
                    worker.cancel()
                return worker
        raise ExecutionError(
            f"worker {number} died {_MOST_LOSSES} times while starting: {reason}",
            hint="Its last output is above. If memory ran out, use fewer workers.",
        )

    def _cancel(self) -> None:
        self._cancelled.set()
        for worker in list(self._workers.values()):
            worker.cancel()

    def _kill(self) -> None:
        for worker in list(self._workers.values()):
            worker.kill()
