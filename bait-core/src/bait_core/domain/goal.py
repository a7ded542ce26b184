"""What is to be proved: goals and theorems."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One independent proof obligation.

    Goals that share metavariables can't be solved separately and therefore form *one* goal.
    Two goals are equal if and only if their keys are: the text is for models and users, and goals
    that merely print alike are different.

    Attributes:
        key: Exact identity, made by the environment from hypotheses (with their names and
            types) and conclusion.
        text: The goal as the prover prints it.
        symbols: Constants that occur in the goal, for ranking premises; may be empty if the
            prover does not report them.
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
        source: Where it comes from, such as `Lists.lean:12`; for users.
    """

    name: str
    statement: str
    source: str = ""
