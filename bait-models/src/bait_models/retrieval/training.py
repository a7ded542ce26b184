"""The trainer `retriever`: teaches an encoder which premises goals need."""

from __future__ import annotations

from transformers import T5EncoderModel

from bait_core.protocols import TrainingResult, TrainingTask
from bait_models.byt5.data import state_data, truncated_states
from bait_models.byt5.finetuning import LowRankAdapter, initial_network
from bait_models.retrieval.data import StepBatches
from bait_models.retrieval.losses import make_loss
from bait_models.retrieval.metrics import retrieval_metrics
from bait_models.retrieval.model import KIND, Retriever
from bait_models.retrieval.options import RetrieverTrainerOptions
from bait_models.trace_processors.corpus import Corpus
from bait_models.trace_processors.retrieval import RetrievalExample
from bait_models.training.devices import find_device, usual_device
from bait_models.training.fit import fit, seed_everything


class RetrieverTrainer:
    """Trains a retriever to tell the premises that steps use from others of the batch."""

    def __init__(self, options: RetrieverTrainerOptions) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train; see `bait_core.protocols.Trainer`.

        Besides the numbers of the last epoch, the result tells how well the best weights find the
        premises of the validation steps among all that they might use.

        Raises:
            TraceError: The corpus can't be read.
        """
        options = self._options
        corpus = Corpus.read(options.corpus)
        seed_everything(task.seed)
        network = initial_network(options, task, KIND, T5EncoderModel)
        low_rank = LowRankAdapter(network, options)
        loss = make_loss(options.loss, options.temperature)
        model = Retriever(network, options.max_source, loss).train()
        steps = StepBatches(model, corpus.indices, options.positives, options.negatives)
        data = state_data(task, RetrievalExample, steps.collate, options)
        steps.check(data)
        data.draw = steps.draw
        metrics = fit(model, data, options, task)
        low_rank.merge()
        model.save(task.checkpoint)
        model.to(find_device(usual_device(options.accelerator))).eval()
        measured = retrieval_metrics(model, corpus.premises, data.valid)
        truncated = truncated_states(data, options.max_source)
        return TrainingResult(
            {
                **metrics,
                **{f"valid_{name}": value for name, value in measured.items()},
                "truncated_goals": float(truncated),
            }
        )
