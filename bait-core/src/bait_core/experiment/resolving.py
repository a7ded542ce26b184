"""A configuration with all defaults written out."""

from __future__ import annotations

from typing import cast

from bait_core.experiment.config import ExperimentConfig, Models, TrainingStep
from bait_core.options import describe_options
from bait_core.plugins import (
    EnvironmentSpec,
    Plugin,
    PluginKind,
    TrainerSpec,
    installed,
)
from bait_core.plugins.build import options_of
from bait_core.plugins.config import PluginConfig
from bait_core.plugins.kinds import KIND_OF_SECTION


def resolved(config: ExperimentConfig) -> ExperimentConfig:
    """The configuration with the defaults of plugins, which runs in the same way.

    A goal model that is left to the search stays so, since another search may want another.

    Raises:
        UnknownPluginError: A plugin is not installed.
    """
    limits = {"tactic_seconds": tactic_seconds(config)}
    return config.model_copy(
        update={
            "environment": _filled(config.environment, PluginKind.ENVIRONMENT),
            "model": _filled(config.model, PluginKind.TACTIC_MODEL),
            "search": _filled(config.search, PluginKind.SEARCH_MODEL),
            "goal_model": config.goal_model and _filled(config.goal_model, PluginKind.GOAL_MODEL),
            "initial": _models(config.initial),
            "settings": config.settings.model_copy(update=limits),
            "training": tuple(map(_step, config.training)),
        }
    )


def tactic_seconds(config: ExperimentConfig) -> float:
    """The time limit of one tactic: the environment's own unless it is set."""
    if config.settings.tactic_seconds is not None:
        return config.settings.tactic_seconds
    spec = _plugin(config.environment, PluginKind.ENVIRONMENT).spec
    return cast("EnvironmentSpec", spec).tactic_seconds  # what a hook returns is checked


def targets(step: TrainingStep) -> tuple[str, ...]:
    """The options that name the checkpoint of a step from then on."""
    if step.updates is not None:
        return step.updates
    spec = _plugin(step.trainer, PluginKind.TRAINER).spec
    return cast("TrainerSpec", spec).updates  # what a hook returns is checked


def _models(models: Models) -> Models:
    return models.model_copy(
        update={
            section: _filled(chosen, KIND_OF_SECTION[section])
            for section, chosen in models
            if chosen is not None
        }
    )


def _step(step: TrainingStep) -> TrainingStep:
    spec = _plugin(step.trainer, PluginKind.TRAINER).spec
    processor = step.trace_processor
    if processor is None and isinstance(spec, TrainerSpec) and spec.trace_processor:
        processor = PluginConfig(name=spec.trace_processor)
    if processor is not None:
        processor = _filled(processor, PluginKind.TRACE_PROCESSOR)
    trainer = _filled(step.trainer, PluginKind.TRAINER)
    return step.model_copy(
        update={
            "trainer": trainer,
            "trace_processor": processor,
            "updates": targets(step),
        }
    )


def _filled(chosen: PluginConfig, kind: PluginKind) -> PluginConfig:
    """The plugin with the defaults of unset options."""
    options = describe_options(options_of(_plugin(chosen, kind)))
    defaults = {option.name: option.default for option in options if not option.required}
    return PluginConfig(name=chosen.name, **{**defaults, **chosen.options})


def _plugin(chosen: PluginConfig, kind: PluginKind) -> Plugin:
    return installed().get(chosen.name, kind)
