"""The goal model: a LightningModule that is trained, and scores goals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from lightning.fabric.utilities import move_data_to_device
from pydantic import ValidationError
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

from bait_core import CheckpointError, ConfigurationError, Goal
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
        goals: Input of the encoder.
        labels: In [0, 1], [batch].
        weights: Above 0, [batch].
    """

    goals: Any
    labels: Tensor
    weights: Tensor


class ProvabilityModel(Learner):
    """Estimates the probability that a goal can be proved.

    A layer norm and a perceptron with one hidden layer turn a goal's embedding into a logit.

    Args:
        encoder: Embeds goals.
        max_batch: Bytes or nodes to read at once.

    Attributes:
        truncated: How many goals so far were too large for the encoder, and were truncated: texts
            lose their beginning, terms what is farthest from the root.
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
        """The goal model of a checkpoint, ready to score goals.

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
                f"the checkpoint {folder} does not say how it reads goals: {error}"
            ) from error
        model = cls(encoder, max_batch)
        load_weights(folder, model)
        return model

    def save(self, folder: Path) -> None:
        """Write a checkpoint, which includes the calibration."""
        save_checkpoint(folder, KIND, {"encoder": self.encoder.hyperparameters()}, self)

    def losses(self, batch: GoalBatch) -> Mapping[str, Tensor]:
        """Weighted mean of the cross entropy with the labels, and the accuracy."""
        logits = self.logits(batch.goals)
        cross_entropy = binary_cross_entropy_with_logits(logits, batch.labels, reduction="none")
        right = (logits > 0) == (batch.labels > 0.5)
        return {
            "loss": (cross_entropy * batch.weights).sum() / batch.weights.sum(),
            "accuracy": right.float().mean(),
        }

    def batch_size_of(self, batch: GoalBatch) -> int:
        """How many goals there are."""
        return len(batch.labels)

    def logits(self, goals: Any) -> Tensor:
        """Logits [batch] before calibration, from the input of the encoder."""
        logits: Tensor = self.head(self.encoder(goals))[:, 0]
        return logits.float()

    @torch.inference_mode()
    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """Calibrated, finite log-probabilities; goals are batched by size."""
        readings = [self.encoder.read(goal) for goal in goals]
        self.truncated += sum(reading.is_truncated for reading in readings)
        order = sorted(range(len(goals)), key=lambda index: readings[index].size)
        sizes = [readings[index].size for index in order]
        scores = [0.0] * len(goals)
        for indices in padded_chunks(order, sizes, self._max_batch):
            batch = self.encoder.batch([readings[index].content for index in indices])
            logits = self.calibration(self.logits(move_data_to_device(batch, self.device)))
            for index, score in zip(indices, logsigmoid(logits).tolist(), strict=True):
                scores[index] = score
        return scores


def new_encoder(options: GoalEncoderOptions, keys: Iterable[str]) -> GoalEncoder:
    """An encoder to be trained.

    Args:
        options: Which encoder.
        keys: Keys of the training goals, from which term encoders get their vocabulary.

    Raises:
        CheckpointError: The network to start from can't be used.
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
    """The encoder of terms, if bait-holist is installed."""
    try:
        from bait_models.goal_models.provability.terms import TermEncoder  # noqa: PLC0415  (optional)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the encoder {kind} reads terms of HOL Light, which needs {error.name}",
            hint="pip install 'bait-models[holist]', or choose the encoder {kind: bytes}.",
        ) from error
    return TermEncoder
