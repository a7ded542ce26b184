"""The devices that models run on when they are not being trained."""

from __future__ import annotations

import torch

from bait_core import ConfigurationError


def find_device(name: str) -> torch.device:
    """The device of that name; `auto` is a GPU if there is one.

    Raises:
        ConfigurationError: There is no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigurationError(
            f"there is no device {name!r}: {error}", hint="Choose auto, cpu, cuda or mps."
        ) from error
    return device


def usual_device(accelerator: str) -> str:
    """The device for before and after training with this accelerator of Lightning's."""
    return "cpu" if accelerator == "cpu" else "auto"
