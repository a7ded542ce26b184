"""The contract of a trainer: from training examples to a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """What a trainer is given.

    Attributes:
        examples: Folder with the examples, `train.jsonl.gz` and `valid.jsonl.gz`, which
            `bait_core.training.read_examples` reads.
        folder: For its logs and what it needs to resume after a kill. Anything already there is
            its own, from the same task.
        checkpoint: The checkpoint to write, a folder that does not exist yet.
        start: The checkpoint to start from; None to start from scratch.
        seed: The random seed.
    """

    examples: Path
    folder: Path
    checkpoint: Path
    start: Path | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The result of a training.

    Attributes:
        metrics: Numbers to report, such as `valid_loss`.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)


class Trainer(Protocol):
    """Trains a model of one kind on examples of one kind."""

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train, and write the checkpoint as the last thing.

        Raises:
            TrainingError: There are no examples, the checkpoint to start from is not usable, or
                the loss became NaN or infinite.
        """
        ...
