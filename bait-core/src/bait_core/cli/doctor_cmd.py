"""`bait doctor`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bait_core.cli.arguments import JsonOption
from bait_core.cli.plugins_cmd import problems_as_json, show_problems
from bait_core.cli.ui.console import print_json, stderr
from bait_core.cli.ui.plain import show, show_rows
from bait_core.errors import BaitError
from bait_core.hints import describe_error
from bait_core.plugins import DoctorCheck, Finding, Registry, installed
from bait_core.plugins.references import resolve

_INDENT = 5
_HINT_UNEXPECTED = "This is a bug in the check: please report it to the plugin's authors."


@dataclass(frozen=True, slots=True)
class _Checked:
    distribution: str
    name: str
    finding: Finding


def doctor(
    as_json: JsonOption = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Also show the details of passed checks.")
    ] = False,
) -> None:
    """Check whether this machine has what BAIT and its plugins need.

    Exits with 1 if something is broken. Dependencies missing for individual plugins are listed
    but do not count as broken.

    Examples:
      $ bait doctor
      $ bait doctor --json
    """
    registry = installed()
    if as_json:
        checked = list(_run_checks(registry))
        print_json(_report(registry, checked))
    else:
        checked = list(_show_checks(registry, verbose))
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
            finding = resolve(check.check, f"the check {check.name!r}")()
    except BaitError as error:
        return Finding(ok=False, message=error.message, hint=error.hint)
    except Exception as error:  # noqa: BLE001 - the report tells of it
        message = f"the check failed: {describe_error(error)}"
        return Finding(ok=False, message=message, hint=_HINT_UNEXPECTED)
    if not isinstance(finding, Finding):
        message = f"the check returned {type(finding).__name__} instead of a Finding"
        return Finding(ok=False, message=message, hint=_HINT_UNEXPECTED)
    return finding


def _show_checks(registry: Registry, verbose: bool) -> Iterator[_Checked]:
    show(", ".join(f"{c.distribution} {c.version}" for c in registry.contributions))
    show()
    for item in _run_checks(registry):
        finding = item.finding
        mark = ("ok", "green") if finding.ok else ("BAD", "red")
        show_rows([[mark, (f"{item.name}: {finding.message}", "")]])
        if finding.hint and not finding.ok:
            show(finding.hint, indent=_INDENT)
        if verbose or not finding.ok:
            for key, value in finding.details.items():
                show(f"{key}: {value}", indent=_INDENT)
        yield item
    for plugin in registry.plugins:
        if missing := plugin.missing:
            show_rows([[("-", "yellow"), (f"{plugin.name}: needs {', '.join(missing)}", "")]])
            show(plugin.install_hint, indent=_INDENT)
    show_problems(registry)


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
            {"plugin": plugin.name, "needs": missing, "install_hint": plugin.install_hint}
            for plugin in registry.plugins
            if (missing := plugin.missing)
        ],
        "problems": problems_as_json(registry),
    }
