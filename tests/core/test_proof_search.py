"""The search loop and the runner."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time

import pytest

from bait_core.domain import Failed, FailureKind, SearchStatus
from bait_core.errors import ProverCrashError, StartupCrashError
from bait_core.execution import RunEnd, Runner, RunSettings
from bait_core.proof_search import SearchSettings
from bait_core.proof_search.budget import Budget
from bait_core.search.best_first import BestFirst, BestFirstOptions
from bait_core.search.breadth_first import BreadthFirst, BreadthFirstOptions
from bait_core.testing.synthetic import (
    SyntheticEnvironment,
    SyntheticModel,
    SyntheticModelOptions,
    SyntheticOptions,
)

from .toy import AttemptLog, Rules, ToyEnvironment, ToyModel

RULES: Rules = {
    "root": {"split": ["left", "right"], "detour": ["left", "left2", "right"]},
    "left": {"back": ["root"], "close": []},
    "right": {"step": ["left"]},
}


def run(environment, model=None, *, search=None, observer=None, run_settings=None, **settings):
    runner = Runner(
        environment,
        model or ToyModel(environment.rules),
        search or (lambda: BestFirst(BestFirstOptions())),
        settings=SearchSettings(**settings),
        run=RunSettings(**(run_settings or {})),
        observer=(observer := observer or AttemptLog()),
    )
    theorems = environment.theorems()
    runner.run(theorems)
    order = [theorem.name for theorem in theorems]
    return sorted(observer.ended, key=lambda attempt: order.index(attempt.theorem.name))


@pytest.mark.parametrize(
    "search", [lambda: BestFirst(BestFirstOptions()), lambda: BreadthFirst(BreadthFirstOptions())]
)
def test_finds_checks_and_returns_the_shortest_proof(search):
    (attempt,) = run(ToyEnvironment(RULES), search=search)
    assert attempt.status is SearchStatus.PROVED
    assert attempt.check.script == "split\n  close\n  step\n  close"
    assert attempt.proof.size() == attempt.graph.root.distance == 4


def test_nothing_left_to_try_is_a_failure():
    (attempt,) = run(ToyEnvironment({"root": {"split": ["a"]}}))
    assert attempt.status is SearchStatus.FAILED
    assert attempt.message == "every tactic was tried"


def test_a_circle_ends_when_nothing_is_left_to_expand():
    (attempt,) = run(ToyEnvironment({"root": {"a": ["x"]}, "x": {"b": ["root"]}}))
    assert (attempt.status, attempt.expansions) == (SearchStatus.FAILED, 2)


def test_the_budget_of_expansions_ends_the_search_and_is_not_exceeded():
    (attempt,) = run(ToyEnvironment(RULES), expansions=2)
    assert (attempt.status, attempt.expansions) == (SearchStatus.FAILED, 2)
    assert attempt.message == "the expansion budget is exhausted"
    (none,) = run(ToyEnvironment(RULES), expansions=0)
    assert none.expansions == 0


def test_the_run_has_a_budget_of_its_own():
    environment = ToyEnvironment({}, roots=("a", "b", "c"))
    attempts = run(environment, run_settings={"total_expansions": 2})
    assert sum(attempt.expansions for attempt in attempts) == 2
    assert [attempt.theorem.name for attempt in attempts] == ["a", "b"]


@pytest.mark.parametrize("budget", [{"total_expansions": 3}, {"total_seconds": 0.3}])
def test_a_spent_budget_of_the_run_ends_it_as_a_stop_does(budget):
    chain: Rules = {f"{root}{i}": {"go": [f"{root}{i + 1}"]} for root in "ab" for i in range(999)}
    environment = ToyEnvironment(chain, roots=("a0", "b0"), on_tactic=lambda *_: time.sleep(0.01))
    runner = Runner(
        environment,
        ToyModel(chain),
        lambda: BestFirst(BestFirstOptions()),
        settings=SearchSettings(),
        run=RunSettings(**budget),
        observer=(observer := AttemptLog()),
    )
    assert runner.run(environment.theorems()) is RunEnd.SPENT
    (attempt,) = observer.ended
    assert attempt.status is SearchStatus.INTERRUPTED
    assert "of the run" in attempt.message


def test_a_theorem_that_has_used_its_own_budget_is_searched():
    """Even if the budget of the run is spent at the same moment."""
    (attempt,) = run(ToyEnvironment(RULES), expansions=2, run_settings={"total_expansions": 2})
    assert attempt.status is SearchStatus.FAILED


def test_time_limits_are_passed_on_and_end_the_search():
    seen = []

    def slow(name: str, tactic: str, timeout: float) -> None:
        seen.append(timeout)
        time.sleep(0.05)

    chain: Rules = {f"{i}": {"go": [f"{i + 1}"]} for i in range(1000)}
    environment = ToyEnvironment(chain, roots=("0",), on_tactic=slow)
    (attempt,) = run(environment, seconds=0.4, tactic_seconds=0.2)
    assert attempt.status is SearchStatus.TIMEOUT
    assert max(seen) == 0.2
    assert min(seen) < 0.2


def test_a_proof_found_at_the_last_moment_counts():
    def slow(name: str, tactic: str, timeout: float) -> None:
        time.sleep(0.3 if tactic == "close" else 0)

    (attempt,) = run(ToyEnvironment({"root": {"close": []}}, on_tactic=slow), seconds=0.2)
    assert attempt.status is SearchStatus.PROVED
    assert attempt.seconds > 0.2


def test_a_refused_proof_is_given_up_and_the_search_goes_on():
    environment = ToyEnvironment(
        {"root": {"cheat": [], "honest": ["a"]}, "a": {"close": []}}, reject={("root", "cheat")}
    )
    (attempt,) = run(environment)
    assert attempt.status is SearchStatus.PROVED
    assert attempt.check.script == "honest\nclose"
    assert attempt.graph.root.edges[1].outcome == Failed(
        FailureKind.REJECTED, "cheat is not accepted"
    )


def test_if_every_proof_is_refused_nothing_is_proved():
    rules: Rules = {"root": {"cheat": [], "split": ["a"]}, "a": {"cheat": []}}
    environment = ToyEnvironment(rules, reject={("root", "cheat"), ("a", "cheat")})
    (attempt,) = run(environment)
    assert attempt.status is SearchStatus.FAILED
    assert "cheat is not accepted" in attempt.message
    assert not attempt.check.accepted


def test_a_proved_goal_skips_the_rest_of_its_tactics():
    calls = []
    rules: Rules = {"root": {"close": [], **{f"t{i}": [f"g{i}"] for i in range(50)}}}
    environment = ToyEnvironment(rules, on_tactic=lambda name, tactic, _: calls.append(tactic))
    run(environment, tactics_per_call=4)
    assert len(calls) == 4


def test_one_broken_theorem_does_not_stop_the_others():
    def break_a(name: str, tactic: str, timeout: float) -> None:
        if name == "a":
            raise ProverCrashError("the prover died twice", hint="Look at its log.")
        if name == "b":
            raise ZeroDivisionError

    environment = ToyEnvironment({"c": {"close": []}}, roots="abc", on_tactic=break_a)
    observer = AttemptLog()
    first, second, third = run(environment, observer=observer)
    assert (first.status, first.message) == (
        SearchStatus.ERROR,
        "the prover died twice\nLook at its log.",
    )
    assert second.message.startswith("ZeroDivisionError")
    assert "break_a" in second.details
    assert third.status is SearchStatus.PROVED
    assert len(observer.ended) == 3


def synthetic_run(seed: int = 0):
    environment = SyntheticEnvironment(SyntheticOptions(theorems=5, closing_rate=0.01, seed=seed))
    observer = AttemptLog()
    runner = Runner(
        environment,
        SyntheticModel(SyntheticModelOptions()),
        lambda: BestFirst(BestFirstOptions(length_exponent=0.5)),
        settings=SearchSettings(seconds=None, expansions=60, tactics=16),
        run=RunSettings(),
        observer=observer,
    )
    runner.run(environment.theorems())
    return [
        (a.status, a.selections, [(e.tactic, e.outcome) for n in a.graph or () for e in n.edges])
        for a in observer.ended
    ]


def test_same_seed_same_search():
    assert synthetic_run() == synthetic_run()
    assert synthetic_run(seed=1) != synthetic_run()


def test_workers_search_at_the_same_time_and_share_batches():
    meeting = threading.Barrier(4, timeout=10)
    names = ("a", "b", "c", "d")
    rules: Rules = {name: {"close": []} for name in names}

    def meet(name: str, tactic: str, timeout: float) -> None:
        if tactic == "close":
            meeting.wait()

    environment = ToyEnvironment(rules, roots=names, on_tactic=meet)
    attempts = run(environment, run_settings={"workers": 4})
    assert [a.theorem.name for a in attempts] == list(names)
    assert all(a.status is SearchStatus.PROVED for a in attempts)


def test_a_failing_model_fails_the_theorem_with_its_traceback():
    class Broken:
        def get_tactics(self, requests, n):
            raise RuntimeError("no such weights")

    (attempt,) = run(ToyEnvironment(RULES), Broken())
    assert attempt.status is SearchStatus.ERROR
    assert attempt.message == "RuntimeError: no such weights"
    assert "get_tactics" in attempt.details


def test_a_model_without_ideas_exhausts_the_goal():
    class Mute:
        def get_tactics(self, requests, n):
            return [[] for _ in requests]

    (attempt,) = run(ToyEnvironment(RULES), Mute())
    assert attempt.status is SearchStatus.FAILED


def test_a_search_that_selects_closed_goals_is_told_so():
    class Stubborn(BreadthFirst):
        def get_goals(self):
            selections = super().get_goals()
            return selections or [self._last] if hasattr(self, "_last") else self._keep(selections)

        def _keep(self, selections):
            self._last = selections[0]
            return selections

    (attempt,) = run(
        ToyEnvironment({"root": {"a": ["x"]}, "x": {"b": ["root"]}}),
        search=lambda: Stubborn(BreadthFirstOptions()),
    )
    assert attempt.status is SearchStatus.ERROR
    assert "not expandable" in attempt.message


def test_ctrl_c_keeps_what_is_done_and_starts_no_more():
    calls = []

    def interrupt(name: str, tactic: str, timeout: float) -> None:
        calls.append((name, tactic))
        if (name, tactic) == ("b", "nonsense"):
            time.sleep(0.3)  # until the runner waits
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.3)

    environment = ToyEnvironment(
        {"a": {"close": []}, "b": {"go": ["b2"]}}, roots=("a", "b", "c"), on_tactic=interrupt
    )
    observer = AttemptLog()
    attempts = run(environment, observer=observer)
    assert [a.status for a in attempts] == [SearchStatus.PROVED, SearchStatus.INTERRUPTED]
    assert calls[-1] == ("b", "nonsense")
    assert len(observer.ended) == 2


def test_a_second_ctrl_c_kills_the_provers():
    environment = ToyEnvironment({}, roots=("a",))

    def hang(name: str, tactic: str, timeout: float) -> None:
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.7)
        os.kill(os.getpid(), signal.SIGINT)
        assert environment.closed.wait(10)
        raise ProverCrashError("killed")

    environment.on_tactic = hang
    with pytest.raises(KeyboardInterrupt):
        run(environment)
    assert environment.closed.is_set()


def test_budgets_count_in_their_parents():
    run_budget = Budget(None, 3)
    first, second = Budget(None, 2, run_budget), Budget(1e9, None, run_budget)
    assert [first.take_expansion() for _ in range(3)] == [True, True, False]
    assert [second.take_expansion() for _ in range(2)] == [True, False]
    assert second.remaining_seconds() > 1e8
    run_budget.cancel()
    assert second.is_cancelled
    assert second.remaining_seconds() == 0


def test_a_run_collects_garbage_rarely_and_puts_the_settings_back():
    thresholds = gc.get_threshold()
    seen = []
    environment = ToyEnvironment(RULES, on_tactic=lambda *_: seen.append(gc.get_threshold()))
    run(environment)
    assert gc.get_threshold() == thresholds
    assert seen[0][0] > thresholds[0]


def test_what_a_batch_makes_needless_is_not_expanded():
    """x and y prove the root each; once x is done, y is not tried any more."""
    tried = []
    environment = ToyEnvironment(
        {"root": {"1": ["x"], "2": ["y"]}, "x": {"close": []}, "y": {"close": []}},
        on_tactic=lambda name, tactic, timeout: tried.append(name),
    )
    options = BreadthFirstOptions(batch_size=2)
    (attempt,) = run(environment, search=lambda: BreadthFirst(options))
    assert attempt.status is SearchStatus.PROVED
    assert set(tried) == {"root", "x"}


def test_one_theorem_for_which_the_prover_does_not_start_stops_no_other():
    class Stubborn(ToyEnvironment):
        def start(self, theorem):
            if theorem.name == "b":
                raise StartupCrashError("it died", hint="Free some memory.")
            return super().start(theorem)

    rules: Rules = {name: {"go": []} for name in "abc"}
    environment = Stubborn(rules, roots=("a", "b", "c"))
    runner = Runner(
        environment,
        ToyModel(rules),
        lambda: BestFirst(BestFirstOptions()),
        settings=SearchSettings(),
        run=RunSettings(),
        observer=(observer := AttemptLog()),
    )
    assert runner.run(environment.theorems()) is RunEnd.UNSTARTED
    assert [attempt.status for attempt in observer.ended] == ["proved", "unstarted", "proved"]
    assert "Free some memory." in observer.ended[1].message
