"""Small goal models, and goals for them to learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from bait_core.domain import Goal
from bait_core.protocols import TrainingTask
from bait_core.training import write_examples
from bait_models.goal_models.provability.encoder import ByteEncoder
from bait_models.goal_models.provability.model import ProvabilityModel
from bait_models.goal_models.provability.options import (
    ByteEncoderOptions,
    ProvabilityModelOptions,
    ProvabilityTrainerOptions,
)
from bait_models.goal_models.provability.training import ProvabilityTrainer
from bait_models.trace_processors.provability import ProvabilityExample

from .holist_library import both, negated, variable
from .tiny_t5 import FIT, TINY

BYTES: dict[str, Any] = {"kind": "bytes", "size": TINY, "max_source": 64}
TERMS: dict[str, Any] = {"kind": "gnn", "dim": 16, "layers": 2, "dropout": 0.0}
ENCODERS = {"bytes": BYTES, "gnn": TERMS}


def model(seed: int = 0, **changes: Any) -> ProvabilityModel:
    torch.manual_seed(seed)
    options = ByteEncoderOptions.model_validate(BYTES)
    return ProvabilityModel(ByteEncoder.new(options), **changes).eval()


def goal(text: str) -> Goal:
    return Goal(text, text)


def examples(count: int = 12) -> list[ProvabilityExample]:
    """Conjunctions can be proved, negations can't; readable as texts and as terms."""
    found = []
    for number in range(count):
        x, y = variable(f"x{number}"), variable(f"y{number}")
        for term, label in ((both(x, y), 1.0), (negated(x), 0.0)):
            text = f"x{number} /\\ y{number}" if label else f"~x{number}"
            found.append(ProvabilityExample(f"(g () {term})", text, (), label, 1.0 + label))
    return found


def write(folder: Path, count: int = 12, valid_share: float = 0.4) -> Path:
    named = [(f"t{place // 2}", example) for place, example in enumerate(examples(count))]
    write_examples(folder, named, valid_share)
    return folder


def train(
    folder: Path, start: Path | None = None, seed: int = 0, **changes: Any
) -> dict[str, float]:
    """Train on what is in `examples`, which is written if there is nothing."""
    if not (folder / "examples").exists():
        write(folder / "examples")
    small = {**FIT, "encoder": BYTES, "max_epochs": 2, "learning_rate": 0.01, "batch_size": 4}
    options = ProvabilityTrainerOptions.model_validate(small | changes)
    task = TrainingTask(folder / "examples", folder / "trainer", folder / "checkpoint", start, seed)
    return dict(ProvabilityTrainer(options).train(task).metrics)


def load(folder: Path) -> ProvabilityModel:
    checkpoint = folder / "checkpoint"
    return ProvabilityModel.load(ProvabilityModelOptions(checkpoint=checkpoint, device="cpu"))
