"""How a plugin is chosen and configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, model_validator

from bait_core.options import Options, validate

DEFAULT_SEARCH = "best-first"
"""The search model where none is named."""


class PluginConfig(Options):
    """A plugin by name, with its options beside the name: `{name: best-first, batch_size: 4}`.

    The name alone will do where there are no options to set. Options are checked by the plugin,
    when it is looked up.
    """

    model_config = ConfigDict(extra="allow")

    name: str = Field(description="name of the plugin; see `bait list-plugins`")

    if TYPE_CHECKING:  # pydantic takes any keyword, which type checkers can't know

        def __init__(self, *, name: str, **options: Any) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @property
    def options(self) -> dict[str, Any]:
        """The options that are set."""
        return dict(self.model_extra or {})

    @classmethod
    def of(cls, chosen: Chosen | None, title: str, default: str = "") -> PluginConfig:
        """What a user chose.

        Args:
            chosen: The plugin, or only its options; None for the default.
            title: What to call it in messages, such as `the model`.
            default: The name where none is given.

        Raises:
            ConfigurationError: It is nothing of the kind.
        """
        match chosen:
            case PluginConfig():
                return chosen
            case None:
                return cls(name=default)
            case Mapping():
                return validate(cls, {"name": default, **chosen}, title)
            case _:
                return validate(cls, {"name": chosen}, title)


Chosen = str | Mapping[str, Any] | PluginConfig
"""A plugin: its name, or its name and options as in a configuration."""
