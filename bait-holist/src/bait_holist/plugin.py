"""What bait-holist brings, told without importing it."""

from __future__ import annotations

from bait_core.plugins.hookspecs import hookimpl
from bait_core.plugins.specs import CommandSpec, DoctorCheck, EnvironmentSpec, PluginSpec

BAIT_API = 1


@hookimpl
def bait_register_environments() -> list[EnvironmentSpec]:
    """HOL Light itself."""
    return [
        EnvironmentSpec(
            name="holist",
            summary="HOL Light: a statement, or theorems of the library",
            factory="bait_holist.environment.environment:make_environment",
            options="bait_holist.environment.options:HolistOptions",
            statement_option="statement",
            only_option="theorems",
            tactic_model="holist-tactics",
            only_by_name=True,
            tactic_seconds=0.1,  # longer ones prove less in the same time: docs/hol-light.md
        )
    ]


@hookimpl
def bait_register_tactic_models() -> list[PluginSpec]:
    """The tactic models for HOL Light."""
    return [
        PluginSpec(
            name="holist-tactics",
            summary="What HOL Light's own proofs use most often, without learning",
            factory="bait_holist.tactics.model:TemplateModel",
            options="bait_holist.tactics.options:TemplateOptions",
            modules=("bm25s",),
            install_hint="pip install bait-holist",
        )
    ]


@hookimpl
def bait_register_commands() -> list[CommandSpec]:
    """`bait holist`."""
    return [CommandSpec("holist", "HOL Light for many runs, and for others", "bait_holist.cli:app")]


@hookimpl
def bait_register_doctor_checks() -> list[DoctorCheck]:
    """Whether there is a HOL Light."""
    return [DoctorCheck("hol-light", "bait_holist.doctor:hol_light")]
