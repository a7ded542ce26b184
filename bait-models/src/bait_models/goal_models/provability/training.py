"""The trainer `provability`: trains the goal model on which goals can be proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from lightning.fabric.utilities import move_data_to_device
from torch import Tensor
from torchmetrics.functional.classification import binary_auroc

from bait_core import CheckpointError, Goal, TrainingResult, TrainingTask, read_examples
from bait_models.goal_models.provability.calibration import (
    Calibration,
    brier_score,
    expected_calibration_error,
)
from bait_models.goal_models.provability.encoder import GoalEncoder
from bait_models.goal_models.provability.model import GoalBatch, ProvabilityModel, new_encoder
from bait_models.goal_models.provability.options import ProvabilityTrainerOptions
from bait_models.trace_processors.provability import ProvabilityExample
from bait_models.training.data import ExampleData
from bait_models.training.devices import find_device, usual_device
from bait_models.training.fit import fit, seed_everything


class ProvabilityTrainer:
    """Trains the goal model with cross entropy, and calibrates it on the validation examples."""

    def __init__(self, options: ProvabilityTrainerOptions) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train; see `bait_core.protocols.Trainer`.

        The result has the metrics of `fit`, the number of truncated goals and, if there are
        validation examples: `ece_before` and `brier_before`, the expected calibration error and the
        Brier score; `valid_auc`, if there are goals of both classes; and if the model could be
        calibrated, `temperature`, `bias`, `ece_after` and `brier_after`.
        """
        options = self._options
        seed_everything(task.seed)
        model = self._first(task)
        encoder = model.encoder
        data = ExampleData(
            task.examples,
            ProvabilityExample,
            lambda examples: collate(encoder, examples),
            batch_size=options.batch_size,
            seed=task.seed,
            length=_length if options.group_by_length else None,
        )
        goals = map(_goal, [*data.train, *data.valid])
        truncated = sum(encoder.read(goal).is_truncated for goal in goals)
        metrics = fit(model.train(), data, options, task)
        device = find_device(usual_device(options.accelerator))
        calibrated = calibrate(model.to(device), data)
        model.save(task.checkpoint)
        return TrainingResult({**metrics, **calibrated, "truncated_goals": float(truncated)})

    def _first(self, task: TrainingTask) -> ProvabilityModel:
        """The model of the checkpoint to start from, or a new one."""
        wanted = self._options.encoder
        if task.start is None:
            examples = read_examples(task.examples, "train", ProvabilityExample)
            return ProvabilityModel(new_encoder(wanted, (example.goal for example in examples)))
        model = ProvabilityModel.restored(task.start)
        if model.encoder.kind != wanted.kind:
            raise CheckpointError(
                f"the checkpoint {task.start} has the encoder {model.encoder.kind}, but the "
                f"options name {wanted.kind}",
                hint="Name the same encoder, or train a new model.",
            )
        model.calibration = Calibration()
        return model


def collate(encoder: GoalEncoder, examples: Sequence[ProvabilityExample]) -> GoalBatch:
    """Examples as a batch, on the CPU."""
    return GoalBatch(
        encoder.batch([encoder.read(_goal(example)).content for example in examples]),
        torch.tensor([example.label for example in examples]),
        torch.tensor([example.weight for example in examples]),
    )


def calibrate(
    model: ProvabilityModel, data: ExampleData[ProvabilityExample]
) -> Mapping[str, float]:
    """Calibrate a model on validation examples; returns metrics from before and after.

    The examples' weights are not used: the bias corrects their effect on the probabilities.
    """
    if not data.valid:
        return {}
    logits, labels = _validation_logits(model, data)
    metrics = {f"{name}_before": value for name, value in _quality(logits, labels).items()}
    is_positive = labels > 0.5
    if is_positive.any() and not is_positive.all():
        metrics["valid_auc"] = float(binary_auroc(logits, is_positive.long()))
    if model.calibration.fit(logits, labels):
        better = model.calibration.cpu()(logits)
        metrics |= {f"{name}_after": value for name, value in _quality(better, labels).items()}
        metrics["temperature"] = float(model.calibration.temperature)
        metrics["bias"] = float(model.calibration.bias)
    return metrics


@torch.no_grad()
def _validation_logits(
    model: ProvabilityModel, data: ExampleData[ProvabilityExample]
) -> tuple[Tensor, Tensor]:
    """Logits and labels of the validation examples, on the CPU and in double precision."""
    model.eval()
    logits, labels = [], []
    for batch in data.val_dataloader():
        logits.append(model.logits(move_data_to_device(batch.goals, model.device)).cpu())
        labels.append(batch.labels)
    return torch.cat(logits).double(), torch.cat(labels).double()


def _quality(logits: Tensor, labels: Tensor) -> dict[str, float]:
    probabilities = logits.sigmoid()
    return {
        "ece": expected_calibration_error(probabilities, labels),
        "brier": brier_score(probabilities, labels),
    }


def _goal(example: ProvabilityExample) -> Goal:
    return Goal(example.goal, example.text, example.symbols)


def _length(example: ProvabilityExample) -> int:
    return len(example.text)
