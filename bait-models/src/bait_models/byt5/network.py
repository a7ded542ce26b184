"""Networks of the ByT5 architecture: new ones, and those of checkpoints."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar, cast

import safetensors
import torch
from huggingface_hub.errors import StrictDataclassError
from torch import nn
from transformers import PreTrainedModel, T5Config, T5ForConditionalGeneration

from bait_core import CheckpointError
from bait_models.byt5.options import NetworkSize
from bait_models.byt5.text import END, PAD, VOCABULARY_SIZE
from bait_models.training.checkpoints import load_weights, read_header, save_checkpoint

T5 = TypeVar("T5", bound=PreTrainedModel)

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


class Loaded(NamedTuple, Generic[T5]):
    """The content of a checkpoint.

    Attributes:
        network: On the CPU.
        hyperparameters: Those saved with it; empty for checkpoints of transformers.
    """

    network: T5
    hyperparameters: dict[str, Any]


def new_t5(size: NetworkSize, network: type[T5]) -> T5:
    """A new network of this size, with random weights."""
    config = {
        "vocab_size": VOCABULARY_SIZE,
        "d_model": size.d_model,
        "d_kv": size.d_model // size.heads,
        "d_ff": size.d_ff,
        "num_layers": size.layers,
        "num_decoder_layers": size.decoder_layers,
        "num_heads": size.heads,
        "dropout_rate": size.dropout,
        "feed_forward_proj": "gated-gelu",
        "decoder_start_token_id": PAD,
        "pad_token_id": PAD,
        "eos_token_id": END,
    }
    return _untied(network(T5Config.from_dict(config)))


def save_t5(
    folder: Path, kind: str, network: PreTrainedModel, hyperparameters: dict[str, Any]
) -> None:
    """Write a checkpoint of a network.

    Raises:
        CheckpointError: It can't be written.
    """
    config = network.config.to_diff_dict()
    save_checkpoint(folder, kind, {**hyperparameters, "config": config}, network)


def load_t5(checkpoint: str, kind: str, network: type[T5]) -> Loaded[T5]:
    """The network of a checkpoint.

    Args:
        checkpoint: A folder written by a trainer, a folder of transformers, or the name of a model
            on the Hugging Face hub, such as `kaiyuy/leandojo-lean4-tacgen-byt5-small`. Weights in
            safetensors are preferred; code that comes with a model is never run.
        kind: The kind that a checkpoint of a trainer must have.
        network: Class of the network.

    Raises:
        CheckpointError: There is none, or it holds something else.
    """
    folder = Path(checkpoint)
    if (folder / "config.json").exists():
        return Loaded(_pretrained(checkpoint, network), {})
    if not folder.exists() and _HUB_NAME.fullmatch(checkpoint):
        return Loaded(_pretrained(checkpoint, network), {})
    hyperparameters = read_header(folder, kind).hyperparameters
    loaded = unloaded_t5(folder, hyperparameters, network)
    load_weights(folder, loaded)
    return Loaded(loaded, hyperparameters)


def unloaded_t5(folder: Path, hyperparameters: dict[str, Any], network: type[T5]) -> T5:
    """A network of a checkpoint's size, whose weights are yet to be loaded.

    Raises:
        CheckpointError: The checkpoint does not say how large its network is.
    """
    try:
        config = T5Config.from_dict(hyperparameters["config"])
    except (KeyError, TypeError, StrictDataclassError) as error:
        raise CheckpointError(
            f"the checkpoint {folder} does not say how large its network is: {error}"
        ) from error
    return _untied(network(config))


def _pretrained(name: str, network: type[T5]) -> T5:
    try:
        found, report = cast(
            "tuple[T5, dict[str, set[str]]]",
            network.from_pretrained(name, output_loading_info=True, dtype=torch.float32),
        )
    except (OSError, ValueError, RuntimeError, safetensors.SafetensorError) as error:
        raise CheckpointError(
            f"the model {name} can't be loaded: {error}",
            hint="Give a folder written by a trainer, a folder of transformers, or the name of a "
            "model on the Hugging Face hub.",
        ) from error
    if missing := report["missing_keys"]:
        raise CheckpointError(f"the model {name} lacks {', '.join(sorted(missing)[:3])}")
    if found.config.model_type != "t5" or found.config.vocab_size < VOCABULARY_SIZE:
        raise CheckpointError(f"the model {name} does not read bytes, as ByT5 does")
    return _untied(found)


def _untied(network: T5) -> T5:
    """Give the output layer its own weights, as in ByT5; transformers would share them."""
    if isinstance(network, T5ForConditionalGeneration):
        network.lm_head.weight = nn.Parameter(network.lm_head.weight.detach().clone())
        network.config.tie_word_embeddings = False
    return network
