"""Records of tensors that move between devices together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import torch


@dataclass(frozen=True, slots=True)
class TensorRecord:
    """Its fields are tensors, records of tensors, or None."""

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Self:
        """The same on another device; Lightning calls it."""

        def moved(value: Any) -> Any:
            return None if value is None else value.to(device, non_blocking=non_blocking)

        return type(self)(*(moved(getattr(self, field.name)) for field in fields(self)))
