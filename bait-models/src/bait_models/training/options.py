"""Options of every trainer; light, since listing plugins imports them."""

from __future__ import annotations

from pydantic import Field

from bait_core.options import Options


class FitOptions(Options):
    """How long and on what to train; the names are those of Lightning's Trainer."""

    max_epochs: int = Field(default=10, ge=1, description="passes over the examples")
    max_steps: int = Field(default=-1, ge=-1, description="optimiser steps at most; -1 for any")
    max_minutes: float | None = Field(default=None, gt=0, description="wall time at most")
    batch_size: int = Field(default=32, ge=1, description="examples per step and device")
    accumulate_grad_batches: int = Field(default=1, ge=1, description="batches per optimiser step")
    learning_rate: float = Field(default=1e-3, gt=0, description="highest learning rate of AdamW")
    weight_decay: float = Field(default=1e-2, ge=0, description="of AdamW")
    warmup_steps: int = Field(default=100, ge=0, description="steps until the highest rate")
    gradient_clip: float = Field(default=1.0, ge=0, description="largest norm of the gradient")
    accelerator: str = Field(default="auto", description="cpu, gpu, ... or auto")
    devices: int | str = Field(default="auto", description="how many of them, or auto")
    strategy: str = Field(default="auto", description="how they share the work, such as ddp")
    precision: str = Field(default="32-true", description="such as bf16-mixed")
    loggers: tuple[str, ...] = Field(
        default=("csv", "tensorboard"), description="of csv, tensorboard and wandb"
    )
    patience: int | None = Field(
        default=None, ge=1, description="epochs without a better valid_loss until it stops"
    )
    progress_bar: bool = Field(default=True, description="whether to show progress")
