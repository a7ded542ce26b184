"""The trainer `dpo`: trains a generator on which of two tactics did better."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from transformers import T5ForConditionalGeneration

from bait_core import TrainingError, TrainingResult, TrainingTask
from bait_models.byt5.data import encode_states, state_data
from bait_models.byt5.finetuning import LowRankAdapter, fit_and_save, start_checkpoint
from bait_models.byt5.network import load_t5
from bait_models.byt5.text import encode_target, pad_labels
from bait_models.tactic_models.reprover.dpo.learner import DPO
from bait_models.tactic_models.reprover.dpo.options import DPOTrainerOptions
from bait_models.tactic_models.reprover.dpo.reference import (
    FrozenCopy,
    Reference,
    TacticPairs,
    WithoutAdapter,
    recorded,
)
from bait_models.tactic_models.reprover.generator import KIND, Generator
from bait_models.trace_processors.preferences import PreferenceExample
from bait_models.training.data import ExampleData
from bait_models.training.fit import seed_everything


class DPOTrainer:
    """Trains a generator by direct preference optimisation; its checkpoints are generators."""

    def __init__(self, options: DPOTrainerOptions) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train; see `bait_core.protocols.Trainer`.

        As in the authors' code, neither the generator nor its reference uses dropout.
        """
        options = self._options
        seed_everything(task.seed)
        data = state_data(task, PreferenceExample, self._collate, options)
        generator = Generator(self._network(task), options.max_source).eval()
        adapter = LowRankAdapter(generator.network, options)
        learner = DPO(
            generator,
            self._reference(generator, adapter, data),
            options.beta,
            options.label_smoothing,
        )
        return fit_and_save(learner, generator, adapter, data, options, task)

    def _network(self, task: TrainingTask) -> T5ForConditionalGeneration:
        name = start_checkpoint(self._options, task)
        if name is None:
            raise TrainingError(
                "preference optimisation has no generator to start from",
                hint="Give a checkpoint of the trainer `seq2seq` as the option pretrained.",
            )
        return load_t5(name, KIND, T5ForConditionalGeneration).network

    def _reference(
        self, generator: Generator, adapter: LowRankAdapter, data: ExampleData[PreferenceExample]
    ) -> Reference:
        if self._options.reference == "recorded":
            _check_recorded(data)
            return recorded
        if self._options.lora_rank:
            return WithoutAdapter(generator, adapter)
        return FrozenCopy(generator)

    def _collate(self, examples: Sequence[PreferenceExample]) -> TacticPairs:
        chosen = [example.chosen for example in examples]
        rejected = [example.rejected for example in examples]
        return TacticPairs(
            encode_states(examples, self._options.max_source),
            pad_labels([encode_target(tactic) for tactic in chosen + rejected]),
            torch.tensor(
                [
                    [_number(example.chosen_log_probability) for example in examples],
                    [_number(example.rejected_log_probability) for example in examples],
                ]
            ),
        )


def _check_recorded(data: ExampleData[PreferenceExample]) -> None:
    """Refuse pairs without recorded log-probabilities."""
    examples = [*data.train, *data.valid]
    incomplete = [
        example
        for example in examples
        if example.chosen_log_probability is None or example.rejected_log_probability is None
    ]
    if incomplete:
        first = incomplete[0]
        raise TrainingError(
            f"{len(incomplete)} of {len(examples)} pairs lack log-probabilities, the first of them "
            f"{first.chosen!r} and {first.rejected!r} in {first.state!r}",
            hint="Set the option reference to frozen, or learn from searches only.",
        )


def _number(value: float | None) -> float:
    return math.nan if value is None else value
