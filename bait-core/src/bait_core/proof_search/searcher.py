"""One attempt to prove one theorem, with all errors handled."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from bait_core.domain import SearchStatus
from bait_core.errors import BaitError, ExecutionError, StartupCrashError
from bait_core.graph import ProofGraph
from bait_core.proof_search.attempt import Attempt
from bait_core.proof_search.budget import Budget
from bait_core.proof_search.models import GoalScorer, GoalScores, TacticSource
from bait_core.proof_search.proof_search import ProofSearch
from bait_core.proof_search.settings import SearchSettings
from bait_core.protocols import Environment, SearchContext, SearchModel


@dataclass(frozen=True, slots=True)
class Searcher:
    """What searches need to prove theorems; shared by concurrent searches.

    Attributes:
        environment: Where theorems are proved.
        tactic_model: Proposes tactics.
        goal_model: Scores goals, for searches that use it.
        settings: The limits of one search.
    """

    environment: Environment
    tactic_model: TacticSource
    goal_model: GoalScorer | None
    settings: SearchSettings

    def search(
        self,
        attempt: Attempt,
        search: SearchModel,
        run: Budget,
        on_step: Callable[[], None] = lambda: None,
    ) -> None:
        """Search for a proof of the attempt's theorem and fill in the attempt.

        Errors that concern only this theorem become the attempt's status.

        Args:
            attempt: Has the theorem; everything else is filled in.
            search: Chooses the goals.
            run: The budget that this search is part of.
            on_step: Called after each step.

        Raises:
            ExecutionError: The models can't be reached; this concerns all theorems.
        """
        start = time.monotonic()
        try:
            self._search(attempt, search, run, on_step)
        except ExecutionError:
            raise
        except StartupCrashError as error:
            attempt.status, attempt.message = SearchStatus.UNSTARTED, str(error)
        except BaitError as error:
            attempt.status, attempt.message = SearchStatus.ERROR, str(error)
        except Exception as error:  # noqa: BLE001  # a plugin's bug must not end the other searches
            attempt.status = SearchStatus.ERROR
            attempt.message = f"{type(error).__name__}: {error}"
            attempt.details = traceback.format_exc()
        attempt.seconds = time.monotonic() - start

    def _search(
        self, attempt: Attempt, search: SearchModel, run: Budget, on_step: Callable[[], None]
    ) -> None:
        settings = self.settings
        with closing(self.environment.start(attempt.theorem)) as session:
            budget = Budget(settings.seconds, settings.expansions, parent=run)
            attempt.graph = ProofGraph(session.root)
            search.reset(self._context(attempt, attempt.graph))
            ProofSearch(
                session,
                attempt.graph,
                self.tactic_model,
                search,
                settings=settings,
                budget=budget,
                attempt=attempt,
            ).run(on_step)

    def _context(self, attempt: Attempt, graph: ProofGraph) -> SearchContext:
        rng = random.Random(f"{self.settings.seed}:{attempt.theorem.name}")  # noqa: S311
        if self.goal_model is None:
            return SearchContext(graph, rng)
        return SearchContext(graph, rng, GoalScores(self.goal_model, attempt))
