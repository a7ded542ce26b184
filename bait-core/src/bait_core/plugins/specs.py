"""Descriptions of plugins, readable without importing their implementation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """A component that a distribution offers.

    Attributes:
        name: What users write in a configuration or after `--search`.
        summary: One line for `bait list-plugins`.
        factory: "module:attribute", imported on first use only. Called with the options:
            `factory(options)` returns the environment, model or search.
        options: "module:attribute" of the model of its options, a subclass of
            `bait_core.Options`; empty if it has none. Imported on use only, as
            pydantic takes most of the time in which `bait` should have started.
        modules: Top-level modules that must be importable.
        executables: Programs that must be on the path.
        install_hint: What to type when one of them is missing.
    """

    name: str
    summary: str
    factory: str
    options: str = ""
    modules: tuple[str, ...] = ()
    executables: tuple[str, ...] = ()
    install_hint: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentSpec(PluginSpec):
    """An environment, and how `bait prove` can ask it for proofs.

    Attributes:
        statement_option: The option that takes a statement to prove, if it has one.
        file_option: The option that takes a file whose holes are to be filled, if any.
        only_option: The option that takes the names of the holes or theorems to prove, if any.
        axioms_option: The option that takes the names of axioms of the user's own text that
            proofs may use, if any.
        file_suffixes: Endings of such files, such as `.lean`.
        tactic_model: The tactic model that `bait prove` uses by default.
        only_by_name: Whether it takes statements only if the user names it, so that statements
            for other environments don't become ambiguous.
        prepare: "module:attribute" of a function that `bait prove` calls first, as
            `prepare(options, yes)`, to install what the prover lacks. It may ask on a terminal,
            unless `yes` is true.
        tactic_seconds: Default time limit of a tactic in `bait prove`.
    """

    statement_option: str = ""
    file_option: str = ""
    only_option: str = ""
    axioms_option: str = ""
    file_suffixes: tuple[str, ...] = ()
    tactic_model: str = ""
    only_by_name: bool = False
    prepare: str = ""
    tactic_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class SearchSpec(PluginSpec):
    """A search.

    Attributes:
        goal_model: The goal model that it uses by default; empty if it uses none.
    """

    goal_model: str = ""


@dataclass(frozen=True, slots=True)
class TraceProcessorSpec(PluginSpec):
    """A trace processor.

    Attributes:
        examples: The kind of the examples that it makes, such as `seq2seq`.
    """

    examples: str = ""


@dataclass(frozen=True, slots=True)
class TrainerSpec(PluginSpec):
    """A trainer.

    Attributes:
        examples: The kind of the examples that it learns from.
        trace_processor: The trace processor that makes them by default.
        updates: The options to set to its checkpoint after training by default: `model.OPTION` or
            `goal_model.OPTION`.
    """

    examples: str = ""
    trace_processor: str = ""
    updates: tuple[str, ...] = ("model.checkpoint",)


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command, or a group of commands such as `bait lean`, that a distribution adds.

    Attributes:
        name: What to write after `bait`.
        summary: One line for `bait --help`.
        app: "module:attribute" of a `typer.Typer`, or of a function that Typer makes a single
            command of; imported only when the command is used.
    """

    name: str
    summary: str
    app: str


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """One check of `bait doctor`.

    Attributes:
        name: What is checked.
        check: "module:attribute" of a function without parameters that returns a `Finding`.
    """

    name: str
    check: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check of `bait doctor`; `hint` says what to do if it is not `ok`."""

    ok: bool
    message: str
    hint: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
