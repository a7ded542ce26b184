"""The goal model: a LightningModule that trains, and judges goals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from lightning.fabric.utilities import move_data_to_device
from pydantic import ValidationError
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

from bait_core.domain import Goal
from bait_core.errors import CheckpointError, ConfigurationError
from bait_models.chunks import padded_chunks
from bait_models.goal_models.provability.calibration import Calibration
from bait_models.goal_models.provability.encoder import KIND, ByteEncoder, GoalEncoder
from bait_models.goal_models.provability.options import (
    ByteEncoderOptions,
    GoalEncoderOptions,
    ProvabilityModelOptions,
)
from bait_models.training.checkpoints import load_weights, read_header, save_checkpoint
from bait_models.training.devices import find_device
from bait_models.training.learner import Learner

if TYPE_CHECKING:
    from bait_models.goal_models.provability.terms import TermEncoder

_MAX_BATCH = 8192


class GoalBatch(NamedTuple):
    """Goals and whether they can be proved.

    Attributes:
        goals: What the encoder takes.
        labels: In [0, 1], [batch].
        weights: Above 0, [batch].
    """

    goals: Any
    labels: Tensor
    weights: Tensor


class ProvabilityModel(Learner):
    """Says how probable it is that a goal can be proved.

    A layer norm and a perceptron with one hidden layer make a logit of a goal's embedding.

    Args:
        encoder: Embeds goals.
        max_batch: Bytes or nodes to read at once.

    Attributes:
        truncated: How many goals were too large for the encoder so far, and lost a part: texts
            their beginning, terms what is farthest from the root.
    """

    def __init__(self, encoder: GoalEncoder, max_batch: int = _MAX_BATCH) -> None:
        super().__init__()
        dim = encoder.dim
        self.encoder = encoder
        self.head = nn.Sequential(
            nn.LayerNorm(dim), nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, 1)
        )
        self.calibration = Calibration()
        self.truncated = 0
        self._max_batch = max_batch

    @classmethod
    def load(cls, options: ProvabilityModelOptions) -> ProvabilityModel:
        """The goal model of a checkpoint, ready to judge.

        Raises:
            CheckpointError: The checkpoint can't be used.
            ConfigurationError: It reads terms, and bait-holist is not installed.
        """
        model = cls.restored(options.checkpoint, options.max_batch)
        return model.to(find_device(options.device)).eval()

    @classmethod
    def restored(cls, folder: Path, max_batch: int = _MAX_BATCH) -> ProvabilityModel:
        """The goal model of a checkpoint, on the CPU; raises as `load` does."""
        saved = read_header(folder, KIND).hyperparameters
        try:
            encoder = _restored_encoder(folder, saved["encoder"])
        except (KeyError, TypeError, ValidationError) as error:
            raise CheckpointError(
                f"the checkpoint {folder} does not say how goals are read: {error}"
            ) from error
        model = cls(encoder, max_batch)
        load_weights(folder, model)
        return model

    def save(self, folder: Path) -> None:
        """Write a checkpoint; the calibration is a part of it."""
        save_checkpoint(folder, KIND, {"encoder": self.encoder.hyperparameters()}, self)

    def losses(self, batch: GoalBatch) -> Mapping[str, Tensor]:
        """Weighted mean of the cross entropy with the labels, and how many are guessed."""
        logits = self.logits(batch.goals)
        surprise = binary_cross_entropy_with_logits(logits, batch.labels, reduction="none")
        right = (logits > 0) == (batch.labels > 0.5)
        return {
            "loss": (surprise * batch.weights).sum() / batch.weights.sum(),
            "accuracy": right.float().mean(),
        }

    def batch_size_of(self, batch: GoalBatch) -> int:
        """How many goals there are."""
        return len(batch.labels)

    def logits(self, goals: Any) -> Tensor:
        """Logits [batch] before calibration, from what the encoder takes."""
        logits: Tensor = self.head(self.encoder(goals))[:, 0]
        return logits.float()

    @torch.inference_mode()
    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """Calibrated log-probabilities, finite; goals of similar size are read together."""
        readings = [self.encoder.read(goal) for goal in goals]
        self.truncated += sum(reading.is_truncated for reading in readings)
        order = sorted(range(len(goals)), key=lambda place: readings[place].size)
        sizes = [readings[place].size for place in order]
        scores = [0.0] * len(goals)
        for part in padded_chunks(order, sizes, self._max_batch):
            batch = self.encoder.batch([readings[place].content for place in part])
            logits = self.calibration(self.logits(move_data_to_device(batch, self.device)))
            for place, score in zip(part, logsigmoid(logits).tolist(), strict=True):
                scores[place] = score
        return scores


def new_encoder(options: GoalEncoderOptions, keys: Iterable[str]) -> GoalEncoder:
    """An encoder to be trained.

    Args:
        options: Which.
        keys: Of the goals that it will learn from; those of terms get their vocabulary from them.

    Raises:
        CheckpointError: What it is to begin with can't be used.
        ConfigurationError: It reads terms, and bait-holist is not installed.
    """
    if isinstance(options, ByteEncoderOptions):
        return ByteEncoder.new(options)
    return _term_encoder(options.kind).new(options, keys)


def _restored_encoder(folder: Path, saved: dict[str, Any]) -> GoalEncoder:
    if saved["kind"] == "bytes":
        return ByteEncoder.restored(folder, saved)
    return _term_encoder(saved["kind"]).restored(saved)


def _term_encoder(kind: str) -> type[TermEncoder]:
    """What reads terms, if bait-holist is installed."""
    try:
        from bait_models.goal_models.provability.terms import TermEncoder  # noqa: PLC0415  (optional)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the encoder {kind} reads terms of HOL Light, which needs {error.name}",
            hint="pip install 'bait-models[holist]', or choose the encoder {kind: bytes}.",
        ) from error
    return TermEncoder
