"""Options of the tactic model `lean-automation`."""

from __future__ import annotations

from pydantic import Field

from bait_core.options import Options


class AutomationOptions(Options):
    """What the model tries."""

    premises: int = Field(
        default=12, ge=0, le=256, description="How many library facts it tries per goal."
    )
    slow: bool = Field(default=True, description="Whether it tries tactics that can take seconds.")
    disabled: tuple[str, ...] = Field(
        default=(), description="Words, such as `grind`, that no suggested tactic may contain."
    )
