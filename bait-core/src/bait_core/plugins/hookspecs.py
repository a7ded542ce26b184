"""The hooks through which a distribution tells what it brings.

A distribution declares one entry point of the group `bait`, whose value is a module that is
quick to import and looks like this:

    from bait_core.plugins import PluginSpec, hookimpl

    BAIT_API = 1

    @hookimpl
    def bait_register_search_models() -> list[PluginSpec]:
        return [PluginSpec("my-search", "Looks twice", "my_package.search:MySearch")]
"""

from __future__ import annotations

import pluggy

from bait_core.plugins.specs import (
    CommandSpec,
    DoctorCheck,
    EnvironmentSpec,
    PluginSpec,
    TraceProcessorSpec,
    TrainerSpec,
)

API_VERSION = 1
"""The version of this contract; grows when a change breaks plugins."""

PROJECT = "bait"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def bait_register_environments() -> list[EnvironmentSpec]:
    """Environments: the proof assistants."""
    raise NotImplementedError


@hookspec
def bait_register_tactic_models() -> list[PluginSpec]:
    """Tactic models: what proposes tactics for a goal."""
    raise NotImplementedError


@hookspec
def bait_register_goal_models() -> list[PluginSpec]:
    """Goal models: what judges whether a goal can be proved."""
    raise NotImplementedError


@hookspec
def bait_register_search_models() -> list[PluginSpec]:
    """Search models: what chooses the next goal; `SearchSpec`s if they use a goal model."""
    raise NotImplementedError


@hookspec
def bait_register_trace_processors() -> list[TraceProcessorSpec]:
    """Trace processors: what makes training examples of recorded searches."""
    raise NotImplementedError


@hookspec
def bait_register_trainers() -> list[TrainerSpec]:
    """Trainers: what makes checkpoints of training examples."""
    raise NotImplementedError


@hookspec
def bait_register_commands() -> list[CommandSpec]:
    """Command groups that appear below `bait`."""
    raise NotImplementedError


@hookspec
def bait_register_doctor_checks() -> list[DoctorCheck]:
    """Checks that `bait doctor` runs."""
    raise NotImplementedError
