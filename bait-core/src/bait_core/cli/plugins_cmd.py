"""`bait list-plugins` and `bait show-plugin`."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bait_core.cli.console import print_json, stdout
from bait_core.plugins import (
    Plugin,
    PluginKind,
    Problem,
    Registry,
    installed,
)
from bait_core.plugins.needs import install_hint, missing_needs

if TYPE_CHECKING:
    from bait_core.plugins.options import Option

_TITLES = {
    PluginKind.ENVIRONMENT: "Environments",
    PluginKind.TACTIC_MODEL: "Tactic models",
    PluginKind.SEARCH_MODEL: "Search models",
}
_YAML_KEYS = {kind: kind.value.replace("-", "_") for kind in PluginKind}

KindOption = Annotated[
    PluginKind | None,
    typer.Option("--kind", metavar="KIND", help=f"One of: {', '.join(PluginKind)}."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]


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
        _print_listing(stdout(), registry, plugins)
    if strict and (registry.problems or any(missing_needs(plugin.spec) for plugin in plugins)):
        raise typer.Exit(1)


def show_plugin(
    name: Annotated[str, typer.Argument(help="Its name, or distribution:name.")],
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
        _print_details(stdout(), plugin)


def problems_as_json(registry: Registry) -> list[dict[str, str]]:
    """What is wrong with the installed plugins."""
    return [asdict(problem) for problem in registry.problems]


def print_problems(console: Console, registry: Registry) -> None:
    """Write what is wrong with the installed plugins, if anything is."""
    if registry.problems:
        console.print("\nProblems", style="bold red")
    for problem in registry.problems:
        _print_problem(console, problem)
    for contribution in registry.slow:
        console.print(
            Padding(
                f"{contribution.distribution} makes every command start "
                f"{contribution.import_seconds:.1f} s later: its plugin module is slow to import.",
                (0, 0, 0, 2),
                expand=False,
            ),
            style="yellow",
        )


def _print_problem(console: Console, problem: Problem) -> None:
    text = Text.assemble((problem.distribution, "bold"), ": ", problem.message)
    console.print(Padding(text, (0, 0, 0, 2), expand=False))
    if problem.hint:
        console.print(Padding(Text(problem.hint, "dim"), (0, 0, 0, 4), expand=False))


def _print_listing(console: Console, registry: Registry, plugins: list[Plugin]) -> None:
    widths = [max(map(len, column), default=0) for column in zip(*map(_row, plugins), strict=True)]
    for kind, group in groupby(plugins, key=lambda plugin: plugin.kind):
        console.print(f"\n{_TITLES[kind]}", style="bold")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for width in widths[:-1]:
            table.add_column(min_width=width)
        for plugin in group:
            name, state, *rest = _row(plugin)
            style = "green" if state == "ok" else "yellow"
            table.add_row(Text(name, "cyan"), Text(state, style), *rest)
        console.print(Padding(table, (0, 0, 0, 2), expand=False))
    if not plugins:
        console.print("No such plugin is installed.")
    print_problems(console, registry)


def _row(plugin: Plugin) -> tuple[str, str, str, str]:
    return plugin.name, _state(plugin), plugin.distribution, plugin.spec.summary


def _state(plugin: Plugin) -> str:
    missing = missing_needs(plugin.spec)
    return f"needs {', '.join(missing)}" if missing else "ok"


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


def _print_details(console: Console, plugin: Plugin) -> None:
    spec = plugin.spec
    console.print(Text.assemble((plugin.name, "bold cyan"), f"  {plugin.kind.value}"))
    console.print(Text(spec.summary))
    needs = ", ".join((*spec.modules, *spec.executables))
    facts = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    facts.add_row("From", Text(plugin.distribution))
    facts.add_row("State", Text(_state(plugin)))
    if needs:
        facts.add_row("Needs", Text(needs))
    if missing_needs(spec):
        facts.add_row("Install", Text(install_hint(plugin)))
    console.print(Padding(facts, (1, 0, 1, 0), expand=False))
    _print_options(console, plugin)
    console.print("\nYAML", style="bold")
    console.print(Text(textwrap.indent(_yaml(plugin), "  ")), soft_wrap=True)


def _print_options(console: Console, plugin: Plugin) -> None:
    options = _options(plugin)
    if not options:
        console.print("It has no options.")
        return
    console.print("Options", style="bold")
    for option in options:
        line = Text(str(option))
        line.stylize("cyan", 0, len(option.name))
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
        if option.help:
            console.print(Padding(Text(option.help, "dim"), (0, 0, 0, 6), expand=False))


def _yaml(plugin: Plugin) -> str:
    """A configuration's part that chooses this plugin; `???` marks what must be filled in.

    JSON's scalars and lists are YAML's too.
    """
    lines = [f"{_YAML_KEYS[plugin.kind]}:", f"  name: {plugin.name}"]
    options = _options(plugin)
    if options:
        lines.append("  options:")
    for option in options:
        value = "???" if option.required else json.dumps(option.default, ensure_ascii=False)
        lines.append(f"    {option.name}: {value}")
    return "\n".join(lines)


def _options(plugin: Plugin) -> list[Option]:
    from bait_core.plugins.options import describe_options, options_of  # noqa: PLC0415 - slow

    return describe_options(options_of(plugin))
