"""The configuration of an experiment: a YAML file, and assignments that change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue
from pydantic import Field, field_validator, model_validator

from bait_core.assignments import MALFORMED, assign
from bait_core.errors import ConfigurationError
from bait_core.execution import ExecutionSettings, RunSettings
from bait_core.options import Options, validate
from bait_core.plugins.config import DEFAULT_SEARCH, PluginConfig
from bait_core.plugins.kinds import KINDS
from bait_core.proof_search import SearchLimits

UPDATABLE = ("model", "goal_model")
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


class Models(Options):
    """The models of a search; missing ones are those of the experiment.

    Except for the goal model if a search is given, which then uses its own default.
    """

    model: PluginConfig | None = Field(default=None, description="the tactic model")
    search: PluginConfig | None = Field(default=None, description="the search")
    goal_model: PluginConfig | None = Field(default=None, description="the goal model")


class TheoremSet(Options):
    """A set of theorems that is searched in every iteration."""

    environment: dict[str, Any] = Field(
        default={},
        description="options of the environment that select them, in addition to its own",
    )
    seconds: float | None = Field(
        default=None, gt=0, description="wall time per theorem; by default that of `settings`"
    )
    expansions: int | None = Field(
        default=None, ge=0, description="goals expanded per theorem; by default those of `settings`"
    )
    limit: int | None = Field(
        default=None, ge=1, description="maximum number of theorems, evenly spaced"
    )

    @field_validator("environment")
    @classmethod
    def _same_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        if "name" in given:
            raise ValueError("it sets options of the environment, and can't choose another")
        return given


class TrainingStep(Options):
    """A training step between two iterations."""

    name: str = Field(pattern=_NAME, description="name of its folder; unique")
    trainer: PluginConfig = Field(description="trainer that makes the checkpoint")
    trace_processor: PluginConfig | None = Field(
        default=None,
        description="trace processor that makes the examples; by default the trainer's",
    )
    updates: tuple[str, ...] | None = Field(
        default=None,
        description="options to set to the checkpoint from then on, by default those that the "
        "trainer names: model.OPTION, goal_model.OPTION or, for the trainer of a later step, "
        "training.STEP.OPTION",
    )
    traces: tuple[Path, ...] = Field(
        default=(), description="trace files to learn from, in addition to the searches of the run"
    )
    splits: tuple[str, ...] = Field(
        default=(), description="use only those of `traces` that belong to these splits"
    )
    searches: bool = Field(
        default=True, description="whether to learn from the searches of the run so far"
    )
    every_trace: bool = Field(
        default=False,
        description="learn from every trace of a theorem, not only the shortest proof, or else "
        "the newest",
    )
    valid_share: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="share of the theorems whose examples are used for validation",
    )
    continued: bool = Field(
        default=False,
        description="start from the checkpoint of the previous iteration; at first, from the one "
        "that the experiment configures, if any",
    )


class ExperimentConfig(Options):
    """Everything about an experiment."""

    name: str = Field(pattern=_NAME, description="name of the folder of its runs")
    seed: int = Field(default=0, ge=0, description="random seed")
    environment: PluginConfig = Field(description="where theorems are proved")
    model: PluginConfig = Field(description="the tactic model")
    search: PluginConfig = Field(
        default=PluginConfig(name=DEFAULT_SEARCH), description="search model"
    )
    goal_model: PluginConfig | None = Field(
        default=None, description="goal model; by default the search's own"
    )
    initial: Models = Field(default=Models(), description="models of the first iteration")
    collect: TheoremSet | None = Field(
        default=None, description="theorems whose searches are used for training"
    )
    evaluate: TheoremSet | None = Field(
        default=None, description="theorems for evaluation only, never used for training"
    )
    settings: SearchLimits = Field(default=SearchLimits(), description="limits per theorem")
    run: RunSettings = Field(default=RunSettings(), description="limits of all searches together")
    execution: ExecutionSettings = Field(
        default=ExecutionSettings(), description="where searches run"
    )
    iterations: int = Field(default=2, ge=1, description="number of rounds of searching")
    training: tuple[TrainingStep, ...] = Field(
        default=(), description="training steps after every round but the last"
    )

    @field_validator("search", mode="before")
    @classmethod
    def _search_has_a_name(cls, given: Any) -> Any:
        return {"name": DEFAULT_SEARCH, **given} if isinstance(given, Mapping) else given

    @model_validator(mode="after")
    def _distinct_steps(self) -> Self:
        names = [step.name for step in self.training]
        if len(set(names)) < len(names):
            raise ValueError("two training steps have the same name")
        return self

    @model_validator(mode="after")
    def _known_targets(self) -> Self:
        for number, step in enumerate(self.training, start=1):
            later = [f"training.{other.name}" for other in self.training[number:]]
            for target in step.updates or ():
                part, _, option = target.rpartition(".")
                if part not in (*UPDATABLE, *later) or not option:
                    raise ValueError(
                        f"the step {step.name} updates {target!r}, which is not of the form "
                        "model.OPTION, goal_model.OPTION or training.LATER_STEP.OPTION"
                    )
        return self


def load_config(path: Path, changes: Sequence[str] = ()) -> ExperimentConfig:
    """Read a configuration.

    Args:
        path: A YAML file.
        changes: Such as `settings.seconds=5` or `training.0.name=tactics`; for values, see
            `bait_core.assignments.parse_value`.

    Raises:
        ConfigurationError: It can't be read, or something in it is wrong.
    """
    try:
        loaded = OmegaConf.load(path)
    except OSError as error:
        raise ConfigurationError(
            f"the configuration {path} can't be read: {error.strerror or error}",
            hint="See docs/experiments.md and the examples in examples/experiments.",
        ) from error
    except MALFORMED as error:
        raise ConfigurationError(
            f"the configuration {path} is not well-formed: {error}", hint="It must be YAML."
        ) from error
    return _checked(loaded, f"the file {path}", changes)


def config_of(
    values: Mapping[str, Any], title: str, changes: Sequence[str] = ()
) -> ExperimentConfig:
    """Check a configuration.

    Args:
        values: What would be in a file.
        title: Its name in messages.
        changes: As of `load_config`.

    Raises:
        ConfigurationError: Something in it is wrong.
    """
    try:
        created = OmegaConf.create(_plain(values))
    except MALFORMED as error:
        raise ConfigurationError(
            f"{title} is not well-formed: {error}", hint="Use what YAML knows."
        ) from error
    return _checked(created, title, changes)


def _plain(value: Any) -> Any:
    """A value in which options are mappings."""
    if isinstance(value, Options):
        return value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _checked(loaded: object, title: str, changes: Sequence[str]) -> ExperimentConfig:
    if not isinstance(loaded, DictConfig):
        raise ConfigurationError(f"{title} is not a mapping of keys to values")
    _write_names_out(loaded)
    assign(loaded, changes)
    try:
        values = OmegaConf.to_container(loaded, resolve=True, throw_on_missing=True)
    except MissingMandatoryValue as error:
        raise ConfigurationError(
            f"{title} leaves {error.full_key} to be filled in", hint="Replace `???` by a value."
        ) from error
    except MALFORMED as error:
        raise ConfigurationError(
            f"{title} is not well-formed: {error}", hint="`${...}` refers to another key."
        ) from error
    named = {str(key): value for key, value in cast("dict[Any, Any]", values).items()}
    return validate(ExperimentConfig, named, title)


def _write_names_out(config: DictConfig) -> None:
    """Make `{name: NAME}` of each plugin that is given by its name, so that options can be set."""
    steps = config.get("training") or ()
    owners = [config, config.get("initial"), *(steps if isinstance(steps, ListConfig) else ())]
    for owner in owners:
        if isinstance(owner, DictConfig):
            for section in (kind.section for kind in KINDS.values()):
                if isinstance(owner.get(section), str):
                    owner[section] = {"name": owner[section]}
