"""Fine-tuning: the network to start from, LoRA adapters, and fitting up to the checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from peft import LoraConfig, LoraModel
from transformers import PreTrainedModel

from bait_core import TrainingResult, TrainingTask
from bait_models.byt5.data import Example, truncated_states
from bait_models.byt5.network import T5, load_t5, new_t5
from bait_models.byt5.options import ByteFitOptions, ByteTrainerOptions
from bait_models.training.data import ExampleData
from bait_models.training.fit import fit
from bait_models.training.learner import Learner


def start_checkpoint(options: ByteFitOptions, task: TrainingTask) -> str | None:
    """The checkpoint to start from, or else the pretrained network, if there is one."""
    return str(task.start) if task.start is not None else options.pretrained


def initial_network(
    options: ByteTrainerOptions, task: TrainingTask, kind: str, network: type[T5]
) -> T5:
    """The network of the checkpoint to start from, a pretrained one, or one with random weights.

    Args:
        options: Name the pretrained network, or the size of a new one.
        task: Names the checkpoint to start from.
        kind: The kind that the checkpoint must have.
        network: Class of the network.

    Raises:
        CheckpointError: The checkpoint can't be used.
    """
    name = start_checkpoint(options, task)
    if name is None:
        return new_t5(options.size, network)
    return load_t5(name, kind, network).network


class LowRankAdapter:
    """LoRA adapters of a network's attention, if wanted (Hu et al., arXiv 2106.09685).

    The network is changed in place: its own weights are frozen, and those of the adapters are
    trained.

    Args:
        network: The network to be trained.
        options: Set the rank; 0 leaves the network as it is.
    """

    def __init__(self, network: PreTrainedModel, options: ByteFitOptions) -> None:
        self._adapters: LoraModel | None = None
        if options.lora_rank:
            config = LoraConfig(
                r=options.lora_rank,
                lora_alpha=options.lora_alpha,
                lora_dropout=options.lora_dropout,
                target_modules=["q", "v"],
            )
            self._adapters = LoraModel(network, config, "default")

    @contextmanager
    def disabled(self) -> Iterator[None]:
        """Disable the adapters within the context."""
        if self._adapters is None:
            raise ValueError("there are no LoRA adapters to disable")
        self._adapters.disable_adapter_layers()
        try:
            yield
        finally:
            self._adapters.enable_adapter_layers()

    def merge(self) -> None:
        """Merge the adapters into the network's own weights."""
        if self._adapters is not None:
            self._adapters.merge_and_unload()


class Saved(Protocol):
    """A model that writes checkpoints."""

    def save(self, folder: Path) -> None:
        """Write a checkpoint."""
        ...


def fit_and_save(
    learner: Learner,
    model: Saved,
    adapter: LowRankAdapter,
    data: ExampleData[Example],
    options: ByteFitOptions,
    task: TrainingTask,
) -> TrainingResult:
    """Train, and save the model with its adapters merged.

    Args:
        learner: What is fitted.
        model: What is saved: the learner itself, or the model within it.
        adapter: Of the model's network.
        data: The examples.
        options: How to train.
        task: Where to save.

    Returns:
        The metrics of `fit`, and the number of truncated goals.
    """
    metrics = fit(learner, data, options, task)
    adapter.merge()
    model.save(task.checkpoint)
    truncated = truncated_states(data, options.max_source)
    return TrainingResult({**metrics, "truncated_goals": float(truncated)})
