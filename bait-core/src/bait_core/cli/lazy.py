"""Commands that are imported when they are used, so that `bait` starts quickly."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

from bait_core.errors import BrokenPluginError
from bait_core.plugins import CommandSpec
from bait_core.plugins.references import resolve

_COMPLETION_PARAMETERS = {"install_completion", "show_completion"}


class LazyCommand(TyperCommand):
    """Stands for a command, or a group of commands, that is not yet imported.

    Args:
        name: What users write.
        spec: Its one-line help, and where the Typer app or function is.
        panel: The heading in `bait --help` to list it under.
    """

    def __init__(self, name: str, spec: CommandSpec, panel: str) -> None:
        super().__init__(name, help=spec.summary, rich_help_panel=panel)
        self._spec = spec

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Import the command and let it take over.

        Raises:
            BrokenPluginError: It can't be imported.
        """
        return self._load().make_context(*args, **kwargs)

    def _load(self) -> Any:
        owner = f"`bait {self.name}`"
        target = resolve(self._spec.app, owner)
        if isinstance(target, typer.Typer):
            app = target
        elif callable(target):
            app = typer.Typer()
            app.command(self.name)(target)
        else:
            raise BrokenPluginError(
                f"{owner} can't run: {self._spec.app} is a {type(target).__name__}.",
                hint="It must be a typer.Typer or a function.",
            )
        command = typer.main.get_command(app)
        command.params = [p for p in command.params if p.name not in _COMPLETION_PARAMETERS]
        return command
