"""`bait doctor`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bait_core.cli.console import print_json, stderr, stdout
from bait_core.cli.plugins_cmd import JsonOption, print_problems, problems_as_json
from bait_core.errors import BaitError
from bait_core.plugins import DoctorCheck, Finding, Registry, installed
from bait_core.plugins.needs import install_hint, missing_needs
from bait_core.plugins.problems import describe_error
from bait_core.plugins.references import resolve

_HINT_UNEXPECTED = "This is a fault of the check: please report it to the plugin's authors."


@dataclass(frozen=True, slots=True)
class _Checked:
    distribution: str
    name: str
    finding: Finding


def doctor(
    as_json: JsonOption = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show details of what is in order, too.")
    ] = False,
) -> None:
    """Check whether this machine has what BAIT and its plugins need.

    Exits with 1 if something is broken. What only some plugin lacks is told, too.

    Examples:
      $ bait doctor
      $ bait doctor --json
    """
    registry = installed()
    if as_json:
        checked = list(_run_checks(registry))
        print_json(_report(registry, checked))
    else:
        checked = list(_print_checks(stdout(), registry, verbose))
    if registry.problems or not all(item.finding.ok for item in checked):
        raise typer.Exit(1)


def _run_checks(registry: Registry) -> Iterator[_Checked]:
    for distribution, check in registry.checks:
        with stderr().status(f"Checking {check.name}"):
            finding = _run(check)
        yield _Checked(distribution, check.name, finding)


def _run(check: DoctorCheck) -> Finding:
    try:
        with redirect_stdout(sys.stderr):
            finding = resolve(check.check, f"The check {check.name!r}")()
    except BaitError as error:
        return Finding(ok=False, message=error.message, hint=error.hint)
    except Exception as error:  # noqa: BLE001 - the report tells of it
        message = f"the check failed: {describe_error(error)}"
        return Finding(ok=False, message=message, hint=_HINT_UNEXPECTED)
    if not isinstance(finding, Finding):
        message = f"the check returned {type(finding).__name__} instead of a Finding"
        return Finding(ok=False, message=message, hint=_HINT_UNEXPECTED)
    return finding


def _print_checks(console: Console, registry: Registry, verbose: bool) -> Iterator[_Checked]:
    versions = [f"{c.distribution} {c.version}" for c in registry.contributions]
    console.print(Text(", ".join(versions)))
    console.print()
    for item in _run_checks(registry):
        finding = item.finding
        mark = Text("ok", "green") if finding.ok else Text("BAD", "bold red")
        _print_line(console, mark, item.name, finding.message)
        if not finding.ok:
            _print_below(console, finding.hint)
        if verbose or not finding.ok:
            for key, value in finding.details.items():
                _print_below(console, f"{key}: {value}")
        yield item
    for plugin in registry.plugins:
        if missing := missing_needs(plugin.spec):
            _print_line(console, Text("-", "yellow"), plugin.name, f"needs {', '.join(missing)}")
            _print_below(console, install_hint(plugin))
    print_problems(console, registry)


def _print_line(console: Console, mark: Text, name: str, message: str) -> None:
    line = Table.grid(padding=(0, 1, 0, 0))
    line.add_column(width=3)
    line.add_row(mark, Text.assemble((name, "bold"), f": {message}"))
    console.print(line)


def _print_below(console: Console, text: str) -> None:
    if text:
        console.print(Padding(Text(text, "dim"), (0, 0, 0, 4), expand=False))


def _report(registry: Registry, checked: list[_Checked]) -> dict[str, Any]:
    return {
        "schema": 1,
        "ok": not registry.problems and all(item.finding.ok for item in checked),
        "versions": {c.distribution: c.version for c in registry.contributions},
        "checks": [
            {
                "distribution": item.distribution,
                "name": item.name,
                "ok": item.finding.ok,
                "message": item.finding.message,
                "hint": "" if item.finding.ok else item.finding.hint,
                "details": dict(item.finding.details),
            }
            for item in checked
        ],
        "missing": [
            {"plugin": plugin.name, "needs": missing, "install_hint": install_hint(plugin)}
            for plugin in registry.plugins
            if (missing := missing_needs(plugin.spec))
        ],
        "problems": problems_as_json(registry),
    }
