"""The core's own plugins, registered like all others."""

from __future__ import annotations

from bait_core.plugins.hookspecs import hookimpl
from bait_core.plugins.specs import (
    CommandSpec,
    DoctorCheck,
    EnvironmentSpec,
    PluginSpec,
    TraceProcessorSpec,
    TrainerSpec,
)

BAIT_API = 1


@hookimpl
def bait_register_environments() -> list[EnvironmentSpec]:
    """An environment for trying searches."""
    return [
        EnvironmentSpec(
            name="synthetic",
            summary="Synthetic goals made by arithmetic, to try searches without a prover",
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
            summary="Pseudo-random tactics for the synthetic environment",
            factory="bait_core.testing.synthetic:SyntheticModel",
            options="bait_core.testing.synthetic:SyntheticModelOptions",
        ),
        PluginSpec(
            name="frequencies",
            summary="The most frequent tactics of earlier proofs, whatever the goal: a baseline",
            factory="bait_core.frequencies.model:FrequencyModel",
            options="bait_core.frequencies.model:FrequencyOptions",
        ),
    ]


@hookimpl
def bait_register_trace_processors() -> list[TraceProcessorSpec]:
    """Those that need nothing but the core."""
    return [
        TraceProcessorSpec(
            name="proof-steps",
            summary="Goal and tactic of each step of accepted proofs",
            factory="bait_core.frequencies.training:ProofSteps",
            examples="proof-step",
        )
    ]


@hookimpl
def bait_register_trainers() -> list[TrainerSpec]:
    """Those that need nothing but the core."""
    return [
        TrainerSpec(
            name="frequencies",
            summary="Counts tactics for the tactic model `frequencies`",
            factory="bait_core.frequencies.training:FrequencyTrainer",
            examples="proof-step",
            trace_processor="proof-steps",
        )
    ]


@hookimpl
def bait_register_search_models() -> list[PluginSpec]:
    """The searches that need no learned scorer."""
    return [
        PluginSpec(
            name="best-first",
            summary="Most probable path first; a good default without a goal model",
            factory="bait_core.search.best_first:BestFirst",
            options="bait_core.search.best_first:BestFirstOptions",
        ),
        PluginSpec(
            name="breadth-first",
            summary="Oldest goal first; ignores the models' probabilities",
            factory="bait_core.search.breadth_first:BreadthFirst",
            options="bait_core.search.breadth_first:BreadthFirstOptions",
        ),
    ]


@hookimpl
def bait_register_commands() -> list[CommandSpec]:
    """The core's commands, in the order of `bait --help`."""
    return [
        CommandSpec(
            "prove",
            "Prove a statement, or fill the holes of a file.",
            "bait_core.cli.prove_cmd:prove",
        ),
        CommandSpec(
            "verify",
            "Check which theorems of a file are proved.",
            "bait_core.cli.verify_cmd:verify",
        ),
        CommandSpec(
            "run",
            "Run an experiment: search, record, train, search again.",
            "bait_core.cli.run_cmd:run",
        ),
        CommandSpec(
            "evaluate",
            "Search the theorems of an experiment once.",
            "bait_core.cli.evaluate_cmd:evaluate",
        ),
        CommandSpec(
            "train",
            "Run one training step of an experiment.",
            "bait_core.cli.train_cmd:train",
        ),
        CommandSpec(
            "report",
            "Show what runs of experiments proved.",
            "bait_core.cli.report_cmd:report",
        ),
        CommandSpec(
            "traces",
            "List and show recorded searches.",
            "bait_core.cli.traces_cmd:traces",
        ),
        CommandSpec(
            "premises",
            "Write the accessible premises to a file, for training.",
            "bait_core.cli.premises_cmd:premises",
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
    """Checks that concern every use of BAIT."""
    return [
        DoctorCheck("python", "bait_core.cli.doctor_checks:python"),
        DoctorCheck("memory", "bait_core.cli.doctor_checks:memory"),
        DoctorCheck("folders", "bait_core.cli.doctor_checks:folders"),
    ]
