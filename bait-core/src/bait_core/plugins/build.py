"""Making plugins from their names and options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bait_core.errors import BaitError, BrokenPluginError
from bait_core.hints import describe_error
from bait_core.options import Options, validate
from bait_core.plugins.kinds import KINDS, PluginKind
from bait_core.plugins.references import resolve
from bait_core.plugins.registry import Plugin, Registry, installed

if TYPE_CHECKING:
    from bait_core.protocols import (
        Environment,
        GoalModel,
        SearchModel,
        TacticModel,
        TraceProcessor,
        Trainer,
    )

_NO_OPTIONS: Mapping[str, object] = {}


def make_environment(
    name: str, options: Mapping[str, object] = _NO_OPTIONS, registry: Registry | None = None
) -> Environment:
    """Make the environment `name`; raises what `make` raises."""
    environment: Environment = _make(PluginKind.ENVIRONMENT, name, options, registry)
    return environment


def make_tactic_model(
    name: str, options: Mapping[str, object] = _NO_OPTIONS, registry: Registry | None = None
) -> TacticModel:
    """Make the tactic model `name`; raises what `make` raises."""
    model: TacticModel = _make(PluginKind.TACTIC_MODEL, name, options, registry)
    return model


def make_goal_model(
    name: str, options: Mapping[str, object] = _NO_OPTIONS, registry: Registry | None = None
) -> GoalModel:
    """Make the goal model `name`; raises what `make` raises."""
    model: GoalModel = _make(PluginKind.GOAL_MODEL, name, options, registry)
    return model


def make_search_model(
    name: str, options: Mapping[str, object] = _NO_OPTIONS, registry: Registry | None = None
) -> SearchModel:
    """Make the search model `name`; raises what `make` raises."""
    model: SearchModel = _make(PluginKind.SEARCH_MODEL, name, options, registry)
    return model


def make_trace_processor(
    name: str, options: Mapping[str, object] = _NO_OPTIONS, registry: Registry | None = None
) -> TraceProcessor:
    """Make the trace processor `name`; raises what `make` raises."""
    processor: TraceProcessor = _make(PluginKind.TRACE_PROCESSOR, name, options, registry)
    return processor


def make_trainer(
    name: str, options: Mapping[str, object] = _NO_OPTIONS, registry: Registry | None = None
) -> Trainer:
    """Make the trainer `name`; raises what `make` raises."""
    trainer: Trainer = _make(PluginKind.TRAINER, name, options, registry)
    return trainer


def make(plugin: Plugin, options: Mapping[str, object] = _NO_OPTIONS) -> Any:
    """Check a plugin's options and dependencies, import its factory and call it.

    Raises:
        ConfigurationError: The options are wrong.
        BrokenPluginError: A dependency is missing, the plugin can't be imported, or its factory
            fails or returns something that is not a plugin of its kind.
        BaitError: Any other BaitError that the factory raises.
    """
    parsed = parse_options(plugin, options)
    title = f"the {plugin.kind.value} {plugin.name!r} of {plugin.distribution}"
    missing = plugin.missing
    if missing:
        raise BrokenPluginError(f"{title} needs {', '.join(missing)}", hint=plugin.install_hint)
    factory = resolve(plugin.spec.factory, title)
    try:
        made = factory(parsed)
    except BaitError:
        raise
    except Exception as error:
        raise BrokenPluginError(
            f"{title} can't be made: {describe_error(error)}", hint=_report_to(plugin)
        ) from error
    lacking = [method for method in KINDS[plugin.kind].methods if not hasattr(made, method)]
    if lacking:
        raise BrokenPluginError(
            f"{plugin.spec.factory} made a {type(made).__name__}, which has no "
            f"{', '.join(lacking)} and so is not a {plugin.kind.value}",
            hint=_report_to(plugin),
        )
    return made


def options_of(plugin: Plugin) -> type[Options]:
    """The class of a plugin's options.

    Raises:
        BrokenPluginError: It can't be imported, or is not a subclass of `Options`.
    """
    reference = plugin.spec.options
    if not reference:
        return Options
    model = resolve(reference, f"the options of {plugin.name!r}")
    if not (isinstance(model, type) and issubclass(model, Options)):
        raise BrokenPluginError(
            f"{reference}, the options of {plugin.name!r}, is not a subclass of {Options.__name__}",
            hint=f"This is a bug in {plugin.distribution}: please report it to its authors.",
        )
    if "name" in model.model_fields:
        raise BrokenPluginError(
            f"{reference}, the options of {plugin.name!r}, has an option called `name`, which in a "
            "configuration is the plugin's own",
            hint=f"This is a bug in {plugin.distribution}: please report it to its authors.",
        )
    return model


def parse_options(plugin: Plugin, values: Mapping[str, object]) -> Options:
    """Validate a plugin's options as given by the user.

    Raises:
        ConfigurationError: An option is unknown, missing or has a wrong value; the hint says
            what would be right.
        BrokenPluginError: The class of the options can't be imported.
    """
    title = f"the {plugin.kind.value} {plugin.name!r}"
    see = f"For all options: bait show-plugin {plugin.name} --kind {plugin.kind.value}"
    return validate(options_of(plugin), values, title, see)


def _make(
    kind: PluginKind, name: str, options: Mapping[str, object], registry: Registry | None
) -> Any:
    return make((registry or installed()).get(name, kind), options)


def _report_to(plugin: Plugin) -> str:
    return f"This is a bug in {plugin.distribution}: please report it to its authors."
