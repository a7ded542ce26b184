"""From templates and theorems, ranked, to tactics."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from bait_core.domain import Suggestion
from bait_holist.tactics.goal_view import GoalView
from bait_holist.tactics.templates import TERM_SOURCES
from bait_holist.terms.sexp import to_text
from bait_models.tactic.holist.options import HolistModelOptions

_LENGTHS = (2, 3, 4)
POOL = 8
"""Short lists are made of so many theorems, the best ones."""
_PROVERS = ("MESON_TAC", "ASM_MESON_TAC", "METIS_TAC", "ASM_METIS_TAC")
"""They search by themselves: what one proves with few theorems, it mostly proves with more."""
_SHORT, _LONG = math.log(0.8), math.log(0.2)
_TINY = 1e-12
Ranked = Sequence[tuple[str, float]]
"""What there is to choose among, best first, with the logarithms of their probabilities."""


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
        self, goal: GoalView, templates: Ranked, theorems: Mapping[str, Ranked], n: int
    ) -> list[Suggestion]:
        """The `n` best tactics for a goal; fillings that are one tactic add up.

        Args:
            goal: The goal.
            templates: Those considered.
            theorems: For each template with theorems, the best ones.
            n: How many tactics.
        """
        texts = cache(lambda head: self._terms(goal, head))
        weights: dict[str, float] = {}
        for ranked, log_probability in templates:
            template = ranked if goal.hypotheses else self._plain(ranked)
            if "?" in template:
                filled = self._with_theorems(template, theorems.get(ranked, ()))
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
        """The tactic that does the same where there are no hypotheses, such as MESON_TAC."""
        plain = template.removeprefix("ASM_").removeprefix("ASM ")
        return plain if plain.partition(" ")[0] in self._heads else template

    def _with_theorems(self, template: str, ranked: Ranked) -> Iterator[tuple[str, float]]:
        head, _, gap = template.partition(" ")
        if head in _PROVERS and gap in ("[?]", "[?*]"):
            for names, share in _best(ranked, self._options.prover_lists):
                yield f"{head} [{'; '.join(names)}]", share
        elif "[?*]" in template:
            for names, share in self._lists(ranked):
                yield template.replace("?*", "; ".join(names), 1), share
        else:
            for name, share in ranked[: self._options.premises]:
                yield template.replace("?", name, 1), share

    def _lists(self, ranked: Ranked) -> Iterator[tuple[list[str], float]]:
        """The likeliest short lists, and the best theorems as longer ones."""
        short = _short_lists([math.exp(share) for _, share in ranked[:POOL]])
        for share, places in heapq.nlargest(self._options.lists, short):
            yield [ranked[place][0] for place in places], _SHORT + share
        for names, share in _best(ranked, self._options.long_lists):
            yield names, _LONG + share

    def _terms(self, goal: GoalView, head: str) -> list[str]:
        terms = list(TERM_SOURCES[head](goal))[: self._options.terms]
        return [f"`{to_text(term)}`" for term in terms]


def _with_terms(template: str, texts: Sequence[str]) -> Iterator[tuple[str, float]]:
    """The template with each term; the weights of the terms fall as one over their rank."""
    total = sum(1 / rank for rank in range(1, len(texts) + 1))
    for rank, text in enumerate(texts, start=1):
        yield template.replace("!", text, 1), -math.log(rank * total)


def _best(ranked: Ranked, lengths: Sequence[int]) -> Iterator[tuple[list[str], float]]:
    """The best theorems, so many of them; each list is as likely as the others."""
    possible = [length for length in lengths if length <= len(ranked)]
    for length in possible:
        yield [name for name, _ in ranked[:length]], -math.log(len(possible))


def _short_lists(shares: Sequence[float]) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Lists of theorems with these probabilities, and the logarithms of those of the lists.

    A list is drawn one by one, the likelier theorems first, without putting any back; each more
    that it has makes it half as likely, as in people's proofs.
    """
    whole = max(1.0, math.fsum(shares))  # they come from numbers of single precision
    for length in _LENGTHS:
        for places in itertools.combinations(range(len(shares)), length):
            left, weight = whole, -math.log(2) * (length - 1)
            for place in places:
                weight += math.log(max(shares[place] / max(left, _TINY), _TINY))
                left -= shares[place]
            yield weight, places


def _log_sum(first: float, second: float) -> float:
    """Logarithm of the sum of two exponentials."""
    high, low = max(first, second), min(first, second)
    return high + math.log1p(math.exp(low - high))
