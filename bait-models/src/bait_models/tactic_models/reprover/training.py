"""The trainer `seq2seq`: trains a generator on the tactics that proved goals."""

from __future__ import annotations

from collections.abc import Sequence

from transformers import T5ForConditionalGeneration

from bait_core import TrainingResult, TrainingTask
from bait_models.byt5.data import encode_states, state_data
from bait_models.byt5.finetuning import LowRankAdapter, fit_and_save, initial_network
from bait_models.byt5.text import encode_target, pad_labels
from bait_models.retrieval.model import Retriever
from bait_models.tactic_models.reprover.augmentation import RetrievalAugmentation
from bait_models.tactic_models.reprover.generator import KIND, Generator, TextPairs
from bait_models.tactic_models.reprover.options import Seq2SeqTrainerOptions
from bait_models.trace_processors.corpus import Corpus
from bait_models.trace_processors.seq2seq import Seq2SeqExample
from bait_models.training.devices import usual_device
from bait_models.training.fit import seed_everything


class Seq2SeqTrainer:
    """Trains a generator with cross entropy."""

    def __init__(self, options: Seq2SeqTrainerOptions) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train; see `bait_core.protocols.Trainer`."""
        options = self._options
        seed_everything(task.seed)
        data = state_data(task, Seq2SeqExample, self._collate, options)
        data.draw = self._augmentation([*data.train, *data.valid])
        network = initial_network(options, task, KIND, T5ForConditionalGeneration)
        adapter = LowRankAdapter(network, options)
        model = Generator(network, options.max_source).train()
        return fit_and_save(model, model, adapter, data, options, task)

    def _augmentation(self, examples: Sequence[Seq2SeqExample]) -> RetrievalAugmentation | None:
        options = self._options
        if options.retriever is None or options.corpus is None:
            return None
        retriever = Retriever.load(options.retriever, usual_device(options.accelerator))
        return RetrievalAugmentation(examples, retriever, Corpus.read(options.corpus), options)

    def _collate(self, examples: Sequence[Seq2SeqExample]) -> TextPairs:
        options = self._options
        return TextPairs(
            encode_states(examples, options.max_source),
            pad_labels([encode_target(example.tactic, options.max_target) for example in examples]),
        )
