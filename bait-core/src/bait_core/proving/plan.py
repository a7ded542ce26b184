"""What to prove, with what, and where the proofs go; all checked before anything starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bait_core.errors import ConfigurationError
from bait_core.execution import ExecutionSettings, RunSettings, SearchJob
from bait_core.options import validate
from bait_core.plugins import installed
from bait_core.plugins.config import DEFAULT_SEARCH, Chosen, PluginConfig
from bait_core.proof_search import SearchLimits, SearchSettings
from bait_core.proving.filling import require_writable
from bait_core.proving.target import Target, find_file, find_target


@dataclass(frozen=True, kw_only=True)
class ProofRequest:
    """What a user asks to prove.

    Attributes:
        what: A statement, or a file whose holes are to be filled; None for the theorems that the
            environment has of its own.
        only: Names of the holes or theorems to prove; empty for all.
        allow_axioms: Axioms of the user's own text that proofs may use.
        environment: None for the one that takes `what`. Without a name, its options.
        model: None for the one that the environment names.
        search: None for best-first.
        goal_model: None for the one that the search names.
        settings: The section `settings` of a configuration.
        run: The section `run`.
        execution: The section `execution`.
        seed: Of all randomness.
        write: Put the proofs into the file.
        output: Write the filled file there instead.
    """

    what: str | Path | None = None
    only: str | Sequence[str] = ()
    allow_axioms: str | Sequence[str] = ()
    environment: Chosen | None = None
    model: Chosen | None = None
    search: Chosen | None = None
    goal_model: Chosen | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)
    execution: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    write: bool = False
    output: Path | None = None


@dataclass(frozen=True)
class ProofPlan:
    """A request that can be carried out.

    Attributes:
        job: What to run, and where.
        target: What to prove.
        destination: Where the filled file goes; None if it is not to be written.
    """

    job: SearchJob
    target: Target
    destination: Path | None


def make_plan(request: ProofRequest) -> ProofPlan:
    """Work out what a request needs, without starting or writing anything.

    Raises:
        ConfigurationError: Something in it is wrong, or the file can't be written.
        UnknownPluginError: A plugin is not installed.
    """
    given = PluginConfig.of(request.environment, "the environment")
    target = _target(request.what, given).with_options(given.options)
    target = target.allowing_axioms(_names(request.allow_axioms))
    if only := _names(request.only):
        target = target.restricted_to(only)
    destination = _destination(target, request)
    limits = validate(SearchLimits, request.settings, "the section `settings`")
    job = SearchJob(
        environment=PluginConfig(name=target.plugin.qualified_name, **target.options),
        model=PluginConfig.of(request.model, "the model", target.spec.tactic_model),
        search=PluginConfig.of(request.search, "the search", DEFAULT_SEARCH),
        goal_model=PluginConfig.of(request.goal_model, "the goal model"),
        settings=SearchSettings.of(
            limits, tactic_seconds=target.spec.tactic_seconds, seed=request.seed
        ),
        run=validate(RunSettings, request.run, "the section `run`"),
        execution=validate(ExecutionSettings, request.execution, "the section `execution`"),
    )
    _ = job.configuration  # checks the options of all plugins
    return ProofPlan(job, target, destination)


def _target(what: str | Path | None, environment: PluginConfig) -> Target:
    name = environment.name or None
    if isinstance(what, Path):
        return find_file(what, name, installed())
    return find_target(what, name, installed())


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    """Names; one that is given as it is counts as one, not as its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def _destination(target: Target, request: ProofRequest) -> Path | None:
    """The file to write at the end, if any; checked to be writable now."""
    if not request.write and request.output is None:
        return None
    if target.file is None:
        raise ConfigurationError(
            "there is no file to fill, so none can be written",
            hint=f"There is no file {str(request.what)!r}."
            if request.what
            else "Name the file to fill.",
        )
    if request.write and request.output is not None:
        raise ConfigurationError(
            "the proofs can't go to two files", hint="Choose one of --write and --output."
        )
    destination = request.output or target.file
    if request.output is not None or target.file.exists():  # a missing file is reported as such
        require_writable(destination)
    return destination
