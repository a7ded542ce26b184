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


def resolved(config: ExperimentConfig) -> ExperimentConfig:
    """The configuration with the defaults of plugins, which runs in the same way.

    A goal model that is left to the search stays so, since another search may want another.

    Raises:
        UnknownPluginError: A plugin is not installed.
    """
    environment = _plugin(config.environment, PluginKind.ENVIRONMENT)
    settings = config.settings
    if settings.tactic_seconds is None:
        spec = cast("EnvironmentSpec", environment.spec)  # what a hook returns is checked
        settings = settings.model_copy(update={"tactic_seconds": spec.tactic_seconds})
    return config.model_copy(
        update={
            "environment": _filled(config.environment, PluginKind.ENVIRONMENT),
            "model": _filled(config.model, PluginKind.TACTIC_MODEL),
            "search": _filled(config.search, PluginKind.SEARCH_MODEL),
            "goal_model": config.goal_model and _filled(config.goal_model, PluginKind.GOAL_MODEL),
            "initial": _models(config.initial),
            "settings": settings,
            "training": tuple(map(_step, config.training)),
        }
    )


def targets(step: TrainingStep) -> tuple[str, ...]:
    """The options that name the checkpoint of a step from then on."""
    if step.updates is not None:
        return step.updates
    spec = installed().get(step.trainer.name, PluginKind.TRAINER).spec
    return cast("TrainerSpec", spec).updates  # what a hook returns is checked


def _models(models: Models) -> Models:
    kinds = {
        "model": PluginKind.TACTIC_MODEL,
        "search": PluginKind.SEARCH_MODEL,
        "goal_model": PluginKind.GOAL_MODEL,
    }
    given = {section: getattr(models, section) for section in kinds}
    return models.model_copy(
        update={
            section: _filled(chosen, kinds[section])
            for section, chosen in given.items()
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
