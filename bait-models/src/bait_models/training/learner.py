"""The base class of all trainable modules: one loss, one optimiser, one way of logging."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.callbacks import Timer
from torch import Tensor

from bait_core import ModelError, Options
from bait_models.training.options import FitOptions

ModelOptions = TypeVar("ModelOptions", bound=Options)


class Learner(LightningModule, ABC):
    """A LightningModule whose subclasses define the loss of a batch.

    Attributes:
        fit_options: Options of the optimiser; set by `fit`.
        timer: Limits the training time; set by `fit`.
    """

    fit_options: FitOptions | None = None
    timer: Timer | None = None

    @abstractmethod
    def losses(self, batch: Any) -> Mapping[str, Tensor]:
        """Scalar metrics of a batch to be logged; the one called `loss` is minimised."""

    def batch_size_of(self, batch: Any) -> int:
        """How many examples a batch holds, by which its metrics are weighted."""
        return len(batch)

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:  # noqa: ARG002  (Lightning's)
        """The loss of a batch."""
        return self._logged("train", batch)

    def validation_step(self, batch: Any, batch_idx: int) -> None:  # noqa: ARG002  (Lightning's)
        """Log the metrics of a batch."""
        self._logged("valid", batch)

    def configure_optimizers(self) -> Any:
        """AdamW with linear warm-up and cosine decay to a hundredth of the peak learning rate.

        The decay ends when the steps or the time are used up, whichever comes first: a run that is
        ended by the clock benefits from its last, small steps as much as any other.
        """
        options = self.fit_options or FitOptions()
        decayed = [p for p in self.parameters() if p.requires_grad and p.ndim > 1]
        others = [p for p in self.parameters() if p.requires_grad and p.ndim <= 1]
        groups = [
            {"params": decayed, "weight_decay": options.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=options.learning_rate)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, self._rate)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    def _rate(self, step: int) -> float:
        """The learning rate at a step as a share of its peak."""
        options = self.fit_options or FitOptions()
        if step < options.warmup_steps:
            return (step + 1) / options.warmup_steps
        left = max(self._total_steps() - options.warmup_steps, 1)
        progress = max((step - options.warmup_steps) / left, self._share_of_time())
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))

    def _total_steps(self) -> float:
        return self.trainer.estimated_stepping_batches if self._trainer else math.inf

    def _share_of_time(self) -> float:
        """The share of the training time that is used up; 0 without a limit."""
        left = self.timer.time_remaining() if self.timer else None
        if self.timer is None or left is None:
            return 0.0
        elapsed = self.timer.time_elapsed()
        return elapsed / (elapsed + max(left, 1e-6))

    def _logged(self, split: str, batch: Any) -> Tensor:
        metrics = self.losses(batch)
        self.log_dict(
            {f"{split}_{name}": value.detach() for name, value in metrics.items()},
            batch_size=self.batch_size_of(batch),
            on_step=split == "train",
            on_epoch=split == "valid",
            prog_bar=True,
        )
        return metrics["loss"]


def loaded_options(options: ModelOptions | None) -> ModelOptions:
    """The options that a tactic model was loaded with.

    Raises:
        ModelError: It was not loaded from a checkpoint: it is being trained.
    """
    if options is None:
        raise ModelError("a model under training proposes no tactics", hint="Load its checkpoint.")
    return options
