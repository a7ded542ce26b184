"""What bait-core itself brings, registered like everybody else's."""

from __future__ import annotations

from bait_core.plugins.hookspecs import hookimpl
from bait_core.plugins.specs import CommandSpec, DoctorCheck, EnvironmentSpec, PluginSpec

BAIT_API = 1


@hookimpl
def bait_register_environments() -> list[EnvironmentSpec]:
    """An environment for trying searches."""
    return [
        EnvironmentSpec(
            name="synthetic",
            summary="Made of arithmetic, for trying searches; proves nothing real",
            factory="bait_core.testing.synthetic:SyntheticEnvironment",
            options="bait_core.testing.synthetic:SyntheticOptions",
            tactic_model="synthetic",
        )
    ]


@hookimpl
def bait_register_tactic_models() -> list[PluginSpec]:
    """The tactic model that goes with it."""
    return [
        PluginSpec(
            name="synthetic",
            summary="Numbers, for the synthetic environment",
            factory="bait_core.testing.synthetic:SyntheticModel",
            options="bait_core.testing.synthetic:SyntheticModelOptions",
        )
    ]


@hookimpl
def bait_register_search_models() -> list[PluginSpec]:
    """The searches that need no learned scorer."""
    return [
        PluginSpec(
            name="best-first",
            summary="Most probable goal first",
            factory="bait_core.search.best_first:BestFirst",
            options="bait_core.search.options:BestFirstOptions",
        ),
        PluginSpec(
            name="breadth-first",
            summary="Oldest goal first",
            factory="bait_core.search.breadth_first:BreadthFirst",
            options="bait_core.search.options:BreadthFirstOptions",
        ),
    ]


@hookimpl
def bait_register_commands() -> list[CommandSpec]:
    """The core's commands, in the order of `bait --help`."""
    return [
        CommandSpec(
            "prove",
            "Prove a statement, or fill the holes of a file.",
            "bait_core.cli.prove.command:prove",
        ),
        CommandSpec(
            "traces",
            "List recorded searches and show them.",
            "bait_core.cli.traces_cmd:traces",
        ),
        CommandSpec(
            "list-plugins",
            "List the installed environments, models and searches.",
            "bait_core.cli.plugins_cmd:list_plugins",
        ),
        CommandSpec(
            "show-plugin",
            "Show the options of a plugin, and YAML to start from.",
            "bait_core.cli.plugins_cmd:show_plugin",
        ),
        CommandSpec(
            "doctor",
            "Check whether this machine has what BAIT needs.",
            "bait_core.cli.doctor_cmd:doctor",
        ),
    ]


@hookimpl
def bait_register_doctor_checks() -> list[DoctorCheck]:
    """What every use of BAIT needs."""
    return [
        DoctorCheck("python", "bait_core.cli.doctor_checks:python"),
        DoctorCheck("memory", "bait_core.cli.doctor_checks:memory"),
        DoctorCheck("folders", "bait_core.cli.doctor_checks:folders"),
    ]
