"""Checkpoints: a folder with `checkpoint.json` and the weights as `model.safetensors`.

Nothing in them is code, and loading them runs none.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import safetensors
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from bait_core import CheckpointError
from bait_models import __version__

FORMAT = 1
_HEADER, _WEIGHTS = "checkpoint.json", "model.safetensors"


class CheckpointHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The metadata of a checkpoint.

    Attributes:
        format: Version of the format.
        kind: Kind of the model, such as `generator`.
        version: Version of bait-models that wrote it.
        hyperparameters: What the model is rebuilt from, as JSON.
    """

    format: int = FORMAT
    kind: str
    version: str = __version__
    hyperparameters: dict[str, Any]


def save_checkpoint(
    folder: Path, kind: str, hyperparameters: Mapping[str, Any], model: nn.Module
) -> None:
    """Write a checkpoint; the folder appears once all of it is written.

    Raises:
        CheckpointError: It can't be written.
    """
    header = CheckpointHeader(kind=kind, hyperparameters=dict(hyperparameters))
    new = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        (new / _HEADER).write_bytes(msgspec.json.format(msgspec.json.encode(header)))
        save_file(_own_tensors(model), new / _WEIGHTS)
        shutil.rmtree(folder, ignore_errors=True)
        new.replace(folder)
    except OSError as error:
        raise CheckpointError(f"the checkpoint {folder} can't be written: {error}") from error


def is_checkpoint(folder: Path) -> bool:
    """Whether a folder holds a checkpoint, of whatever kind."""
    return (folder / _HEADER).is_file()


def read_header(folder: Path, *kinds: str) -> CheckpointHeader:
    """The metadata of a checkpoint.

    Raises:
        CheckpointError: There is none, it is damaged, newer than this version, or not of these
            kinds.
    """
    try:
        header = msgspec.json.decode((folder / _HEADER).read_bytes(), type=CheckpointHeader)
    except FileNotFoundError as error:
        raise CheckpointError(
            f"there is no checkpoint at {folder}",
            hint="`bait train` and `bait run` write checkpoints; give the folder that holds "
            f"{_HEADER}.",
        ) from error
    except (OSError, msgspec.MsgspecError) as error:
        raise CheckpointError(f"the checkpoint {folder} can't be read: {error}") from error
    if header.format > FORMAT:
        raise CheckpointError(
            f"the checkpoint {folder} has format {header.format}, newer than {FORMAT}",
            hint="Upgrade bait-models: pip install --upgrade bait-models",
        )
    if header.kind not in kinds:
        wanted = " or ".join(map(repr, kinds))
        raise CheckpointError(
            f"the checkpoint {folder} is of the kind {header.kind!r}, not {wanted}",
            hint=f"Give a checkpoint of the kind {wanted}.",
        )
    return header


def load_weights(folder: Path, model: nn.Module) -> None:
    """Load the weights of a checkpoint into a model of its kind, on the CPU.

    Raises:
        CheckpointError: They are missing, truncated or of another shape.
    """
    path = folder / _WEIGHTS
    try:
        weights = load_file(path)
        model.load_state_dict(weights, strict=False)
    except (OSError, safetensors.SafetensorError, RuntimeError) as error:
        raise CheckpointError(
            f"the weights {path} can't be loaded: {error}",
            hint="The checkpoint is damaged; train again, or use another one.",
        ) from error
    if missing := _own_tensors(model).keys() - weights.keys():
        raise CheckpointError(f"the weights {path} lack {', '.join(sorted(missing)[:3])}")


def _own_tensors(model: nn.Module) -> dict[str, Tensor]:
    """The model's tensors without repetition: shared ones only under their first name."""
    seen: set[int] = set()
    tensors: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        if tensor.numel() and tensor.data_ptr() in seen:
            continue
        seen.add(tensor.data_ptr())
        tensors[name] = tensor.detach().to("cpu", copy=True).contiguous()
    return tensors
