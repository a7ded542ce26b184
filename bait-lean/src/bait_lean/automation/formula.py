"""The outermost structure of a printed Lean formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_NAME_PART = r"(?:«[^»\n]*»|[\w✝'!?])"
_NAME = rf"(?:«[^»\n]*»|[\w?])(?:{_NAME_PART}|\.(?=[\w«]))*"
_WORD = re.compile(_NAME)
_TOKEN = re.compile(rf"{_NAME}|:=|=>|\+\+|::|&&|\|\||==|!=|<;>|\.\.|\S")
_OPENING, _CLOSING = frozenset("([{⟨⦃"), frozenset(")]}⟩⦄")
# What follows one of these at the outermost level belongs to it, to the end.
_OPEN_ENDED = frozenset(("∀", "∃", "fun", "λ", "let", "have", "if", "match", "show"))


class Shape(StrEnum):
    """What a formula is, seen from outside."""

    FORALL = "∀"
    EXISTS = "∃"
    IFF = "↔"
    IMPLIES = "→"
    OR = "∨"
    AND = "∧"
    NOT = "¬"
    EQUAL = "="
    RELATION = "relation"
    TRUE = "True"
    FALSE = "False"
    ATOM = "atom"


_RELATIONS = frozenset("≠<≤>≥∣∈∉⊆⊂≈≃")
# Weakest first: the weakest operator at the outermost level is the formula's.
_CONNECTIVES = (Shape.IFF, Shape.IMPLIES, Shape.OR, Shape.AND)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, taken apart once.

    Attributes:
        shape: What it is.
        text: All of it, without outer brackets.
        left: Left operand; what is negated; a quantifier's variables as printed.
        right: Right operand; a quantifier's body.
        variables: The names that a quantifier binds.
        operator: The symbol of a relation.
    """

    shape: Shape
    text: str
    left: str = ""
    right: str = ""
    variables: tuple[str, ...] = ()
    operator: str = ""

    @property
    def head(self) -> str:
        """First word of the text, brackets skipped; empty if there is none."""
        match = _WORD.search(self.text)
        return match[0] if match else ""


def find_words(text: str) -> frozenset[str]:
    """The names in a text: whole dotted names, and the parts before each dot."""
    found: set[str] = set()
    for name in _WORD.findall(text):
        parts = name.split(".")
        found.update(".".join(parts[:i]) for i in range(1, len(parts) + 1))
    return frozenset(found)


words = lru_cache(maxsize=4096)(find_words)
"""`find_words` for texts that come again and again."""


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Formula:
    """Take the outermost connective off; whatever is not understood is an atom."""
    text = _without_brackets(text.strip())
    if text in {"True", "False"}:
        return Formula(Shape(text), text)
    if text.startswith(("∀", "∃")):
        return _quantified(text)
    places = _operators(text)
    for shape in _CONNECTIVES:
        if shape.value in places:
            return _infix(shape, text, places[shape.value], shape.value)
    if text.startswith("¬"):
        return Formula(Shape.NOT, text, left=_without_brackets(text[1:].strip()))
    for operator, place in places.items():
        if operator == "=":
            return _infix(Shape.EQUAL, text, place, operator)
        if operator in _RELATIONS:
            return _infix(Shape.RELATION, text, place, operator)
    return Formula(Shape.ATOM, text)


def split_all(formula: Formula, shape: Shape) -> list[Formula]:
    """The operands of a chain of one connective, such as the three of `p ∧ q ∧ r`."""
    parts = []
    while formula.shape is shape:
        parts.append(parse_formula(formula.left))
        formula = parse_formula(formula.right)
    return [*parts, formula]


def _infix(shape: Shape, text: str, place: int, operator: str) -> Formula:
    left, right = text[:place].strip(), text[place + len(operator) :].strip()
    return Formula(
        shape, text, _without_brackets(left), _without_brackets(right), operator=operator
    )


def _operators(text: str) -> dict[str, int]:
    """First place of each operator at the outermost level."""
    places: dict[str, int] = {}
    depth = 0
    for token in _TOKEN.finditer(text):
        symbol = token[0]
        if symbol in _OPENING:
            depth += 1
        elif symbol in _CLOSING:
            depth -= 1
        elif depth == 0:
            if symbol in _OPEN_ENDED:
                break
            places.setdefault(symbol, token.start())
    return places


def _quantified(text: str) -> Formula:
    shape = Shape(text[0])
    rest = text[1:].removeprefix("!")
    comma = _operators(rest).get(",")
    if comma is None:
        return Formula(Shape.ATOM, text)
    bound, body = rest[:comma].strip(), rest[comma + 1 :].strip()
    return Formula(shape, text, bound, body, _bound_names(bound))


def _bound_names(bound: str) -> tuple[str, ...]:
    """Names in `x y`, `(x y : α) {z : β}` or `x ∈ s`."""
    names: list[str] = []
    naming, depth = True, 0
    for token in _TOKEN.findall(bound):
        if token in _OPENING:
            depth += 1
            naming = naming or depth == 1
        elif token in _CLOSING:
            depth -= 1
            naming = True
        elif naming and _WORD.fullmatch(token):
            names.append(token)
        else:
            naming = False
    return tuple(names)


def _without_brackets(text: str) -> str:
    while text.startswith("(") and _closing_place(text) == len(text) - 1:
        inner = text[1:-1].strip()
        if "," in _operators(inner):  # a tuple
            break
        text = inner
    return text


def _closing_place(text: str) -> int:
    """Where the bracket that opens the text is closed; -1 if it never is."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in _OPENING:
            depth += 1
        elif token[0] in _CLOSING:
            depth -= 1
            if depth == 0:
                return token.start()
    return -1
