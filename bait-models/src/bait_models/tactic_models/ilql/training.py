"""The trainer `ilql`: trains a generator together with values of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import T5ForConditionalGeneration

from bait_core import TrainingResult, TrainingTask
from bait_models.byt5.data import encode_states, state_data
from bait_models.byt5.finetuning import (
    LowRankAdapter,
    fit_and_save,
    initial_network,
    start_checkpoint,
)
from bait_models.byt5.network import load_t5
from bait_models.byt5.text import encode_target, pad_labels
from bait_models.tactic_models.ilql.model import ILQL, KIND, TacticEpisodes
from bait_models.tactic_models.ilql.options import ILQLTrainerOptions
from bait_models.tactic_models.ilql.values import ValuedT5
from bait_models.tactic_models.reprover import generator
from bait_models.trace_processors.episodes import EpisodeExample
from bait_models.training.checkpoints import is_checkpoint, read_header
from bait_models.training.fit import seed_everything


class ILQLTrainer:
    """Trains a generator and the values of its tokens."""

    def __init__(self, options: ILQLTrainerOptions) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train; see `bait_core.protocols.Trainer`.

        It starts from its own checkpoint or from that of a generator.
        """
        options = self._options
        seed_everything(task.seed)
        data = state_data(task, EpisodeExample, self._collate, options)
        network = self._network(task)
        adapter = LowRankAdapter(network, options)
        network.values.unfreeze()  # adapters freeze everything else
        model = ILQL(network, options.max_source, loss_options=options).train()
        return fit_and_save(model, model, adapter, data, options, task)

    def _network(self, task: TrainingTask) -> ValuedT5:
        name = start_checkpoint(self._options, task)
        if name is not None and is_checkpoint(Path(name)):
            kind = read_header(Path(name), KIND, generator.KIND).kind
            if kind == KIND:
                return load_t5(name, KIND, ValuedT5).network
        return ValuedT5.of(
            initial_network(self._options, task, generator.KIND, T5ForConditionalGeneration)
        )

    def _collate(self, examples: Sequence[EpisodeExample]) -> TacticEpisodes:
        options = self._options
        rows = [encode_target(example.tactic, options.max_target) for example in examples]
        return TacticEpisodes(
            encode_states(examples, options.max_source),
            pad_labels(rows),
            torch.tensor([example.reward for example in examples]),
        )
