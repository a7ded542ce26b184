"""What bait-lean offers, declared without importing it."""

from __future__ import annotations

from bait_core import CommandSpec, DoctorCheck, EnvironmentSpec, PluginSpec, hookimpl

BAIT_API = 1


@hookimpl
def bait_register_environments() -> list[EnvironmentSpec]:
    """Lean 4 itself."""
    return [
        EnvironmentSpec(
            name="lean",
            summary="Lean 4: a statement, the holes of a file, or theorems of the library",
            factory="bait_lean.environment.environment:LeanEnvironment",
            options="bait_lean.environment.options:LeanOptions",
            statement_option="statement",
            file_option="file",
            only_option="only",
            axioms_option="allow_axioms",
            file_suffixes=(".lean",),
            tactic_model="lean-automation",
            prepare="bait_lean.cli.prepare:prepare",
        )
    ]


@hookimpl
def bait_register_tactic_models() -> list[PluginSpec]:
    """The tactic models for Lean."""
    return [
        PluginSpec(
            name="lean-automation",
            summary="Lean's own automation and library facts, without learning",
            factory="bait_lean.automation.model:AutomationModel",
            options="bait_lean.automation.options:AutomationOptions",
            modules=("bm25s",),
            install_hint="pip install bait-lean",
        )
    ]


@hookimpl
def bait_register_commands() -> list[CommandSpec]:
    """`bait lean`."""
    return [CommandSpec("lean", "Install, remove and inspect Lean 4", "bait_lean.cli.commands:app")]


@hookimpl
def bait_register_doctor_checks() -> list[DoctorCheck]:
    """Whether there is a Lean."""
    return [DoctorCheck("lean", "bait_lean.cli.doctor:lean")]
