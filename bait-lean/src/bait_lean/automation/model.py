"""The tactic model `lean-automation`: Lean's own automation, chosen by the goal's shape."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from bait_core import Goal, Suggestion, TacticRequest
from bait_lean.automation.candidate import Candidate, View
from bait_lean.automation.closing import closing, slow
from bait_lean.automation.goal_text import parse_goal
from bait_lean.automation.hypotheses import hypotheses
from bait_lean.automation.induction import induction
from bait_lean.automation.options import AutomationOptions
from bait_lean.automation.premise_based import fitting_first, premise_based
from bait_lean.automation.premise_ranking import PremiseView, PremiseViews
from bait_lean.automation.structural import structural
from bait_lean.automation.unfolding import unfolding
from bait_lean.automation.vocabulary import vocabulary_of
from bait_lean.automation.witnesses import witnesses

Group = tuple[float, list[Candidate]]
_RULES: tuple[tuple[float, Callable[[View], Iterator[Candidate]]], ...] = (
    (0.2, closing),
    (0.15, unfolding),
    (0.15, structural),
    (0.15, induction),
    (0.1, hypotheses),
    (0.05, witnesses),
)
_PREMISE_SHARE = 0.15
_LOOKED_AT = 5
_FORBIDDEN = re.compile(
    r"\b(?:sorry|admit|native_decide|axiom|unsafe|implemented_by)\b|✝|\?[^\W_]|\n"
)
_WORDS = re.compile(r"[\w.?!']+")


class AutomationModel:
    """Proposes tactics without having learned any.

    Weights are set by hand; they become probabilities by dividing by their sum. The same
    goal and premises always give the same suggestions.
    """

    def __init__(self, options: AutomationOptions | None = None) -> None:
        self._options = options or AutomationOptions()
        self._disabled = frozenset(self._options.disabled)
        self._premises = PremiseViews()

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """Propose at most `n` different tactics for each goal, most probable first."""
        return [
            self._suggest(request.goal, self._premises.of(request.premises), n)
            for request in requests
        ]

    def _suggest(self, goal: Goal, premises: PremiseView, n: int) -> list[Suggestion]:
        parsed = parse_goal(goal.text)
        if not parsed.target or n < 1:
            return []
        own = vocabulary_of(goal, premises)
        view = View(parsed, own)
        groups = [(share, list(rule(view))) for share, rule in _RULES]
        count = self._options.premises
        ranked = fitting_first(premises.rank(goal, _LOOKED_AT * count), parsed.formula)
        facts = premise_based(ranked[:count], frozenset(own.lemmas))
        groups.append((_PREMISE_SHARE, list(facts)))
        if self._options.slow:
            groups.append((1 / n, list(slow(view))))
        return _suggestions(self._select(groups, n), groups)

    def _select(self, groups: list[Group], n: int) -> list[Candidate]:
        """The `n` best, of each group at least as many as its share asks for."""
        best: dict[str, float] = {}
        chosen: dict[str, None] = {}
        for share, candidates in groups:
            allowed = sorted(filter(self._allowed, candidates), key=_by_weight)
            for candidate in allowed:
                best[candidate.tactic] = max(candidate.weight, best.get(candidate.tactic, 0.0))
            chosen.update(dict.fromkeys(c.tactic for c in allowed[: max(1, int(share * n))]))
        ranked = sorted((Candidate(*item) for item in best.items()), key=_by_weight)
        reserved = [c for c in ranked if c.tactic in chosen]
        others = [c for c in ranked if c.tactic not in chosen]
        return sorted((reserved + others)[:n], key=_by_weight)

    def _allowed(self, candidate: Candidate) -> bool:
        if _FORBIDDEN.search(candidate.tactic):
            return False
        return not self._disabled or self._disabled.isdisjoint(_WORDS.findall(candidate.tactic))


def _by_weight(candidate: Candidate) -> float:
    return -candidate.weight


def _suggestions(chosen: list[Candidate], groups: Iterable[Group]) -> list[Suggestion]:
    total = sum(c.weight for _, candidates in groups for c in candidates)
    return [Suggestion(c.tactic, math.log(c.weight / total)) for c in chosen]
