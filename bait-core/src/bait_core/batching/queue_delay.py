"""How long an idle model should wait for more requests."""

from __future__ import annotations

from collections.abc import Hashable

_SHARE = 0.75
"""The estimated absence is this quantile of the recent ones."""
_STEP = 0.1
"""The largest relative change of the estimate by one absence."""
_MARGIN = 1.1
"""Clients that are away for longer than this times the estimated absence are late."""
_MEMORY = 0.9
"""The decay of a call's weight with each later call."""


class QueueDelay:
    """Weighs the time that clients lose by waiting for others against what a larger batch saves.

    A client makes requests, gets results, and is away until its next requests. Groups of clients
    that take turns wait for each other's calls, so if a call takes the same time for any batch
    size, it is best for all of them to make requests at the same time. Suppose that the model is
    idle, n clients wait, k others are expected within d seconds, absences last a seconds, and a
    call has an overhead of c seconds besides its cost per request. Waiting for the k clients

    - costs the n clients d each, and saves them c - a each if a < c: they would be back before
      the separate call for the k clients ends, and would have to wait for the rest of it;
    - saves the k clients c - d each: they would have to wait for the rest of the n clients' call.

    The d that saves most is chosen. The return of a client is predicted from recent absences;
    nobody waits for late clients, so one that is away for long delays nobody.

    All times are in seconds on one clock.
    """

    def __init__(self) -> None:
        self._away: dict[Hashable, float] = {}
        self._clients: set[Hashable] = set()
        self._absence = 0.0
        self._cost = CallCost()

    def join(self, client: Hashable, now: float) -> None:
        """Register a client."""
        self._clients.add(client)
        self._away[client] = now

    def leave(self, client: Hashable) -> None:
        """Remove a client."""
        self._clients.discard(client)
        self._away.pop(client, None)

    def on_request(self, client: Hashable, now: float) -> None:
        """Record that a client has made requests and is no longer away."""
        since = self._away.pop(client, None)
        if since is None:
            return
        if self._absence:
            is_longer = now - since > self._absence
            self._absence *= 1 + _STEP * (_SHARE if is_longer else _SHARE - 1)
        else:
            self._absence = now - since

    def on_result(self, client: Hashable, now: float) -> None:
        """Record that a client has its results, or an error, and is away."""
        if client in self._clients:
            self._away.pop(client, None)  # move it to the end of the order
            self._away[client] = now

    def on_call(self, size: int, seconds: float) -> None:
        """Record a call with `size` requests."""
        self._cost.add(size, seconds)

    def deadline(self, now: float, waiting: int, room: int) -> float:
        """The time until which to wait; `now` if waiting saves nothing.

        Args:
            now: The current time.
            waiting: Number of clients that wait for results.
            room: Number of further requests that fit into the batch.
        """
        call = self._cost.fixed
        again = max(0.0, call - self._absence)
        best = 0.0
        deadline = now
        expected = 0
        for since in self._away.values():  # in the order in which they are expected back
            latest = since + _MARGIN * self._absence - now
            if latest <= 0:
                continue
            seconds = since + self._absence - now
            if seconds <= 0:
                seconds = latest  # it should be here already, so expect it last
            expected += 1
            if seconds >= call or expected > room:
                break
            gain = expected * (call - seconds) + waiting * (again - seconds)
            if gain > best:
                best = gain
                deadline = now + latest
        return deadline


class CallCost:
    """Estimates the overhead of a call besides its cost per request.

    It is the intercept of a linear least-squares fit to the sizes and durations of recent calls,
    with decaying weights. While all calls have about the same size, the two costs can't be
    separated; then the whole duration counts as overhead.
    """

    def __init__(self) -> None:
        self.fixed = 0.0
        self._weight = self._sizes = self._times = 0.0
        self._sizes_squared = self._sizes_times = 0.0

    def add(self, size: int, seconds: float) -> None:
        """Record a call, and update `fixed`, the overhead in seconds."""
        self._weight = self._weight * _MEMORY + 1
        self._sizes = self._sizes * _MEMORY + size
        self._times = self._times * _MEMORY + seconds
        self._sizes_squared = self._sizes_squared * _MEMORY + size * size
        self._sizes_times = self._sizes_times * _MEMORY + size * seconds
        mean_size = self._sizes / self._weight
        mean_time = self._times / self._weight
        variance = self._sizes_squared / self._weight - mean_size * mean_size
        covariance = self._sizes_times / self._weight - mean_size * mean_time
        slope = max(0.0, covariance / (variance + 1.0))
        self.fixed = max(0.0, mean_time - slope * mean_size)
