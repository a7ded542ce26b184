"""From ranked templates and theorems to tactics."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bait_core import Suggestion
from bait_holist.tactics import TERM_SOURCES, GoalView
from bait_holist.terms import to_text
from bait_models.tactic_models.holist.lists import Lists, best_lists
from bait_models.tactic_models.holist.options import HolistModelOptions

_PROVERS = ("MESON_TAC", "ASM_MESON_TAC", "METIS_TAC", "ASM_METIS_TAC")
"""They search by themselves: what they prove with few theorems, they mostly prove with more."""
_SHORT, _LONG = math.log(0.8), math.log(0.2)

Ranked = Sequence[tuple[str, float]]
"""Options to choose from with their log-probabilities, the best first."""


@dataclass(frozen=True, slots=True)
class Theorems:
    """Theorems that a template may be filled with.

    Attributes:
        ranked: Single theorems.
        lists: Short lists of them.
    """

    ranked: Ranked = ()
    lists: Lists = ()


class Proposer:
    """Fills templates.

    Args:
        tactics: All templates of the model.
        options: How many fillings are tried.
    """

    def __init__(self, tactics: Sequence[str], options: HolistModelOptions) -> None:
        self._heads = {tactic.partition(" ")[0] for tactic in tactics}
        self._options = options

    def propose(
        self, goal: GoalView, templates: Ranked, theorems: Mapping[str, Theorems], n: int
    ) -> list[Suggestion]:
        """The `n` best tactics for a goal; probabilities of equal tactics add up.

        Args:
            goal: The goal.
            templates: Templates to consider.
            theorems: For each template with theorems, the best ones.
            n: How many tactics.
        """
        texts = cache(lambda head: self._terms(goal, head))
        weights: dict[str, float] = {}
        for ranked, log_probability in templates:
            template = ranked if goal.hypotheses else self._plain(ranked)
            if "?" in template:
                filled = self._with_theorems(template, theorems.get(ranked, Theorems()))
            elif "!" in template:
                filled = _with_terms(template, texts(template.partition(" ")[0]))
            else:
                filled = iter([(template, 0.0)])
            for tactic, share in filled:
                weight = log_probability + share
                weights[tactic] = _log_sum(weights[tactic], weight) if tactic in weights else weight
        chosen = heapq.nlargest(n, weights.items(), key=lambda item: item[1])
        return [Suggestion(tactic, min(weight, 0.0)) for tactic, weight in chosen]

    def _plain(self, template: str) -> str:
        """The tactic that does the same if there are no hypotheses, such as MESON_TAC."""
        plain = template.removeprefix("ASM_").removeprefix("ASM ")
        return plain if plain.partition(" ")[0] in self._heads else template

    def _with_theorems(self, template: str, theorems: Theorems) -> Iterator[tuple[str, float]]:
        names = [name for name, _ in theorems.ranked]
        for ranks, share in self._choices(template, theorems):
            text = "; ".join(names[rank] for rank in ranks)
            yield template.replace("?*", "?").replace("?", text, 1), share

    def _choices(self, template: str, theorems: Theorems) -> Iterator[tuple[Sequence[int], float]]:
        """Ranks of the theorems to fill a template with."""
        head, _, gap = template.partition(" ")
        count = len(theorems.ranked)
        if head in _PROVERS and gap in ("[?]", "[?*]"):
            yield from best_lists(count, self._options.prover_lists)
        elif "[?*]" in template:
            yield from ((ranks, _SHORT + share) for ranks, share in theorems.lists)
            for ranks, share in best_lists(count, self._options.long_lists):
                yield ranks, _LONG + share
        else:
            for rank, (_, share) in enumerate(theorems.ranked[: self._options.premises]):
                yield (rank,), share

    def _terms(self, goal: GoalView, head: str) -> list[str]:
        terms = list(TERM_SOURCES[head](goal))[: self._options.terms]
        return [f"`{to_text(term)}`" for term in terms]


def _with_terms(template: str, texts: Sequence[str]) -> Iterator[tuple[str, float]]:
    """The template filled with each term, weighted by one over the term's rank."""
    total = sum(1 / rank for rank in range(1, len(texts) + 1))
    for rank, text in enumerate(texts, start=1):
        yield template.replace("!", text, 1), -math.log(rank * total)


def _log_sum(first: float, second: float) -> float:
    """Logarithm of the sum of two exponentials."""
    high, low = max(first, second), min(first, second)
    return high + math.log1p(math.exp(low - high))
