"""Merging the questions of concurrent threads into batches."""

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

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Batcher(Generic[Question, Answer]):
    """Merges the questions of concurrent threads into batches for one model.

    While the model works on one batch, questions queue up and make the next. A free model is kept
    waiting for more questions only where that pays (see `QueueDelay`): never longer than
    `max_wait`, and not at all when all clients wait for answers, since nobody else can come.
    There is no thread for this: a thread that waits for answers makes the call for all.

    A thread waits for the answers to its questions before it can ask more, so there are never
    more questions waiting than one set per thread.

    Equal questions are asked once, be they asked at the same time or later: answers are
    remembered, those used last, up to `cache_size`. So a batcher belongs to one loaded model, and
    its answers to one run.

    A call that raises, or answers a wrong number of questions, fails for those whose questions
    were in it; the others never notice.

    Args:
        call: Answers a batch, in order; it is called by one thread at a time.
        settings: How questions are merged.
        key: What makes questions equal. Only keys are remembered, no questions.
    """

    # Whenever questions wait and no call is under way, one of the threads that wait for answers
    # is awake or wakes up by the time at which the call is due. Arriving threads are awake, so
    # the rule needs care only where a thread leaves: see the uses of `_wake`.

    def __init__(
        self,
        call: Callable[[list[Question]], Sequence[Answer]],
        settings: BatchingSettings,
        key: Callable[[Question], Hashable],
    ) -> None:
        self._call = call
        self._settings = settings
        self._key = key
        self._lock = threading.Lock()
        self._delay = QueueDelay()
        self._askers: set[_Asker[Answer]] = set()
        self._queue: _Tickets[Question, Answer] = {}
        self._called: _Tickets[Question, Answer] = {}
        self._idle_since = 0.0
        self._cache: OrderedDict[Hashable, Answer] = OrderedDict()

    @contextmanager
    def client(self, name: Hashable = None) -> Iterator[None]:
        """Announce somebody who will ask time and again, as long as the block runs.

        Others may then be kept waiting for its questions. Who is no client may ask as well, and
        is not waited for.

        Args:
            name: Tells clients apart; None for the thread.
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

    def ask(self, questions: Sequence[Question], client: Hashable = None) -> list[Answer]:
        """The answers, in order; raises what the call that was to answer raised.

        Args:
            questions: What to ask.
            client: The name of the client that asks; None for the thread.
        """
        asker: _Asker[Answer] = _Asker(threading.get_ident() if client is None else client)
        try:
            with self._lock:
                self._delay.is_asking(asker.client, time.monotonic())
                self._enqueue(asker, questions)
                seconds = self._serve(asker)
            while asker.is_waiting:
                asker.sleep(seconds)
                if asker.is_waiting:
                    with self._lock:
                        seconds = self._serve(asker)
        finally:
            if asker.missing:
                with self._lock:
                    self._forget(asker)
                    self._wake()
        error, asker.error = asker.error, None
        if error is not None:
            try:
                raise error
            finally:
                del error  # its traceback leads here: the cycle would keep the search alive
        return [asker.answers[place] for place in range(len(questions))]

    def _enqueue(self, asker: _Asker[Answer], questions: Sequence[Question]) -> None:
        if not self._queue:
            self._idle_since = time.monotonic()
        for place, question in enumerate(questions):
            key = self._key(question)
            if key in self._cache:
                self._cache.move_to_end(key)
                asker.answers[place] = self._cache[key]
                continue
            ticket = self._called.get(key) or self._queue.get(key)
            if ticket is None:
                ticket = self._queue[key] = _Ticket(question)
            ticket.places.append((asker, place))
            asker.missing += 1
        if asker.missing:
            self._askers.add(asker)
        else:
            self._delay.is_answered(asker.client, time.monotonic())

    def _serve(self, asker: _Asker[Answer]) -> float | None:
        """Make the calls that are due; the seconds until one may be, None if a call will tell."""
        while asker.is_waiting and not self._called:
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
        deadline = self._delay.deadline(now, len(self._askers), room)
        return min(deadline, self._idle_since + self._settings.max_wait) - now

    def _call_model(self) -> None:
        batch = self._called = dict(islice(self._queue.items(), self._settings.max_batch))
        for key in batch:
            del self._queue[key]
        start = time.monotonic()
        try:
            answers = self._answers([ticket.question for ticket in batch.values()])
        except BaseException as error:
            self._fail(batch, error)
            if not isinstance(error, Exception):
                raise
        else:
            self._delay.was_called(len(batch), time.monotonic() - start)
            self._succeed(batch, answers)
        finally:
            self._called = {}
            self._idle_since = time.monotonic()
            self._wake()

    def _answers(self, questions: list[Question]) -> Sequence[Answer]:
        """Make the call, in which time others may come."""
        self._lock.release()
        try:
            answers = self._call(questions)
            if len(answers) != len(questions):
                raise ValueError(f"{len(answers)} answers to {len(questions)} questions")
            return answers
        finally:
            self._lock.acquire()

    def _succeed(self, batch: _Tickets[Question, Answer], answers: Sequence[Answer]) -> None:
        now = time.monotonic()
        for (key, ticket), answer in zip(batch.items(), answers, strict=True):
            self._cache[key] = answer
            for asker, place in ticket.places:
                asker.answers[place] = answer
                asker.missing -= 1
                if not asker.missing:
                    self._askers.discard(asker)
                    self._delay.is_answered(asker.client, now)
                    asker.wake()
        while len(self._cache) > self._settings.cache_size:
            self._cache.popitem(last=False)

    def _fail(self, batch: _Tickets[Question, Answer], error: BaseException) -> None:
        for asker in {asker for ticket in batch.values() for asker, _ in ticket.places}:
            asker.error = error
            asker.wake()

    def _forget(self, asker: _Asker[Answer]) -> None:
        """Take back the questions of a thread that will not wait for all answers."""
        self._askers.discard(asker)
        self._delay.is_answered(asker.client, time.monotonic())
        for tickets in (self._queue, self._called):
            for key, ticket in list(tickets.items()):
                ticket.places = [entry for entry in ticket.places if entry[0] is not asker]
                if not ticket.places and tickets is self._queue:
                    del tickets[key]

    def _wake(self) -> None:
        """Have a waiting thread look whether a call is due."""
        if self._queue and not self._called:
            first = next(iter(self._queue.values()))
            first.places[0][0].wake()


class _Asker(Generic[Answer]):
    """A thread that waits for answers; `missing` counts those that it has not got."""

    __slots__ = ("_signals", "answers", "client", "error", "missing")

    def __init__(self, client: Hashable) -> None:
        self.client = client
        self.answers: dict[int, Answer] = {}
        self.missing = 0
        self.error: BaseException | None = None
        self._signals: SimpleQueue[None] = SimpleQueue()

    @property
    def is_waiting(self) -> bool:
        """True as long as answers are missing and may come."""
        return self.missing > 0 and self.error is None

    def sleep(self, seconds: float | None) -> None:
        """Sleep until `wake` is or was called, at most so long.

        Not a condition variable: all that wake up would have to get its lock first, in turn.
        """
        with suppress(Empty):
            self._signals.get(timeout=seconds)

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._signals.put(None)


class _Ticket(Generic[Question, Answer]):
    """A question that has no answer yet, and who wants to know it, in which place."""

    __slots__ = ("places", "question")

    def __init__(self, question: Question) -> None:
        self.question = question
        self.places: list[tuple[_Asker[Answer], int]] = []


_Tickets = dict[Hashable, _Ticket[Question, Answer]]
