"""The kinds of plugin, and everything that differs between them, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bait_core.plugins.specs import (
    CommandSpec,
    DoctorCheck,
    EnvironmentSpec,
    PluginSpec,
    TraceProcessorSpec,
    TrainerSpec,
)

Item = PluginSpec | CommandSpec | DoctorCheck
"""What hooks return lists of."""


class PluginKind(StrEnum):
    """The kinds of component that plugins provide."""

    ENVIRONMENT = "environment"
    TACTIC_MODEL = "tactic-model"
    GOAL_MODEL = "goal-model"
    SEARCH_MODEL = "search-model"
    TRACE_PROCESSOR = "trace-processor"
    TRAINER = "trainer"


@dataclass(frozen=True, slots=True)
class Kind:
    """Everything specific to a kind.

    Attributes:
        title: The heading of a list of such plugins.
        hook: The hook that registers them.
        spec: What the hook returns a list of.
        section: The key under which a configuration names one: of the experiment, or of a
            training step where `in_training`.
        methods: What a factory's result must have.
        in_training: Whether it belongs to a training step.
    """

    title: str
    hook: str
    spec: type[PluginSpec]
    section: str
    methods: tuple[str, ...]
    in_training: bool = False


KINDS: Mapping[PluginKind, Kind] = {
    PluginKind.ENVIRONMENT: Kind(
        "Environments",
        "bait_register_environments",
        EnvironmentSpec,
        "environment",
        ("theorems", "start", "close"),
    ),
    PluginKind.TACTIC_MODEL: Kind(
        "Tactic models", "bait_register_tactic_models", PluginSpec, "model", ("get_tactics",)
    ),
    PluginKind.GOAL_MODEL: Kind(
        "Goal models", "bait_register_goal_models", PluginSpec, "goal_model", ("score_goals",)
    ),
    PluginKind.SEARCH_MODEL: Kind(
        "Search models",
        "bait_register_search_models",
        PluginSpec,
        "search",
        ("reset", "get_goals", "process_responses"),
    ),
    PluginKind.TRACE_PROCESSOR: Kind(
        "Trace processors",
        "bait_register_trace_processors",
        TraceProcessorSpec,
        "trace_processor",
        ("process",),
        in_training=True,
    ),
    PluginKind.TRAINER: Kind(
        "Trainers",
        "bait_register_trainers",
        TrainerSpec,
        "trainer",
        ("train",),
        in_training=True,
    ),
}

KIND_OF_SECTION = {kind.section: name for name, kind in KINDS.items() if not kind.in_training}
"""The kinds that a search consists of, by section of the configuration."""

ITEM_OF_HOOK: Mapping[str, type[Item]] = {
    **{kind.hook: kind.spec for kind in KINDS.values()},
    "bait_register_commands": CommandSpec,
    "bait_register_doctor_checks": DoctorCheck,
}
"""Every hook, with what it returns a list of."""
