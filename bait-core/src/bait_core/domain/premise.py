"""What a proof may use: library facts, and facts and definitions of the user's own text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Premise:
    """A fact that a proof may use.

    Attributes:
        name: Its full name.
        statement: What it says.
        symbols: Constants that occur in it, for ranking; may be empty.
        key: What it says exactly, in the form that keys of goals have; may be empty.
    """

    name: str
    statement: str
    symbols: tuple[str, ...] = ()
    key: str = ""


class DefinitionKind(StrEnum):
    """What a definition defines."""

    FUNCTION = "function"
    """Something that can be unfolded and is not a predicate."""
    PREDICATE = "predicate"
    """Something that can be unfolded to a proposition."""
    TYPE = "type"
    """An inductive type or a structure."""
    INDUCTIVE_PREDICATE = "inductive predicate"
    """A predicate given by rules."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Something that the user's own text defines, by its full name."""

    name: str
    kind: DefinitionKind


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class PremiseSet:
    """The premises accessible at a goal. Sets are large, so they are compared by identity.

    Attributes:
        library_key: Identifies the content of `library`, so that models can cache what they
            compute from it.
        library: Facts of the libraries that the text imports, in their order.
        local: Facts that the text itself states before the goal, in order.
        definitions: What the text itself defines before the goal, in order.
    """

    library_key: str
    library: tuple[Premise, ...]
    local: tuple[Premise, ...] = ()
    definitions: tuple[Definition, ...] = ()


NO_PREMISES = PremiseSet(library_key="", library=())
