"""`bait list-plugins` and `bait show-plugin`."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bait_core.cli.arguments import JsonOption, KindOption
from bait_core.cli.ui.console import print_json
from bait_core.cli.ui.plain import Cell, show, show_rows
from bait_core.plugins import (
    EnvironmentSpec,
    Plugin,
    PluginKind,
    Registry,
    TraceProcessorSpec,
    TrainerSpec,
    installed,
)
from bait_core.plugins.kinds import KINDS

if TYPE_CHECKING:
    from bait_core.options import Option


def list_plugins(
    kind: KindOption = None,
    as_json: JsonOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if anything is broken or missing.")
    ] = False,
) -> None:
    """List the installed environments, models and searches.

    Examples:
      $ bait list-plugins --kind search-model
      $ bait list-plugins --json --strict
    """
    registry = installed()
    plugins = registry.select(kind)
    if as_json:
        print_json(_listing(registry, plugins))
    else:
        _show_listing(registry, plugins)
    if strict and (registry.problems or any(plugin.missing for plugin in plugins)):
        raise typer.Exit(1)


def show_plugin(
    name: Annotated[str, typer.Argument(help="Plugin name, or distribution:name.", metavar="NAME")],
    kind: KindOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a plugin's options and dependencies, and YAML to start from.

    Examples:
      $ bait show-plugin best-first
      $ bait show-plugin bait-core:best-first --kind search-model
    """
    plugin = installed().get(name, kind)
    if as_json:
        print_json(_details(plugin))
    else:
        _show_details(plugin)


def problems_as_json(registry: Registry) -> list[dict[str, str]]:
    """Problems of the installed plugins."""
    return [asdict(problem) for problem in registry.problems]


def show_problems(registry: Registry) -> None:
    """Print the problems of the installed plugins, if any."""
    if registry.problems:
        show()
        show("Problems", bold=True)
    for problem in registry.problems:
        show(f"{problem.distribution}: {problem.message}", indent=2, colour="red")
        if problem.hint:
            show(problem.hint, indent=6)
    for contribution in registry.slow:
        show()
        show(
            f"{contribution.distribution} makes every command start "
            f"{contribution.import_seconds:.1f} s later: its plugin module is slow to import.",
            colour="yellow",
        )


def _show_listing(registry: Registry, plugins: list[Plugin]) -> None:
    for position, (kind, group) in enumerate(groupby(plugins, key=lambda plugin: plugin.kind)):
        if position:
            show()
        show(KINDS[kind].title, bold=True)
        show_rows([_row(plugin) for plugin in group], indent=2)
    lacking = [plugin for plugin in plugins if plugin.missing]
    if lacking:
        show()
        show("Missing", bold=True)
    for plugin in lacking:
        show(f"{plugin.name} needs {', '.join(plugin.missing)}", indent=2)
        show(plugin.install_hint, indent=6)
    if not plugins:
        show("No such plugin is installed.")
    show_problems(registry)


def _row(plugin: Plugin) -> list[Cell]:
    state = "missing" if plugin.missing else "ok"
    return [
        (plugin.name, "cyan"),
        (state, "green" if state == "ok" else "yellow"),
        (plugin.distribution, ""),
        (plugin.spec.summary, ""),
    ]


def _listing(registry: Registry, plugins: list[Plugin]) -> dict[str, Any]:
    return {
        "schema": 1,
        "plugins": [_overview(plugin) for plugin in plugins],
        "problems": problems_as_json(registry),
        "distributions": [
            {"name": c.distribution, "version": c.version, "import_seconds": c.import_seconds}
            for c in registry.contributions
        ],
    }


def _overview(plugin: Plugin) -> dict[str, Any]:
    missing = plugin.missing
    return {
        "kind": plugin.kind.value,
        "name": plugin.name,
        "summary": plugin.spec.summary,
        "distribution": plugin.distribution,
        "state": "missing" if missing else "ok",
        "missing": missing,
        "install_hint": plugin.install_hint if missing else "",
    }


def _details(plugin: Plugin) -> dict[str, Any]:
    return {
        "schema": 1,
        **_overview(plugin),
        "factory": plugin.spec.factory,
        "modules": list(plugin.spec.modules),
        "executables": list(plugin.spec.executables),
        "options": [asdict(option) for option in _options(plugin)],
        "yaml": yaml_of(plugin),
    }


def _show_details(plugin: Plugin) -> None:
    spec = plugin.spec
    missing = plugin.missing
    facts = {
        "Plugin": plugin.name,
        "Kind": plugin.kind.value,
        "From": plugin.distribution,
        "Needs": ", ".join((*spec.modules, *spec.executables)),
        "Missing": ", ".join(missing),
        "Install": plugin.install_hint if missing else "",
    }
    show(spec.summary, bold=True)
    show()
    show_rows([[(key, ""), (value, "cyan")] for key, value in facts.items() if value])
    options = _options(plugin)
    if options:
        show()
        show("Options", bold=True)
    for option in options:
        show(str(option), indent=2, colour="cyan")
        if option.help:
            show(option.help, indent=6)
    show()
    show("YAML", bold=True)
    for line in yaml_of(plugin).splitlines():
        typer.echo(f"  {line}")


def yaml_of(plugin: Plugin) -> str:
    """The configuration section that selects this plugin; `???` marks values to fill in.

    Scalars and lists are written as JSON, which is also YAML.
    """
    kind = KINDS[plugin.kind]
    lines = [f"{kind.section}:", f"  name: {plugin.name}"]
    for option in _options(plugin):
        value = "???" if _is_needed(plugin, option) else json.dumps(option.default)
        lines.append(f"  {option.name}: {value}")
    if kind.in_training:
        lines += _counterpart(plugin)
        lines = ["training:", f"  - name: {plugin.spec.name}", *(f"    {line}" for line in lines)]
    return "\n".join(lines)


def _counterpart(plugin: Plugin) -> list[str]:
    """What a training step needs besides this plugin: a trainer, or its processor's options."""
    found = _trainer_for(plugin) or _processor_for(plugin)
    if found is None:
        return []
    needed = [option.name for option in _options(found) if option.required]
    if not needed and found.kind is PluginKind.TRACE_PROCESSOR:
        return []  # the trainer names it itself
    section = KINDS[found.kind].section
    return [f"{section}:", f"  name: {found.name}", *(f"  {name}: ???" for name in needed)]


def _trainer_for(plugin: Plugin) -> Plugin | None:
    """A trainer that accepts the examples of a trace processor."""
    for trainer in installed().select(PluginKind.TRAINER):
        if (
            isinstance(plugin.spec, TraceProcessorSpec)
            and isinstance(trainer.spec, TrainerSpec)
            and trainer.spec.examples == plugin.spec.examples
        ):
            return trainer
    return None


def _processor_for(plugin: Plugin) -> Plugin | None:
    """The trace processor that a trainer names."""
    if not (isinstance(plugin.spec, TrainerSpec) and plugin.spec.trace_processor):
        return None
    return installed().get(plugin.spec.trace_processor, PluginKind.TRACE_PROCESSOR)


def _is_needed(plugin: Plugin, option: Option) -> bool:
    """Whether a configuration must set an option: an experiment on files needs a file."""
    is_file = isinstance(plugin.spec, EnvironmentSpec) and option.name == plugin.spec.file_option
    return option.required or is_file


def _options(plugin: Plugin) -> list[Option]:
    from bait_core.options import describe_options  # noqa: PLC0415 - slow
    from bait_core.plugins.build import options_of  # noqa: PLC0415 - slow

    return describe_options(options_of(plugin))
