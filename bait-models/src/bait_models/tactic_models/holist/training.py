"""The trainer `holist`."""

from __future__ import annotations

from bait_core import TrainingError, TrainingResult, TrainingTask
from bait_models.tactic_models.holist.data import HolistData
from bait_models.tactic_models.holist.model import HolistModel, read_numbering
from bait_models.tactic_models.holist.options import HolistTrainerOptions
from bait_models.training.checkpoints import load_weights
from bait_models.training.fit import fit, seed_everything


class HolistTrainer:
    """Trains HOList's tactic model."""

    def __init__(self, options: HolistTrainerOptions) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train; see `bait_core.protocols.Trainer`."""
        seed_everything(task.seed)
        numbering = read_numbering(task.start) if task.start is not None else None
        data = HolistData(task.examples, self._options, task.seed, numbering)
        if not data.tactics:
            raise TrainingError(
                f"no tactic occurs {self._options.least_count} times in the examples",
                hint="Learn from more examples, or lower least_count.",
            )
        model = HolistModel(self._options.encoder, data.vocabulary, data.tactics, data.lexicon)
        if task.start is not None:
            load_weights(task.start, model.network)
        metrics = fit(model, data, self._options, task)
        model.save(task.checkpoint)
        return TrainingResult({**metrics, "truncated_goals": float(data.truncated)})
