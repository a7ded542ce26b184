"""Fitting a learner: Lightning's trainer, resumable, with a guard against NaN."""

from __future__ import annotations

import logging
import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.fabric.utilities.warnings import PossibleUserWarning
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint, Timer
from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger, WandbLogger

from bait_core import ConfigurationError, TrainingError, TrainingTask
from bait_models.training.learner import Learner
from bait_models.training.options import FitOptions

_LOGGERS = {"csv": CSVLogger, "tensorboard": TensorBoardLogger, "wandb": WandbLogger}


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and PyTorch, including their data workers."""
    pl.seed_everything(seed, workers=True, verbose=False)
    random.seed(seed)


def fit(
    learner: Learner, data: pl.LightningDataModule, options: FitOptions, task: TrainingTask
) -> dict[str, float]:
    """Train, and leave the learner with its best weights by `valid_loss`, or else its last ones.

    A training run that was killed resumes after the last epoch that it finished.

    Returns:
        The last value of each logged metric, and the number of parameters.

    Raises:
        TrainingError: The loss became NaN or infinite; the batch is saved.
        ConfigurationError: An option does not suit this machine or the other options.
        KeyboardInterrupt: At Ctrl-C.
    """
    learner.fit_options = options
    learner.timer = Timer(timedelta(minutes=options.max_minutes) if options.max_minutes else None)
    folder = task.folder
    folder.mkdir(parents=True, exist_ok=True)
    checkpoints = ModelCheckpoint(
        folder / "kept",
        filename="best",
        monitor="valid_loss",
        save_last=True,
        enable_version_counter=False,
    )
    last = folder / "kept" / "last.ckpt"
    start = str(last) if last.exists() else None
    callbacks = [learner.timer, checkpoints, _NonFiniteGuard(folder), _StepSeed(task.seed)]
    with _quiet_lightning():
        trainer = _trainer(options, folder, callbacks)
        try:
            trainer.fit(learner, datamodule=data, ckpt_path=start, weights_only=True)
        except SystemExit as error:  # what Lightning makes of Ctrl-C
            raise KeyboardInterrupt from error
    if checkpoints.best_model_path and Path(checkpoints.best_model_path).exists():
        best = torch.load(checkpoints.best_model_path, map_location="cpu", weights_only=True)
        learner.load_state_dict(best["state_dict"])
    metrics = {name: float(value) for name, value in trainer.logged_metrics.items()}
    if checkpoints.best_model_score is not None:
        metrics["best_valid_loss"] = float(checkpoints.best_model_score)
    return {
        **metrics,
        "epochs": float(trainer.current_epoch),
        "steps": float(trainer.global_step),
        "parameters": float(sum(p.numel() for p in learner.parameters())),
    }


@contextmanager
def _quiet_lightning() -> Iterator[None]:
    """Silence Lightning's messages about itself, its tips and its own deprecations."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=FutureWarning, message=".*LeafSpec")
            warnings.filterwarnings("ignore", category=PossibleUserWarning)
            warnings.filterwarnings("ignore", message="Checkpoint directory .* exists")
            warnings.filterwarnings("ignore", message="Total length of .* is zero")
            warnings.filterwarnings("ignore", message=r".ModelCheckpoint\(monitor=.valid_loss")
            yield
    finally:
        logger.setLevel(level)


def _trainer(options: FitOptions, folder: Path, callbacks: list[Callback]) -> pl.Trainer:
    if options.patience is not None:
        callbacks.append(EarlyStopping("valid_loss", patience=options.patience))
    try:
        return pl.Trainer(
            accelerator=options.accelerator,
            devices=options.devices,
            strategy=options.strategy,
            precision=options.precision,  # type: ignore[arg-type]  # Lightning checks it
            max_epochs=options.max_epochs,
            max_steps=options.max_steps,
            accumulate_grad_batches=options.accumulate_grad_batches,
            gradient_clip_val=options.gradient_clip or None,
            callbacks=callbacks,
            logger=[_logger(name, folder) for name in options.loggers],
            enable_progress_bar=options.progress_bar,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            log_every_n_steps=10,
            default_root_dir=folder,
        )
    except (ValueError, RuntimeError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            f"Lightning's trainer can't be created: {error}",
            hint="See the options accelerator, devices, strategy, precision and loggers.",
        ) from error


def _logger(name: str, folder: Path) -> Logger:
    if name not in _LOGGERS:
        raise ConfigurationError(
            f"there is no logger {name!r}", hint=f"Choose among {', '.join(_LOGGERS)}."
        )
    logger: Logger = _LOGGERS[name](save_dir=folder, name=name)
    return logger


class _StepSeed(Callback):
    """Seeds each step by its position, so that a resumed run continues as if never stopped.

    Seeding each epoch would not do: Lightning may fetch its first batch before or after it starts.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def on_train_batch_start(self, trainer: pl.Trainer, *rest: Any) -> None:
        batch_index = rest[-1]
        position = f"{self._seed} {trainer.current_epoch} {batch_index}"
        torch.manual_seed(random.Random(position).getrandbits(63))  # noqa: S311  (no secret)


class _NonFiniteGuard(Callback):
    """Stops at a loss that is NaN or infinite, and saves the batch that led to it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "not-a-number.pt"

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *rest: Any
    ) -> None:
        loss = outputs["loss"] if isinstance(outputs, dict) else outputs
        if loss is None or bool(torch.isfinite(loss).all()):
            return
        torch.save({"batch": rest[0], "step": trainer.global_step}, self._path)
        raise TrainingError(
            f"the loss became {float(loss)} at step {trainer.global_step} of "
            f"{type(pl_module).__name__}; the batch is saved in {self._path}",
            hint="Try a smaller learning_rate, a smaller gradient_clip or precision 32-true.",
        )
