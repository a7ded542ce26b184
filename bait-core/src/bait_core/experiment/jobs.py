"""From a configuration to the searches and trainings of an iteration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from bait_core.errors import ConfigurationError
from bait_core.execution import SearchJob
from bait_core.experiment.config import ExperimentConfig, Models, TheoremSet, TrainingStep
from bait_core.experiment.resolving import tactic_seconds, targets
from bait_core.experiment.run_folder import RunFolder
from bait_core.plugins import (
    Plugin,
    PluginKind,
    TraceProcessorSpec,
    TrainerSpec,
    installed,
)
from bait_core.plugins.build import options_of, parse_options
from bait_core.plugins.config import PluginConfig
from bait_core.plugins.kinds import KIND_OF_SECTION
from bait_core.proof_search import SearchSettings
from bait_core.training import TrainingJob
from bait_core.training.choice import Identity

Item = TypeVar("Item")


def search_job(
    config: ExperimentConfig,
    theorems: TheoremSet,
    iteration: int,
    checkpoints: Mapping[str, Path],
) -> SearchJob:
    """The searches of a set of theorems in one iteration.

    Args:
        config: The experiment.
        theorems: Which theorems.
        iteration: The first has number 1.
        checkpoints: Options such as `model.checkpoint`, and their current values.
    """
    first = config.initial if iteration == 1 else Models()
    environment = config.environment
    limits = {
        name: getattr(theorems, name)
        for name in ("seconds", "expansions")
        if getattr(theorems, name) is not None
    }
    return SearchJob(
        environment=PluginConfig(
            name=environment.name, **{**environment.options, **theorems.environment}
        ),
        model=_part("model", first.model or config.model, checkpoints),
        search=_part("search", first.search or config.search, {}),
        goal_model=_part(
            # Another search may use another goal model, or none.
            "goal_model",
            first.goal_model or (None if first.search else config.goal_model),
            checkpoints,
        ),
        settings=_settings(config).model_copy(update=limits),
        run=config.run,
        execution=config.execution,
    )


def training_job(
    config: ExperimentConfig,
    step: TrainingStep,
    iteration: int,
    folder: RunFolder,
    checkpoints: Mapping[str, Path],
    held_out: tuple[Identity, ...],
) -> TrainingJob:
    """A training after an iteration; arguments as of `search_job`."""
    trainer, processor = training_plugins(step)
    searches = [folder.traces(i, "collect") for i in range(1, iteration + 1)]
    return TrainingJob(
        trace_processor=(processor.qualified_name, _processor_options(step)),
        trainer=(trainer.qualified_name, _trainer_options(step, checkpoints)),
        traces=tuple(map(str, step.traces)),
        splits=step.splits,
        searches=tuple(str(p) for p in searches if step.searches and p.exists()),
        every_trace=step.every_trace,
        held_out=held_out,
        valid_share=step.valid_share,
        start=_start(config, step, checkpoints) if step.continued else None,
        seed=config.seed + iteration - 1,
    )


def _start(
    config: ExperimentConfig, step: TrainingStep, checkpoints: Mapping[str, Path]
) -> str | None:
    """The checkpoint that a step starts from: the newest, or else the configured one."""
    for target in targets(step):
        part, _, option = target.rpartition(".")
        used: PluginConfig | None = getattr(config, part, None)
        start = checkpoints.get(target) or (used and used.options.get(option))
        if start:
            return str(start)
    return None


def held_out(config: ExperimentConfig) -> tuple[Identity, ...]:
    """The evaluation theorems, which must not be trained on; opens the environment."""
    if config.evaluate is None or not config.training:
        return ()
    with search_job(config, config.evaluate, 1, {}).open_environment() as environment:
        return tuple((theorem.name, theorem.statement) for theorem in environment.theorems())


def training_plugins(step: TrainingStep) -> tuple[Plugin, Plugin]:
    """Trainer and trace processor of a step.

    Raises:
        UnknownPluginError: One is not installed.
        ConfigurationError: They don't fit together.
    """
    registry = installed()
    trainer = registry.get(step.trainer.name, PluginKind.TRAINER)
    learns_from = trainer.spec.examples if isinstance(trainer.spec, TrainerSpec) else ""
    default = trainer.spec.trace_processor if isinstance(trainer.spec, TrainerSpec) else ""
    name = step.trace_processor.name if step.trace_processor else default
    if not name:
        raise ConfigurationError(
            f"the trainer {trainer.name!r} names no trace processor, and the step {step.name} "
            "neither",
            hint="Give one as `trace_processor: {name: ...}`.",
        )
    processor = registry.get(name, PluginKind.TRACE_PROCESSOR)
    makes = processor.spec.examples if isinstance(processor.spec, TraceProcessorSpec) else ""
    if makes != learns_from:
        raise ConfigurationError(
            f"the trainer {trainer.name!r} learns from examples of the kind {learns_from!r}, and "
            f"the trace processor {processor.name!r} makes {makes!r}",
            hint=f"Leave out the trace processor of the step {step.name}, or choose another.",
        )
    return trainer, processor


def check(config: ExperimentConfig) -> dict[str, str]:
    """Check the options of all plugins, without starting anything.

    Returns:
        The versions of all distributions involved.

    Raises:
        ConfigurationError: An option is wrong, or a training step updates an unknown option.
        UnknownPluginError: A plugin is not installed.
    """
    versions: dict[str, str] = {}
    for step in config.training:
        _check_targets(config, step)
    for theorems in filter(None, (config.collect, config.evaluate)):
        for iteration in range(1, min(2, config.iterations) + 1):
            updated = _targets(config) if iteration > 1 else {}
            job = search_job(config, theorems, iteration, updated)
            _ = job.configuration
            versions |= job.versions
    for step in config.training:
        trainer, processor = training_plugins(step)
        parse_options(trainer, _trainer_options(step, _targets(config)))
        parse_options(processor, _processor_options(step))
        for plugin in (trainer, processor):
            versions[plugin.distribution] = metadata.version(plugin.distribution)
        if missing := [path for path in step.traces if not path.exists()]:
            raise ConfigurationError(
                f"the step {step.name} learns from {missing[0]}, which does not exist",
                hint="Paths are relative to the folder in which `bait` runs.",
            )
    return versions


def spread(items: Sequence[Item], limit: int | None) -> list[Item]:
    """At most `limit` items, evenly spaced."""
    count = len(items) if limit is None else min(limit, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def _targets(config: ExperimentConfig) -> dict[str, Path]:
    return {target: Path("checkpoint") for step in config.training for target in targets(step)}


def _check_targets(config: ExperimentConfig, step: TrainingStep) -> None:
    for target in targets(step):
        part, _, option = target.rpartition(".")
        plugin = _plugin_of(config, step, target, part)
        if option not in options_of(plugin).model_fields:
            raise ConfigurationError(
                f"the step {step.name} updates {target}, but {plugin.name!r} has no such option",
                hint=f"See `bait show-plugin {plugin.name} --kind {plugin.kind.value}`.",
            )


def _plugin_of(config: ExperimentConfig, step: TrainingStep, target: str, part: str) -> Plugin:
    """The plugin whose option a step updates."""
    for other in config.training:
        if part == f"training.{other.name}":
            return training_plugins(other)[0]
    used: PluginConfig | None = getattr(config, part)
    if used is None:
        raise ConfigurationError(
            f"the step {step.name} updates {target}, but the experiment names no {part}",
            hint=f"Name one: `{part}: {{name: ...}}`.",
        )
    return installed().get(used.name, KIND_OF_SECTION[part])


def _trainer_options(step: TrainingStep, checkpoints: Mapping[str, Path]) -> dict[str, Any]:
    return {**step.trainer.options, **_updated(f"training.{step.name}", checkpoints)}


def _processor_options(step: TrainingStep) -> dict[str, Any]:
    return step.trace_processor.options if step.trace_processor else {}


def _part(
    section: str, given: PluginConfig | None, checkpoints: Mapping[str, Path]
) -> PluginConfig:
    if given is None:
        return PluginConfig(name="")
    return PluginConfig(name=given.name, **{**given.options, **_updated(section, checkpoints)})


def _updated(part: str, checkpoints: Mapping[str, Path]) -> dict[str, str]:
    """The options of a part that currently name checkpoints."""
    targets = ((target.rpartition("."), path) for target, path in checkpoints.items())
    return {option: str(path) for (owner, _, option), path in targets if owner == part}


def _settings(config: ExperimentConfig) -> SearchSettings:
    return SearchSettings.of(
        config.settings, tactic_seconds=tactic_seconds(config), seed=config.seed
    )
