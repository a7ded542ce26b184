"""Tactics of human proofs with gaps in place of theorems and terms, and how to fill them.

A template is the text of a tactic in which `?` stands for a theorem, `[?*]` for a list of several
theorems, and `!` for a term. At most one of these occurs, once.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bait_holist.tactics.goal_view import GoalView
from bait_holist.tactics.options import TemplateOptions
from bait_holist.terms import Sexp, to_text

_LIST_LENGTHS = (2, 4, 8)
_WORD = re.compile(r"`[^`]*`|\"[^\"]*\"|[A-Za-z_][\w']*|\[|\]|[^\s]")
_SEVERAL = re.compile(r"\[ (?:(?:GSYM )?\? ; )+(?:GSYM )?\? \]")


@dataclass(frozen=True, slots=True)
class Template:
    """A tactic with at most one gap, and how often human proofs use it."""

    text: str
    count: int

    @property
    def head(self) -> str:
        """The name that the tactic begins with."""
        return self.text.partition(" ")[0]


@cache
def load_templates() -> tuple[Template, ...]:
    """The templates of the human proofs of HOL Light's training split, most frequent first."""
    text = resources.files(__package__).joinpath("templates.json").read_text("utf-8")
    return tuple(Template(text, count) for text, count in json.loads(text))


def fill(
    template: Template, goal: GoalView, premises: Sequence[str], options: TemplateOptions
) -> Iterator[tuple[str, float]]:
    """The tactics that the template yields, each with its share of the probability.

    Args:
        template: The template to fill.
        goal: The goal whose terms may fill it.
        premises: Names of theorems, best first.
        options: How many theorems and terms to try.

    Yields:
        Tactic text and share; the shares add up to at most 1.
    """
    if "[?*]" in template.text:
        yield from _spread(template.text, "?*", list(_lists(premises)), options)
    elif "?" in template.text:
        yield from _spread(template.text, "?", list(premises), options)
    elif "!" in template.text:
        terms = TERM_SOURCES[template.head](goal)
        fillings = [f"`{to_text(term)}`" for term in itertools.islice(terms, options.terms)]
        yield from _spread(template.text, "!", fillings, options)
    else:
        yield template.text, 1.0


def _lists(premises: Sequence[str]) -> Iterator[str]:
    for length in _LIST_LENGTHS:
        if length <= len(premises):
            yield "; ".join(premises[:length])


def _spread(
    text: str, gap: str, fillings: list[str], options: TemplateOptions
) -> Iterator[tuple[str, float]]:
    weights = [(1 / rank) ** options.ranking_exponent for rank in range(1, len(fillings) + 1)]
    total = sum(weights)
    for filling, weight in zip(fillings, weights, strict=True):
        yield text.replace(gap, filling, 1), weight / total


def _witnesses(goal: GoalView) -> Iterator[Sexp]:
    variable = goal.bound("?")
    if variable is not None:
        yield from goal.witnesses(variable[1])


def _generalised(goal: GoalView) -> Iterator[Sexp]:
    variable = goal.bound("!")
    if variable is not None:
        yield variable


def _assumptions(goal: GoalView) -> Iterator[Sexp]:
    yield from goal.hypotheses


def _propositions(goal: GoalView) -> Iterator[Sexp]:
    yield from (t for t in goal.witnesses(("bool",)) if t not in goal.hypotheses)


# The terms that may fill a gap, by the head of the template.
TERM_SOURCES: dict[str, Callable[[GoalView], Iterator[Sexp]]] = {
    "EXISTS_TAC": _witnesses,
    "X_GEN_TAC": _generalised,
    "UNDISCH_TAC": _assumptions,
    "ASM_CASES_TAC": _propositions,
    "BOOL_CASES_TAC": _propositions,
}


def template_of(tactic: str, theorems: Collection[str]) -> str | None:
    """The template of a tactic; None if it has gaps that can't be filled."""
    words = [_gap(word, theorems) for word in _WORD.findall(tactic)]
    text = _SEVERAL.sub("[?*]", " ".join(words))
    for spaced, plain in (("[ ", "["), (" ]", "]"), ("( ", "("), (" )", ")")):
        text = text.replace(spaced, plain)
    if text.count("?") + text.count("!") > 1:
        return None
    return None if "!" in text and text.partition(" ")[0] not in TERM_SOURCES else text


def _gap(word: str, theorems: Collection[str]) -> str:
    if word.startswith("`"):
        return "!"
    return "?" if word in theorems else word
