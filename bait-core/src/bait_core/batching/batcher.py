"""Batching the requests of concurrent threads."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from bait_core.batching.queue_delay import QueueDelay
from bait_core.batching.settings import BatchingSettings

Request = TypeVar("Request")
Result = TypeVar("Result")


class Batcher(Generic[Request, Result]):
    """Batches the requests of concurrent threads to one model, and caches the results.

    While the model processes one batch, requests queue up for the next. An idle model waits for
    more requests only if that saves time overall (see `QueueDelay`): never longer than `max_wait`,
    and not at all when all clients are already waiting, since no further request can arrive.
    There is no dedicated thread: one of the waiting threads makes the call for all of them.

    Each thread blocks until it has its results, so at most one set of requests per thread is
    queued.

    Equal requests reach the model once, whether they are concurrent or not: results are kept in
    an LRU cache of `cache_size` entries. A batcher therefore belongs to one loaded model and one
    run.

    A call that raises, or returns the wrong number of results, fails for the threads whose
    requests were in that batch; other threads are not affected.

    Args:
        call: Computes the results of a batch, in order; never called concurrently.
        settings: The batching settings.
        key: The cache key of a request. The cache holds keys, not requests.
    """

    # Invariant: whenever requests are queued and no call is in progress, one of the waiting
    # threads is awake or will wake up when the call is due. Arriving threads are awake, so this
    # needs care only where a thread leaves: see the uses of `_wake`.

    def __init__(
        self,
        call: Callable[[list[Request]], Sequence[Result]],
        settings: BatchingSettings,
        key: Callable[[Request], Hashable],
    ) -> None:
        self._call = call
        self._settings = settings
        self._key = key
        self._lock = threading.Lock()
        self._delay = QueueDelay()
        self._callers: set[_Caller[Result]] = set()
        self._queue: _PendingRequests[Request, Result] = {}
        self._called: _PendingRequests[Request, Result] = {}
        self._idle_since = 0.0
        self._cache: OrderedDict[Hashable, Result] = OrderedDict()

    @contextmanager
    def client(self, name: Hashable = None) -> Iterator[None]:
        """Register a client that will make repeated requests while the block runs.

        Other clients may then be made to wait for its requests. Unregistered callers may make
        requests too, but nobody waits for them.

        Args:
            name: Identifies the client; None for the current thread.
        """
        name = threading.get_ident() if name is None else name
        with self._lock:
            self._delay.join(name, time.monotonic())
        try:
            yield
        finally:
            with self._lock:
                self._delay.leave(name)
                self._wake()

    def ask(self, requests: Sequence[Request], client: Hashable = None) -> list[Result]:
        """The results, in order; re-raises the exception of a failed call.

        Args:
            requests: The requests.
            client: The name of the client that makes them; None for the current thread.
        """
        caller: _Caller[Result] = _Caller(threading.get_ident() if client is None else client)
        try:
            with self._lock:
                self._delay.on_request(caller.client, time.monotonic())
                self._enqueue(caller, requests)
                seconds = self._serve(caller)
            while caller.is_waiting:
                caller.sleep(seconds)
                if caller.is_waiting:
                    with self._lock:
                        seconds = self._serve(caller)
        finally:
            if caller.missing:
                with self._lock:
                    self._withdraw(caller)
                    self._wake()
        error, caller.error = caller.error, None
        if error is not None:
            try:
                raise error
            finally:
                del error  # it refers to this frame: the cycle would keep the search alive
        return [caller.results[position] for position in range(len(requests))]

    def _enqueue(self, caller: _Caller[Result], requests: Sequence[Request]) -> None:
        if not self._queue:
            self._idle_since = time.monotonic()
        for position, request in enumerate(requests):
            key = self._key(request)
            if key in self._cache:
                self._cache.move_to_end(key)
                caller.results[position] = self._cache[key]
                continue
            pending = self._called.get(key) or self._queue.get(key)
            if pending is None:
                pending = self._queue[key] = _PendingRequest(request)
            pending.positions.append((caller, position))
            caller.missing += 1
        if caller.missing:
            self._callers.add(caller)
        else:
            self._delay.on_result(caller.client, time.monotonic())

    def _serve(self, caller: _Caller[Result]) -> float | None:
        """Make the calls that are due; the seconds to sleep, or None to sleep until woken."""
        while caller.is_waiting and not self._called:
            seconds = self._seconds_to_wait()
            if seconds > 0:
                return seconds
            self._call_model()
        return None

    def _seconds_to_wait(self) -> float:
        room = self._settings.max_batch - len(self._queue)
        if room <= 0:
            return 0.0
        now = time.monotonic()
        deadline = self._delay.deadline(now, len(self._callers), room)
        return min(deadline, self._idle_since + self._settings.max_wait) - now

    def _call_model(self) -> None:
        batch = self._called = dict(islice(self._queue.items(), self._settings.max_batch))
        for key in batch:
            del self._queue[key]
        start = time.monotonic()
        try:
            results = self._results([pending.request for pending in batch.values()])
        except BaseException as error:
            self._fail(batch, error)
            if not isinstance(error, Exception):
                raise
        else:
            self._delay.on_call(len(batch), time.monotonic() - start)
            self._succeed(batch, results)
        finally:
            self._called = {}
            self._idle_since = time.monotonic()
            self._wake()

    def _results(self, requests: list[Request]) -> Sequence[Result]:
        """Make the call, without the lock, so that others can queue requests."""
        self._lock.release()
        try:
            results = self._call(requests)
            if len(results) != len(requests):
                raise ValueError(f"{len(results)} results for {len(requests)} requests")
            return results
        finally:
            self._lock.acquire()

    def _succeed(self, batch: _PendingRequests[Request, Result], results: Sequence[Result]) -> None:
        now = time.monotonic()
        for (key, pending), result in zip(batch.items(), results, strict=True):
            self._cache[key] = result
            for caller, position in pending.positions:
                caller.results[position] = result
                caller.missing -= 1
                if not caller.missing:
                    self._callers.discard(caller)
                    self._delay.on_result(caller.client, now)
                    caller.wake()
        while len(self._cache) > self._settings.cache_size:
            self._cache.popitem(last=False)

    def _fail(self, batch: _PendingRequests[Request, Result], error: BaseException) -> None:
        for caller in {caller for pending in batch.values() for caller, _ in pending.positions}:
            caller.error = error
            caller.wake()

    def _withdraw(self, caller: _Caller[Result]) -> None:
        """Remove the requests of a thread that stops waiting before it has all results."""
        self._callers.discard(caller)
        self._delay.on_result(caller.client, time.monotonic())
        for pending_requests in (self._queue, self._called):
            for key, pending in list(pending_requests.items()):
                pending.positions = [entry for entry in pending.positions if entry[0] is not caller]
                if not pending.positions and pending_requests is self._queue:
                    del pending_requests[key]

    def _wake(self) -> None:
        """Wake a waiting thread to check whether a call is due."""
        if self._queue and not self._called:
            first = next(iter(self._queue.values()))
            first.positions[0][0].wake()


class _Caller(Generic[Result]):
    """A thread that waits for results; `missing` counts the outstanding ones."""

    __slots__ = ("_signals", "client", "error", "missing", "results")

    def __init__(self, client: Hashable) -> None:
        self.client = client
        self.results: dict[int, Result] = {}
        self.missing = 0
        self.error: BaseException | None = None
        self._signals: SimpleQueue[None] = SimpleQueue()

    @property
    def is_waiting(self) -> bool:
        """True while results are outstanding and no call has failed."""
        return self.missing > 0 and self.error is None

    def sleep(self, seconds: float | None) -> None:
        """Sleep until `wake` is or was called, for at most this many seconds.

        Not a condition variable: threads that wake up would have to acquire its lock in turn.
        """
        with suppress(Empty):
            self._signals.get(timeout=seconds)

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._signals.put(None)


class _PendingRequest(Generic[Request, Result]):
    """A request without a result, and the callers waiting for it with their positions."""

    __slots__ = ("positions", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.positions: list[tuple[_Caller[Result], int]] = []


_PendingRequests = dict[Hashable, _PendingRequest[Request, Result]]
