"""Making the parts of a `bait prove`, running the searches, recording them."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bait_core.cli.prove.display import LiveTable
from bait_core.cli.prove.results import Result, complete, result_of
from bait_core.cli.prove.target import Target
from bait_core.domain import Theorem
from bait_core.errors import TraceError
from bait_core.plugins import Plugin, PluginKind, installed
from bait_core.plugins.build import make
from bait_core.plugins.options import parse_options
from bait_core.plugins.references import resolve
from bait_core.protocols import Environment
from bait_core.prover import Attempt, Observer, Runner, RunSettings, SearchSettings
from bait_core.traces import SUFFIX, TraceWriter, trace_record


@dataclass(frozen=True)
class Job:
    """All that a `bait prove` was asked to do; models and searches are (name, options)."""

    target: Target
    model: tuple[str, Mapping[str, object]]
    search: tuple[str, Mapping[str, object]]
    settings: SearchSettings
    run: RunSettings
    traces: Path

    @cached_property
    def parts(self) -> dict[str, tuple[Plugin, Mapping[str, object]]]:
        """The plugins and their options, by section of the configuration.

        Raises:
            UnknownPluginError: A plugin is not installed.
        """
        registry = installed()
        model, search = self.model, self.search
        return {
            "environment": (self.target.plugin, self.target.options),
            "model": (registry.get(model[0], PluginKind.TACTIC_MODEL), model[1]),
            "search": (registry.get(search[0], PluginKind.SEARCH_MODEL), search[1]),
        }

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """The resolved options of everything.

        Raises:
            ConfigurationError: An option is wrong.
        """
        resolved: dict[str, Any] = {
            section: {
                "name": plugin.qualified_name,
                "options": parse_options(plugin, options).model_dump(mode="json"),
            }
            for section, (plugin, options) in self.parts.items()
        }
        resolved["settings"] = self.settings.model_dump(mode="json")
        resolved["run"] = self.run.model_dump(mode="json")
        return resolved

    def prepare(self, yes: bool) -> None:
        """Check all options; let the environment install what its prover lacks.

        Args:
            yes: Install without asking.

        Raises:
            UnknownPluginError: A plugin is not installed.
            ConfigurationError: An option is wrong.
            ProverStartError: The prover is not installed in the end.
        """
        _ = self.configuration  # wrong options of any part are told before anything starts
        plugin, spec = self.target.plugin, self.target.spec
        if spec.prepare:
            prepare = resolve(spec.prepare, f"The environment {plugin.name!r}")
            prepare(parse_options(plugin, self.target.options), yes)

    @property
    def versions(self) -> dict[str, str]:
        """Versions of Python and of the distributions involved."""
        distributions = {"bait-core"} | {plugin.distribution for plugin, _ in self.parts.values()}
        versions = {name: metadata.version(name) for name in sorted(distributions)}
        return {"python": platform.python_version(), **versions}

    def make(self, section: str) -> Any:
        """A new instance of the environment, model or search."""
        return make(*self.parts[section])

    @contextmanager
    def environment(self) -> Iterator[Environment]:
        """The environment, closed in the end."""
        environment: Environment = self.make("environment")
        try:
            yield environment
        finally:
            environment.close()


class Recorder:
    """Records each finished search, then tells another observer.

    Attributes:
        results: What became of the theorems, by name.
    """

    def __init__(self, job: Job, observer: Observer, console: Console) -> None:
        name = time.strftime("%Y-%m-%d_%H-%M-%S") + f"_{time.time_ns() % 10**6:06}{SUFFIX}"
        self._writer = TraceWriter(job.traces / name)
        self._job = job
        self._versions = job.versions
        self._console = console
        self.results: dict[str, Result] = {}
        self.on_start = observer.on_start
        self.on_step = observer.on_step
        self._on_end = observer.on_end

    def on_end(self, attempt: Attempt) -> None:
        """Write the record. That it can't be written is told, but costs no proof."""
        try:
            self._writer.append(trace_record(attempt, self._job.configuration, self._versions))
        except TraceError as error:
            self._console.print(Text.assemble(("Error: ", "bold red"), str(error)))
        self.results[attempt.theorem.name] = result_of(attempt)
        self._on_end(attempt)


def search(
    job: Job, environment: Environment, theorems: Sequence[Theorem], console: Console
) -> tuple[list[Result], bool]:
    """Search for proofs of the theorems, with a live table and traces.

    Returns:
        One result per theorem, and whether Ctrl-C ended the run early.
    """
    if not theorems:
        return [], False
    with LiveTable(console, len(theorems)) as table:
        recorder = Recorder(job, table, console)
        runner = Runner(
            environment,
            job.make("model"),
            lambda: job.make("search"),
            settings=job.settings,
            run=job.run,
            observer=recorder,
        )
        runner.run(theorems)
    return complete(theorems, recorder.results), runner.was_interrupted
