"""The trainer `retriever`: trains an encoder to find the premises that goals need."""

from __future__ import annotations

from transformers import T5EncoderModel

from bait_core import TrainingResult, TrainingTask
from bait_models.byt5.data import state_data
from bait_models.byt5.finetuning import LowRankAdapter, fit_and_save, initial_network
from bait_models.retrieval.data import StepBatches
from bait_models.retrieval.losses import make_loss
from bait_models.retrieval.metrics import retrieval_metrics
from bait_models.retrieval.model import KIND, Retriever
from bait_models.retrieval.options import RetrieverTrainerOptions
from bait_models.trace_processors.corpus import Corpus
from bait_models.trace_processors.retrieval import RetrievalExample
from bait_models.training.devices import find_device, usual_device
from bait_models.training.fit import seed_everything


class RetrieverTrainer:
    """Trains a retriever to tell the premises that steps use from the others in the batch."""

    def __init__(self, options: RetrieverTrainerOptions) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Train; see `bait_core.protocols.Trainer`.

        Besides the metrics of the last epoch, the result has retrieval metrics of the best weights,
        over all premises accessible to the validation steps.

        Raises:
            TraceError: The corpus can't be read.
        """
        options = self._options
        corpus = Corpus.read(options.corpus)
        seed_everything(task.seed)
        network = initial_network(options, task, KIND, T5EncoderModel)
        adapter = LowRankAdapter(network, options)
        loss = make_loss(options.loss, options.temperature)
        model = Retriever(network, options.max_source, loss).train()
        steps = StepBatches(model, corpus.indices, options.positives, options.negatives)
        data = state_data(task, RetrievalExample, steps.collate, options)
        steps.check(data)
        data.draw = steps.draw
        result = fit_and_save(model, model, adapter, data, options, task)
        model.to(find_device(usual_device(options.accelerator))).eval()
        found = retrieval_metrics(model, corpus.premises, data.valid)
        return TrainingResult(
            {**result.metrics, **{f"valid_{name}": value for name, value in found.items()}}
        )
