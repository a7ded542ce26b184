"""The contract of a trace processor: from recorded searches to training examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from bait_core.traces.schema import TraceRecord


class TraceProcessor(Protocol):
    """Makes training examples of one kind."""

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, Any]]:
        """The examples that recorded searches hold, as they are read.

        Args:
            traces: Searches and human proofs, all of theorems that may be learned from; at
                most one per theorem, unless the configuration asks for all.

        Yields:
            The name of the theorem an example stems from, by which examples are split, and the
            example: something that msgspec encodes as JSON. The same traces give the same
            examples in the same order.

        Raises:
            TraceError: The traces lack something that the examples require.
        """
        ...
