"""Commands that are imported on first use, so that `bait` starts quickly."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperCommand

from bait_core.errors import BrokenPluginError
from bait_core.plugins import CommandSpec
from bait_core.plugins.references import resolve

_COMPLETION_PARAMETERS = {"install_completion", "show_completion"}
_EXAMPLES = re.compile(r"^Examples?:$", re.MULTILINE)


class LazyCommand(TyperCommand):
    """A placeholder for a command, or command group, that is not imported yet.

    Args:
        name: What users write.
        spec: Its one-line help and the location of the Typer app or function.
    """

    def __init__(self, name: str, spec: CommandSpec) -> None:
        super().__init__(name, help=spec.summary)
        self._spec = spec

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Import the command and delegate to it.

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
                f"{owner} can't run: {self._spec.app} is a {type(target).__name__}",
                hint="It must be a typer.Typer or a function.",
            )
        command = typer.main.get_command(app)
        command.params = [p for p in command.params if p.name not in _COMPLETION_PARAMETERS]
        make_light(command)
        return command


def make_light(command: Any) -> None:
    """Disable what makes Typer slow, for a command and its subcommands.

    Help becomes plain text, with examples line by line: Typer draws its boxes with rich, which
    takes longer to import than everything else together.
    """
    command.rich_markup_mode = None
    # A paragraph is rewrapped unless it begins with a backspace.
    command.help = _EXAMPLES.sub("\b\n\\g<0>", command.help or "")
    for parameter in command.get_params(typer.Context(command)):
        _skip_when_absent(parameter)
    for subcommand in getattr(command, "commands", {}).values():
        make_light(subcommand)


def _skip_when_absent(parameter: Any) -> None:
    """Pass None through an optional parameter unchanged.

    Typer would build a pydantic validator just for that, and importing that part of pydantic
    takes longer than the rest of `bait list-plugins`.
    """
    if parameter.required or parameter.multiple or parameter.nargs != 1:
        return
    process = parameter.process_value

    def process_value(context: Any, value: Any) -> Any:
        if value is not None:
            return process(context, value)
        return parameter.callback(context, parameter, None) if parameter.callback else None

    parameter.process_value = process_value
