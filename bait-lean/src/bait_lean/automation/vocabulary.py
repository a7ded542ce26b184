"""Which constants of a goal the user's own text defines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bait_core import Definition, DefinitionKind, Goal
from bait_lean.automation.formula import find_words
from bait_lean.automation.premise_ranking import PremiseView, suffixes

_MAX_DEFINITIONS = 8
_MAX_LEMMAS = 4


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The user's constants in a goal, in order of occurrence, and the user's facts on them.

    Attributes:
        functions: Functions, which can be unfolded.
        predicates: Predicates that can be unfolded.
        rules: Predicates given by rules.
        lemmas: Earlier theorems of the text on these constants.
    """

    functions: tuple[str, ...] = ()
    predicates: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()

    @property
    def predicate_words(self) -> frozenset[str]:
        """All predicates as print may show them: in full, and without their namespaces."""
        names = (*self.predicates, *self.rules)
        return frozenset(names) | {name.rpartition(".")[2] for name in names}

    @property
    def definitions(self) -> tuple[str, ...]:
        """What can be unfolded."""
        return self.functions + self.predicates


def vocabulary_of(goal: Goal, view: PremiseView) -> Vocabulary:
    """Find the user's constants in a goal."""
    own = _occurring(goal, view.definitions)

    def of_kind(kind: DefinitionKind) -> tuple[str, ...]:
        return tuple(item.name for item in own if item.kind is kind)[:_MAX_DEFINITIONS]

    known = [item.name for item in own if item.kind is not DefinitionKind.TYPE]
    return Vocabulary(
        functions=of_kind(DefinitionKind.FUNCTION),
        predicates=of_kind(DefinitionKind.PREDICATE),
        rules=of_kind(DefinitionKind.INDUCTIVE_PREDICATE),
        lemmas=tuple(p.name for p in view.about(known, _MAX_LEMMAS)),
    )


def _occurring(goal: Goal, definitions: Iterable[Definition]) -> list[Definition]:
    """Those that occur among the goal's symbols, or, if it has none, seem to occur in its text."""
    if goal.symbols:
        known = {item.name: item for item in definitions}
        return [known[symbol] for symbol in goal.symbols if symbol in known]
    words = find_words(goal.text)
    shown = words | {part for word in words for part in word.split(".")}
    return [item for item in definitions if not suffixes(item.name).isdisjoint(shown)]


def applications(function: str, text: str) -> list[tuple[str, ...]]:
    """Variables that the text applies a function to, one tuple for each application.

    Finds `app xs ys`, and `t.size` for `Tree.size t`.
    """
    namespace, _, short = function.rpartition(".")
    name = rf"(?:{re.escape(function)}|{re.escape(short)})"
    found = [
        tuple(match[1].split())
        for match in re.finditer(
            rf"(?<![\w.]){name}((?: [^\W\d][\w']*)+)(?![\w'.]| [\w(\[⟨{{])", text
        )
    ]
    if namespace:
        fields = re.finditer(rf"(?<![\w.])([^\W\dA-Z][\w']*)\.{re.escape(short)}\b", text)
        found += [(match[1],) for match in fields]
    return list(dict.fromkeys(found))
