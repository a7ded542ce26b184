"""What a training begins with: a network, perhaps with low-rank changes to be learned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from peft import LoraConfig, LoraModel
from transformers import PreTrainedModel

from bait_core.protocols import TrainingTask
from bait_models.byt5.network import T5, load_t5, new_t5
from bait_models.byt5.options import ByteFitOptions, ByteTrainerOptions


def start_checkpoint(options: ByteFitOptions, task: TrainingTask) -> str | None:
    """The checkpoint to start from, or else the pretrained network, if there is one."""
    return str(task.start) if task.start is not None else options.pretrained


def initial_network(
    options: ByteTrainerOptions, task: TrainingTask, kind: str, network: type[T5]
) -> T5:
    """The network of the checkpoint to start from, a pretrained one, or one with random weights.

    Args:
        options: Name the pretrained one, or the size.
        task: Names the checkpoint to start from.
        kind: What that checkpoint must be of.
        network: The class of the network.

    Raises:
        CheckpointError: The checkpoint can't be used.
    """
    name = start_checkpoint(options, task)
    if name is None:
        return new_t5(options.size, network)
    return load_t5(name, kind, network).network


class LowRankAdapter:
    """Low-rank changes of a network's attention, if wanted (LoRA, Hu et al., arXiv 2106.09685).

    The network is changed in place: its own weights are frozen, and those of the changes are
    learned.

    Args:
        network: To be trained.
        options: The rank; 0 leaves the network as it is.
    """

    def __init__(self, network: PreTrainedModel, options: ByteFitOptions) -> None:
        self._adapted: LoraModel | None = None
        if options.lora_rank:
            config = LoraConfig(
                r=options.lora_rank,
                lora_alpha=options.lora_alpha,
                lora_dropout=options.lora_dropout,
                target_modules=["q", "v"],
            )
            self._adapted = LoraModel(network, config, "default")

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """Meanwhile the network is as if it had not been changed."""
        if self._adapted is None:
            raise ValueError("there are no low-rank changes to switch off")
        self._adapted.disable_adapter_layers()
        try:
            yield
        finally:
            self._adapted.enable_adapter_layers()

    def merge(self) -> None:
        """Make the changes part of the network's own weights."""
        if self._adapted is not None:
            self._adapted.merge_and_unload()
