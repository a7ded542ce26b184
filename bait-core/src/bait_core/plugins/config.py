"""How a plugin is chosen and configured."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bait_core.options import Options


class PluginConfig(Options):
    """A plugin by name, with its options."""

    name: str = Field(description="of the plugin; see `bait list-plugins`")
    options: dict[str, Any] = Field(default={}, description="see `bait show-plugin NAME`")
