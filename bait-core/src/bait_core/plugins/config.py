"""How a plugin is chosen and configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, model_validator

from bait_core.options import Options


class PluginConfig(Options):
    """A plugin by name, with its options beside the name: `{name: best-first, batch_size: 4}`.

    The name alone will do where there are no options to set. Options are checked by the plugin,
    when it is looked up.
    """

    model_config = ConfigDict(extra="allow")

    name: str = Field(description="of the plugin; see `bait list-plugins`")

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
