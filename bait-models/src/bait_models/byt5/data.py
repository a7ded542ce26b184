"""Examples about goals as batches, for networks that read bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bait_core import TrainingTask
from bait_models.byt5.options import ByteFitOptions
from bait_models.byt5.text import PaddedTokens, encode_end, pad
from bait_models.trace_processors.state_example import StateExample
from bait_models.training.data import ExampleData

Example = TypeVar("Example", bound=StateExample)


def state_data(
    task: TrainingTask,
    kind: type[Example],
    collate: Callable[[list[Any]], Any],
    options: ByteFitOptions,
) -> ExampleData[Example]:
    """The examples of a training run as batches, by the length of their goals if so configured.

    Raises:
        TrainingError: There are no examples of this kind.
    """
    return ExampleData(
        task.examples,
        kind,
        collate,
        batch_size=options.batch_size,
        seed=task.seed,
        length=_length if options.group_by_length else None,
    )


def encode_states(examples: Sequence[StateExample], limit: int) -> PaddedTokens:
    """The goals of examples, each with at most `limit` tokens."""
    return pad([encode_end(example.state, limit).tokens for example in examples])


def truncated_states(data: ExampleData[Example], limit: int) -> int:
    """How many examples have goals with more than `limit` tokens."""
    examples = [*data.train, *data.valid]
    return sum(encode_end(example.state, limit).is_truncated for example in examples)


def _length(example: StateExample) -> int:
    return len(example.state)
