"""Options of every trainer; light, since listing plugins imports them."""

from __future__ import annotations

from pydantic import Field

from bait_core import Options


class FitOptions(Options):
    """How long and on what to train; named as in Lightning's Trainer where it has the same."""

    max_epochs: int = Field(default=10, ge=1, description="passes over the examples")
    max_steps: int = Field(
        default=-1, ge=-1, description="maximum optimiser steps; -1 means no limit"
    )
    max_minutes: float | None = Field(
        default=None, gt=0, description="maximum wall time in minutes"
    )
    batch_size: int = Field(default=32, ge=1, description="examples per step and device")
    accumulate_grad_batches: int = Field(default=1, ge=1, description="batches per optimiser step")
    learning_rate: float = Field(default=1e-3, gt=0, description="peak learning rate of AdamW")
    weight_decay: float = Field(default=1e-2, ge=0, description="weight decay of AdamW")
    warmup_steps: int = Field(default=100, ge=0, description="steps until the peak learning rate")
    gradient_clip: float = Field(
        default=1.0, ge=0, description="maximum norm of the gradient; 0 means no clipping"
    )
    accelerator: str = Field(default="auto", description="accelerator, such as cpu or gpu, or auto")
    devices: int | str = Field(default="auto", description="number of devices, or auto")
    strategy: str = Field(default="auto", description="how devices share the work, such as ddp")
    precision: str = Field(default="32-true", description="numerical precision, such as bf16-mixed")
    loggers: tuple[str, ...] = Field(
        default=("csv", "tensorboard"),
        description="loggers to use, out of csv, tensorboard and wandb",
    )
    patience: int | None = Field(
        default=None, ge=1, description="stop after this many epochs without a better valid_loss"
    )
    progress_bar: bool = Field(default=True, description="whether to show a progress bar")
