"""Searches in worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.managers import BaseManager, BaseProxy
from multiprocessing.synchronize import Event
from typing import TYPE_CHECKING, Any, TypeVar

from bait_core.domain import Goal, PremiseSet, Suggestion, Theorem
from bait_core.errors import ExecutionError
from bait_core.execution.hosting import Host, ModelHost, Wire
from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Observer
from bait_core.execution.remote import RemoteRun, WorkerLostError
from bait_core.execution.supervision import RunEnd
from bait_core.execution.worker import SearchWorker

_SPAWN = multiprocessing.get_context("spawn")
Result = TypeVar("Result")


def run_in_processes(job: SearchJob, theorems: Sequence[Theorem], observer: Observer) -> RunEnd:
    """Search for proofs of the theorems; see `run_searches`."""
    with ExitStack() as stack:
        replicas = [stack.enter_context(_host(job)) for _ in range(job.execution.model_replicas)]

        def start_worker(number: int) -> WorkerProcess:
            return WorkerProcess(job, replicas[number % len(replicas)] if replicas else None)

        return RemoteRun(job, start_worker, observer).run(theorems)


class WorkerProcess:
    """A `SearchWorker` in a separate process, which ends when this process does.

    Args:
        job: What to run.
        host: Holds the models; None if the worker makes its own.

    Raises:
        WorkerLostError: The process died while starting.
        BaitError: A part of the job can't be made there.
    """

    def __init__(self, job: SearchJob, host: Host | None) -> None:
        self._stop = _SPAWN.Event()
        self._pool = ProcessPoolExecutor(
            1, mp_context=_SPAWN, initializer=_start, initargs=(job, host, self._stop)
        )
        with _ctrl_c_blocked():
            first_answer = self._pool.submit(_process_id)
        self._pid = self._get(first_answer)

    def prove(self, theorem: Theorem, seconds: float | None) -> bytes:
        """Search for a proof; see `SearchWorker.prove`."""
        return self._get(self._pool.submit(_prove, theorem, seconds))

    def cancel(self) -> None:
        """Make the current search end soon."""
        self._stop.set()

    def kill(self) -> None:
        """Kill the process; its provers end once they lose contact with it."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Shut the process down cleanly."""
        with suppress(WorkerLostError):
            self._get(self._pool.submit(_close))
        self._pool.shutdown()

    @staticmethod
    def _get(future: Future[Result]) -> Result:
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise WorkerLostError("the worker process died") from error


class _HostProxy(BaseProxy):
    """A `ModelHost` in another process."""

    _exposed_ = ("open", "add_premises", "get_tactics", "score_goals")

    def open(self, job: SearchJob) -> None:
        self._call("open", job)

    def add_premises(self, premises: Mapping[str, PremiseSet]) -> None:
        self._call("add_premises", premises)

    def get_tactics(self, requests: Sequence[Wire]) -> list[list[Suggestion]] | None:
        suggestions: list[list[Suggestion]] | None = self._call("get_tactics", requests)
        return suggestions

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        scores: list[float] = self._call("score_goals", goals)
        return scores

    def _call(self, method: str, argument: object) -> Any:
        try:
            return self._callmethod(method, (argument,))
        except (EOFError, ConnectionError) as error:
            raise ExecutionError(
                "the process that holds the models died",
                hint="If memory ran out, use fewer replicas or a smaller model.",
            ) from error


class _HostManager(BaseManager):
    """The process of a `ModelHost`, which ends when this process does."""

    if TYPE_CHECKING:

        def ModelHost(self) -> _HostProxy: ...  # noqa: N802


_HostManager.register("ModelHost", ModelHost, _HostProxy)


@contextmanager
def _host(job: SearchJob) -> Iterator[Host]:
    manager = _HostManager(ctx=_SPAWN)
    with _ctrl_c_blocked():
        manager.start(_end_with_parent)
    try:
        host = manager.ModelHost()
        host.open(job)
        yield host
    finally:
        manager.shutdown()


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Block Ctrl-C in processes started in the block until they have installed a handler."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# The code below runs in the worker process.


class _Here:
    """The worker of this process, or the reason why there is none."""

    worker: SearchWorker | None = None
    error: Exception | None = None


def _start(job: SearchJob, host: Host | None, stop: Event) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process handles Ctrl-C
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # provers may want it
    _end_with_parent()
    try:
        worker = SearchWorker(job, host)
    except Exception as error:  # noqa: BLE001  # raised again where the main process sees it
        _Here.error = error
        return
    _Here.worker = worker
    threading.Thread(target=_cancel_on, args=(stop, worker), daemon=True).start()


def _cancel_on(stop: Event, worker: SearchWorker) -> None:
    stop.wait()
    worker.cancel()


def _worker() -> SearchWorker:
    if _Here.worker is None:
        raise _Here.error or ExecutionError("the worker was not started")
    return _Here.worker


def _process_id() -> int:
    return _worker().process_id()


def _prove(theorem: Theorem, seconds: float | None) -> bytes:
    return _worker().prove(theorem, seconds)


def _close() -> None:
    _worker().close()


def _end_with_parent() -> None:
    """End this process when its parent ends, even by kill -9."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        try:
            if _Here.worker is not None:
                _Here.worker.close()
        finally:
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
