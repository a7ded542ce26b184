"""Reading a goal as Lean prints it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bait_lean.automation.formula import Formula, Shape, parse_formula, words

DAGGER = "✝"
_ENTRY = re.compile(r"(?P<names>\S+(?: \S+)*?) :(?P<rest>=?(?:\s.*)?)$", re.DOTALL)
_CASE = re.compile(r"case (\S+)$")
_SORTS = re.compile(r"(?:Prop|Type|Sort)\b[^→]*$")
_LOGICAL = frozenset(Shape) - {Shape.ATOM}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One name of a goal's context.

    Attributes:
        name: As printed; ends with a dagger where tactics can't refer to it.
        type: Its type or statement.
        value: What a `let` variable stands for; empty otherwise.
    """

    name: str
    type: str
    value: str = ""

    @property
    def accessible(self) -> bool:
        """Whether tactics can refer to it by name."""
        return DAGGER not in self.name and self.name != "_"

    @property
    def is_sort(self) -> bool:
        """Whether it is a type or a proposition, such as `α : Type` or `p : Prop`."""
        return bool(_SORTS.match(self.type))

    @property
    def is_instance(self) -> bool:
        """Whether it is an anonymous instance, such as `inst✝ : DecidableEq α`."""
        return self.name.startswith("inst")

    @property
    def formula(self) -> Formula:
        """Its type as a formula."""
        return parse_formula(self.type)

    @property
    def head(self) -> str:
        """First word of its type."""
        return self.formula.head


@dataclass(frozen=True)
class GoalText:
    """A goal, split into its parts.

    Attributes:
        case: The tag, such as `succ` or `node.inl`; empty if there is none.
        hypotheses: In order.
        target: What is to be shown.
    """

    case: str
    hypotheses: tuple[Hypothesis, ...]
    target: str

    @property
    def formula(self) -> Formula:
        """The target as a formula."""
        return parse_formula(self.target)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the context, also those that tactics can't refer to, without daggers."""
        return frozenset(h.name.partition(DAGGER)[0] for h in self.hypotheses)

    @cached_property
    def data(self) -> tuple[Hypothesis, ...]:
        """Accessible variables that stand for values, rather than types or facts."""
        return tuple(h for h in self.hypotheses if h.accessible and self._is_data(h))

    @cached_property
    def facts(self) -> tuple[Hypothesis, ...]:
        """Accessible hypotheses that are, as far as the text tells, statements."""
        rest = (h for h in self.hypotheses if h.accessible and h not in self.data)
        return tuple(h for h in rest if not h.is_sort and not h.is_instance)

    def _is_data(self, hypothesis: Hypothesis) -> bool:
        """Print doesn't tell values from proofs; values get mentioned, proofs hardly ever do."""
        if hypothesis.is_sort or hypothesis.is_instance:
            return False
        formula = hypothesis.formula
        if formula.shape is Shape.IMPLIES:
            return self._maps_to_data(formula)
        if formula.shape in _LOGICAL or self._is_proposition(formula.head):
            return False
        return hypothesis.head in _DATA_TYPES or self._mentioned(hypothesis.name)

    def _maps_to_data(self, formula: Formula) -> bool:
        """Whether an arrow is a function type: it ends in a sort, or in a type."""
        while formula.shape is Shape.IMPLIES:
            formula = parse_formula(formula.right)
        if formula.shape is not Shape.ATOM:
            return False
        if _SORTS.match(formula.text) or formula.head in _DATA_TYPES:
            return True
        return any(
            h.name == formula.head and h.is_sort and not self._is_proposition(h.name)
            for h in self.hypotheses
        )

    def _is_proposition(self, head: str) -> bool:
        """Whether the word is a propositional variable or a predicate of the context."""
        return any(h.name == head and h.type.endswith("Prop") for h in self.hypotheses)

    def _mentioned(self, name: str) -> bool:
        return name in words(self.target) or any(name in words(h.type) for h in self.hypotheses)


_DATA_TYPES = frozenset(
    {
        "Array",
        "Bool",
        "Char",
        "Fin",
        "Int",
        "List",
        "Nat",
        "Option",
        "Prod",
        "String",
        "Sum",
        "Unit",
    }
)


@lru_cache(maxsize=1024)
def parse_goal(text: str) -> GoalText:
    """Split the first goal of a printed proof state; any text gives a result.

    Args:
        text: Goals as Lean prints them, separated by blank lines.
    """
    case, hypotheses, target = "", [], ""
    for entry in _entries(text):
        if match := _CASE.match(entry):
            case = match[1]
        elif entry.startswith("⊢"):
            target = _one_line(entry[1:])
            break
        elif match := _ENTRY.match(entry):
            type_, _, value = match["rest"].partition(" := ")
            names = match["names"].split()
            hypotheses += [Hypothesis(n, _one_line(type_), _one_line(value)) for n in names]
    return GoalText(case, tuple(hypotheses), target)


def _entries(text: str) -> list[str]:
    """Unindented lines with the indented lines that continue them, up to the first blank one."""
    entries: list[str] = []
    for line in text.strip().splitlines():
        if not line.strip():
            if any(entry.startswith("⊢") for entry in entries):
                break
        elif line[0].isspace() and entries:
            entries[-1] += "\n" + line
        else:
            entries.append(line)
    return entries


def _one_line(text: str) -> str:
    return " ".join(text.split())
