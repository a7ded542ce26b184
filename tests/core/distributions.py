"""Writes real little distributions, as `pip install --target` would leave them."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Site:
    """A folder for distributions; its modules get names that no other test uses."""

    folder: Path

    def add(self, distribution: str, source: str, version: str = "1.0") -> str:
        """Write a distribution whose plugin module has this source; returns its module."""
        module = f"plugin_{next(_NUMBERS)}_{os.getpid()}"
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (self.folder / f"{module}.py").write_text(source.replace("MODULE", module), "utf-8")
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", "utf-8"
        )
        (info / "entry_points.txt").write_text(f"[bait]\nplugin = {module}\n", "utf-8")
        return module

    def run(self, *arguments: str, columns: int | None = 80) -> subprocess.CompletedProcess[str]:
        """Run `bait` in a process that sees the distributions; its output is piped."""
        return self._run(command(*arguments), columns)

    def python(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python code in a process that sees the distributions."""
        return self._run([sys.executable, "-c", code, *arguments], 80)

    def _run(self, arguments: list[str], columns: int | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            env=self.environment(columns),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def environment(self, columns: int | None = 80) -> dict[str, str]:
        """Variables of a process that sees the distributions."""
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self.folder), *filter(None, sys.path)]),
        }
        environment.pop("COLUMNS", None)
        return environment if columns is None else {**environment, "COLUMNS": str(columns)}


def command(*arguments: str) -> list[str]:
    """The command line of `bait`, with the interpreter that runs the tests."""
    return [sys.executable, "-c", "from bait_core.cli.main import main; main()", *arguments]


HEADER = """
from bait_core.plugins import (
    CommandSpec, DoctorCheck, EnvironmentSpec, Finding, PluginSpec, hookimpl
)

BAIT_API = 1
"""

GOOD = f"""{HEADER}
from typing import Literal


@hookimpl
def bait_register_search_models():
    return [
        PluginSpec("good-search", "Looks twice", "MODULE:Search", options="MODULE:make_options"),
        PluginSpec("plain-search", "Has no options", "MODULE:Search"),
    ]


class Search:
    def __init__(self, options):
        self.options = options

    def reset(self, context): ...
    def get_goals(self): return []
    def process_responses(self, responses): ...


def __getattr__(name):
    if name != "make_options":
        raise AttributeError(name)
    from pydantic import Field
    from bait_core.options import Options

    class SearchOptions(Options):
        depth: int = Field(ge=1, description="How deep to look.")
        mode: Literal["fast", "slow"] = "fast"
        names: tuple[str, ...] = ()

    return SearchOptions
"""


def search(name: str, **fields: str) -> str:
    """The source of a plugin with one search; `fields` are Python expressions."""
    arguments = "".join(f", {key}={value}" for key, value in fields.items())
    return f"""{HEADER}
@hookimpl
def bait_register_search_models():
    return [PluginSpec({name!r}, "A search", "MODULE:Search"{arguments})]


class Search:
    def __init__(self, options): ...
    def reset(self, context): ...
    def get_goals(self): return []
    def process_responses(self, responses): ...
"""
