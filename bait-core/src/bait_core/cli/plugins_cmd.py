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
    Plugin,
    PluginKind,
    Registry,
    TraceProcessorSpec,
    TrainerSpec,
    installed,
)
from bait_core.plugins.kinds import KINDS
from bait_core.plugins.needs import install_hint, missing_needs

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
    if strict and (registry.problems or any(missing_needs(plugin.spec) for plugin in plugins)):
        raise typer.Exit(1)


def show_plugin(
    name: Annotated[str, typer.Argument(help="Its name, or distribution:name.", metavar="NAME")],
    kind: KindOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the options of a plugin, what it needs, and YAML to start from.

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
    """What is wrong with the installed plugins."""
    return [asdict(problem) for problem in registry.problems]


def show_problems(registry: Registry) -> None:
    """Write what is wrong with the installed plugins, if anything is."""
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
    lacking = [plugin for plugin in plugins if missing_needs(plugin.spec)]
    if lacking:
        show()
        show("Missing", bold=True)
    for plugin in lacking:
        show(f"{plugin.name} needs {', '.join(missing_needs(plugin.spec))}", indent=2)
        show(install_hint(plugin), indent=6)
    if not plugins:
        show("No such plugin is installed.")
    show_problems(registry)


def _row(plugin: Plugin) -> list[Cell]:
    state = "missing" if missing_needs(plugin.spec) else "ok"
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
    missing = missing_needs(plugin.spec)
    return {
        "kind": plugin.kind.value,
        "name": plugin.name,
        "summary": plugin.spec.summary,
        "distribution": plugin.distribution,
        "state": "missing" if missing else "ok",
        "missing": missing,
        "install_hint": install_hint(plugin) if missing else "",
    }


def _details(plugin: Plugin) -> dict[str, Any]:
    return {
        "schema": 1,
        **_overview(plugin),
        "factory": plugin.spec.factory,
        "modules": list(plugin.spec.modules),
        "executables": list(plugin.spec.executables),
        "options": [asdict(option) for option in _options(plugin)],
        "yaml": _yaml(plugin),
    }


def _show_details(plugin: Plugin) -> None:
    spec = plugin.spec
    missing = missing_needs(spec)
    facts = {
        "Plugin": plugin.name,
        "Kind": plugin.kind.value,
        "From": plugin.distribution,
        "Needs": ", ".join((*spec.modules, *spec.executables)),
        "Missing": ", ".join(missing),
        "Install": install_hint(plugin) if missing else "",
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
    for line in _yaml(plugin).splitlines():
        typer.echo(f"  {line}")


def _yaml(plugin: Plugin) -> str:
    """The section of a configuration that chooses this plugin; `???` marks what must be filled in.

    Scalars and lists are written as JSON, which is YAML too.
    """
    kind = KINDS[plugin.kind]
    lines = [f"{kind.section}:", f"  name: {plugin.name}"]
    for option in _options(plugin):
        value = "???" if option.required else json.dumps(option.default, ensure_ascii=False)
        lines.append(f"  {option.name}: {value}")
    if kind.in_training:
        lines = ["training:", f"  - name: {plugin.spec.name}", *(f"    {line}" for line in lines)]
        if plugin.kind is PluginKind.TRACE_PROCESSOR:
            lines.append(f"    trainer: {{name: {_trainer_for(plugin)}}}")
    return "\n".join(lines)


def _trainer_for(processor: Plugin) -> str:
    """A trainer that learns from the examples of a trace processor."""
    made = processor.spec.examples if isinstance(processor.spec, TraceProcessorSpec) else ""
    for trainer in installed().select(PluginKind.TRAINER):
        if isinstance(trainer.spec, TrainerSpec) and trainer.spec.examples == made:
            return trainer.name
    return "???"


def _options(plugin: Plugin) -> list[Option]:
    from bait_core.options import describe_options  # noqa: PLC0415 - slow
    from bait_core.plugins.build import options_of  # noqa: PLC0415 - slow

    return describe_options(options_of(plugin))
