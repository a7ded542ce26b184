"""The tactic model `holist-tactics`: the most frequent tactics of human proofs."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

from bait_core import Premise, Suggestion, TacticRequest
from bait_core.ranking import LexicalIndex, LexicalIndexes
from bait_holist.tactics.goal_view import GoalView
from bait_holist.tactics.options import TemplateOptions
from bait_holist.tactics.templates import fill, load_templates

_KEPT_INDEXES = 8


def _index(library: Sequence[Premise]) -> LexicalIndex:
    return LexicalIndex(library, lambda premise: premise.symbols)


class TemplateModel:
    """Proposes the tactics of HOL Light's human proofs, weighted by their frequency.

    The probability of a tactic is its template's frequency in these proofs times the share of the
    theorem or term that fills it: theorems are ranked by similarity to the goal, terms by size.
    The same goal and premises always give the same suggestions.
    """

    def __init__(self, options: TemplateOptions | None = None) -> None:
        self._options = options or TemplateOptions()
        self._templates = load_templates()
        self._total = sum(template.count for template in self._templates)
        self._indexes = LexicalIndexes(_index, _KEPT_INDEXES)

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """Propose at most `n` different tactics for each goal, most probable first."""
        return [self._suggest(request, n) for request in requests]

    def _suggest(self, request: TacticRequest, n: int) -> list[Suggestion]:
        goal = GoalView.of_key(request.goal.key)
        index = self._indexes.of(request.premises)
        ranked = index.rank(request.goal.symbols, self._options.premises)
        premises = [premise.name for premise in ranked]
        weights: dict[str, float] = {}
        for template in self._templates:
            for tactic, share in fill(template, goal, premises, self._options):
                weights[tactic] = weights.get(tactic, 0.0) + share * template.count / self._total
        best = heapq.nlargest(n, weights.items(), key=lambda item: item[1])
        return [Suggestion(tactic, math.log(min(weight, 1.0))) for tactic, weight in best]
