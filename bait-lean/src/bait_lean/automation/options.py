"""Options of the tactic model `lean-automation`."""

from __future__ import annotations

from pydantic import Field

from bait_core import Options


class AutomationOptions(Options):
    """What the model tries."""

    premises: int = Field(
        default=12, ge=0, le=256, description="How many library facts to try per goal."
    )
    slow: bool = Field(default=True, description="Whether to try tactics that can take seconds.")
    disabled: tuple[str, ...] = Field(
        default=(), description="Words, such as `grind`, that suggested tactics must not contain."
    )
