"""The base of all trainable modules: one loss, one optimiser, one way of logging."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.callbacks import Timer
from torch import Tensor

from bait_models.training.options import FitOptions


class Learner(LightningModule, ABC):
    """A LightningModule whose subclasses say what the loss of a batch is.

    Attributes:
        fit_options: Set by `fit`; what the optimiser goes by.
        timer: The same; how long it trains.
    """

    fit_options: FitOptions | None = None
    timer: Timer | None = None

    @abstractmethod
    def losses(self, batch: Any) -> Mapping[str, Tensor]:
        """Numbers to log about a batch, scalars; the one called `loss` is made smaller."""

    def batch_size_of(self, batch: Any) -> int:
        """How many examples a batch holds, which weighs its numbers."""
        return len(batch)

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:  # noqa: ARG002  (Lightning's)
        """The loss of a batch."""
        return self._logged("train", batch)

    def validation_step(self, batch: Any, batch_idx: int) -> None:  # noqa: ARG002  (Lightning's)
        """Log what the loss of a batch would be."""
        self._logged("valid", batch)

    def configure_optimizers(self) -> Any:
        """AdamW; the rate rises linearly and falls along a cosine to a hundredth.

        It has fallen when the steps or the time are used up, whichever comes first: a training
        that time ends gains as much from its last, small steps as any other.
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
        """Share of the highest learning rate at a step."""
        options = self.fit_options or FitOptions()
        if step < options.warmup_steps:
            return (step + 1) / options.warmup_steps
        left = max(self._steps_in_all() - options.warmup_steps, 1)
        progress = max((step - options.warmup_steps) / left, self._share_of_time())
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))

    def _steps_in_all(self) -> float:
        return self.trainer.estimated_stepping_batches if self._trainer else math.inf

    def _share_of_time(self) -> float:
        """How much of the time to train is over; 0 if there is no limit."""
        left = self.timer.time_remaining() if self.timer else None
        if self.timer is None or left is None:
            return 0.0
        elapsed = self.timer.time_elapsed()
        return elapsed / (elapsed + max(left, 1e-6))

    def _logged(self, split: str, batch: Any) -> Tensor:
        numbers = self.losses(batch)
        self.log_dict(
            {f"{split}_{name}": value.detach() for name, value in numbers.items()},
            batch_size=self.batch_size_of(batch),
            on_step=split == "train",
            on_epoch=split == "valid",
            prog_bar=True,
        )
        return numbers["loss"]
