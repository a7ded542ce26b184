"""How long a free model is best kept waiting for more questions."""

from __future__ import annotations

from collections.abc import Hashable

_SHARE = 0.75
"""The absence that is remembered is longer than this share of the recent ones."""
_STEP = 0.1
"""By how much, relatively, one absence can change the one that is remembered."""
_MARGIN = 1.1
"""Clients that are away for longer than this times the remembered absence are late."""
_MEMORY = 0.9
"""What the weight of a call is multiplied by at each later call."""


class QueueDelay:
    """Weighs what clients lose by waiting for others against what a larger batch saves.

    A client asks, gets answers, and is away until it asks again. Groups of clients that take
    turns wait for each other's calls, so with a model that takes the same time for any batch it
    is best if all ask at the same time. Say that the model is free, n clients wait, k others are
    expected within d seconds, absences last a seconds, and a call costs c seconds beyond what its
    questions cost. To wait for the k

    - costs the n clients d each, and saves them c - a each if a < c: they would be back before
      the call that the k need otherwise is over, and have to wait for the rest of it;
    - saves the k clients c - d each: they would have to wait for the rest of the n clients' call.

    The d for which this saves most is chosen. When a client will be back is guessed from recent
    absences; a late one is not waited for, so one client that is away for long delays nobody.

    All times are seconds of one clock.
    """

    def __init__(self) -> None:
        self._away: dict[Hashable, float] = {}
        self._clients: set[Hashable] = set()
        self._absence = 0.0
        self._cost = CallCost()

    def join(self, client: Hashable, now: float) -> None:
        """A client that will ask has come."""
        self._clients.add(client)
        self._away[client] = now

    def leave(self, client: Hashable) -> None:
        """A client will ask no more."""
        self._clients.discard(client)
        self._away.pop(client, None)

    def is_asking(self, client: Hashable, now: float) -> None:
        """A client asks, and is not away any more."""
        since = self._away.pop(client, None)
        if since is None:
            return
        if self._absence:
            is_longer = now - since > self._absence
            self._absence *= 1 + _STEP * (_SHARE if is_longer else _SHARE - 1)
        else:
            self._absence = now - since

    def is_answered(self, client: Hashable, now: float) -> None:
        """A client has got its answers, or an error, and is away."""
        if client in self._clients:
            self._away.pop(client, None)  # to the end of the order
            self._away[client] = now

    def was_called(self, size: int, seconds: float) -> None:
        """The model has answered `size` questions in one call."""
        self._cost.add(size, seconds)

    def deadline(self, now: float, waiting: int, room: int) -> float:
        """Until when to wait; `now` if waiting does not pay.

        Args:
            now: The time.
            waiting: Number of clients that wait for answers.
            room: Number of questions that fit into the batch besides those that wait.
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
    """Estimates what a call costs beyond what each of its questions costs.

    It is the intercept of a straight line through the sizes and durations of recent calls, by
    least squares with weights that fade. While all calls are of about one size, nothing tells
    the two costs apart; then all counts as the call's.
    """

    def __init__(self) -> None:
        self.fixed = 0.0
        self._weight = self._sizes = self._times = 0.0
        self._sizes_squared = self._sizes_times = 0.0

    def add(self, size: int, seconds: float) -> None:
        """Take note of a call, and update `fixed` (in seconds)."""
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
