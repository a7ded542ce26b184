"""What is to be proved: goals and theorems."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One independent proof obligation.

    Goals that share metavariables can't be solved apart and therefore form *one* goal.
    Two goals are equal exactly when their keys are: the text is for models and people, and
    goals that merely print alike stay different.

    Attributes:
        key: Exact identity, made by the environment from hypotheses (with their names and
            types) and conclusion.
        text: The goal as the prover prints it.
        symbols: Constants that occur in the goal, for ranking premises; may be empty where
            the prover does not tell.
    """

    key: str
    text: str
    symbols: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Goal) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Theorem:
    """Something an environment can be asked to prove.

    Attributes:
        name: Unique within its environment.
        statement: What it says, in the prover's language.
        source: Where it comes from, such as `Lists.lean:12`; for people.
    """

    name: str
    statement: str
    source: str = ""
