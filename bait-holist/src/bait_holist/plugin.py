"""The plugins of bait-holist, registered without importing them."""

from __future__ import annotations

from bait_core import CommandSpec, DoctorCheck, EnvironmentSpec, PluginSpec, hookimpl

BAIT_API = 1


@hookimpl
def bait_register_environments() -> list[EnvironmentSpec]:
    """The environment for HOL Light."""
    return [
        EnvironmentSpec(
            name="holist",
            summary="HOL Light, or a HOList server: a statement, or theorems of the library",
            factory="bait_holist.environment.environment:make_environment",
            options="bait_holist.environment.options:HolistOptions",
            statement_option="statement",
            only_option="theorems",
            tactic_model="holist-tactics",
            only_by_name=True,
            tactic_seconds=0.1,  # higher limits prove less in the same time: docs/hol-light.md
        )
    ]


@hookimpl
def bait_register_tactic_models() -> list[PluginSpec]:
    """The tactic model for HOL Light."""
    return [
        PluginSpec(
            name="holist-tactics",
            summary="The most frequent tactics of HOL Light's human proofs; needs no training",
            factory="bait_holist.tactics.model:TemplateModel",
            options="bait_holist.tactics.options:TemplateOptions",
            modules=("bm25s",),
            install_hint="pip install bait-holist",
        )
    ]


@hookimpl
def bait_register_commands() -> list[CommandSpec]:
    """`bait holist`."""
    return [
        CommandSpec(
            "holist",
            "Keep HOL Light running, serve it to HOList's clients, export human proofs",
            "bait_holist.cli:app",
        )
    ]


@hookimpl
def bait_register_doctor_checks() -> list[DoctorCheck]:
    """The check for an installed HOL Light."""
    return [DoctorCheck("hol-light", "bait_holist.doctor:hol_light")]
