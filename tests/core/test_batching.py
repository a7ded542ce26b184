"""Batches of questions of concurrent searches, and what models may answer."""

from __future__ import annotations

import gc
import math
import os
import random
import signal
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bait_core.batching import BatchingSettings
from bait_core.batching.batcher import Batcher
from bait_core.batching.queue_delay import CallCost, QueueDelay
from bait_core.batching.shared_models import SharedGoalModel, SharedTacticModel
from bait_core.domain import NO_PREMISES, PremiseSet, Suggestion
from bait_core.errors import ModelError
from bait_core.execution import Runner, RunSettings
from bait_core.proof_search import Attempt, SearchSettings
from bait_core.protocols import TacticRequest
from bait_core.search.breadth_first import BreadthFirst, BreadthFirstOptions

from .toy import ToyEnvironment, ToyModel, goal


class Model:
    """Doubles numbers, when it may; remembers its calls. Raises what it is asked, if it can."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.calls: list[list[Any]] = []
        self.gate = threading.Event()
        if is_open:
            self.gate.set()

    def __call__(self, questions: list[Any]) -> list[Any]:
        self.calls.append(questions)
        assert self.gate.wait(20)
        for question in questions:
            if isinstance(question, BaseException):
                raise question
        return [2 * question for question in questions]


class Stubborn(QueueDelay):
    """Waits as long as somebody is away."""

    def deadline(self, now: float, waiting: int, room: int) -> float:
        return now + 1000 if self._away else now


def batcher_of(model: Callable[[list[Any]], Any], **settings: Any) -> Batcher[Any, Any]:
    return Batcher(model, BatchingSettings(**settings), key=lambda question: question)


class Asker(threading.Thread):
    """A thread that asks once."""

    def __init__(self, batcher: Batcher[Any, Any], *questions: Any, client: object = None) -> None:
        super().__init__(daemon=True)
        self.batcher = batcher
        self.questions = questions
        self.client = client
        self.answers: list[Any] | None = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.answers = self.batcher.ask(self.questions, self.client)
        except BaseException as error:  # noqa: BLE001  # raised again by `result`
            self.error = error

    def result(self) -> list[Any]:
        self.join(20)
        assert not self.is_alive(), "the thread hangs"
        if self.error is not None:
            raise self.error
        assert self.answers is not None
        return self.answers


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.001)


def queue_up(batcher: Batcher[Any, Any], *questions: Any) -> Asker:
    """A thread whose questions wait in the queue, and which sleeps."""
    asker = Asker(batcher, *questions)
    wait_for(lambda: all(question in batcher._queue for question in questions))
    with batcher._lock:
        return asker


def call_up(batcher: Batcher[Any, Any], *questions: Any) -> Asker:
    """A thread that makes a call which does not end yet."""
    asker = Asker(batcher, *questions)
    wait_for(lambda: all(question in batcher._called for question in questions))
    return asker


def test_answers_come_in_the_order_of_the_questions():
    model = Model()
    assert batcher_of(model).ask([3, 1, 2]) == [6, 2, 4]
    assert model.calls == [[3, 1, 2]]
    assert batcher_of(model).ask([]) == []


def test_questions_that_come_during_a_call_make_the_next_batch():
    model = Model(is_open=False)
    batcher = batcher_of(model)
    first = call_up(batcher, 1)
    others = [queue_up(batcher, number, -number) for number in (2, 3, 4)]
    model.gate.set()
    assert first.result() == [2]
    assert [other.result() for other in others] == [[4, -4], [6, -6], [8, -8]]
    assert model.calls == [[1], [2, -2, 3, -3, 4, -4]]


def test_a_batch_has_a_limited_size_and_a_set_may_span_several():
    model = Model(is_open=False)
    batcher = batcher_of(model, max_batch=3)
    first = call_up(batcher, 0)
    others = [queue_up(batcher, 1, 2), queue_up(batcher, 3, 4, 5, 6, 7)]
    model.gate.set()
    assert first.result() == [0]
    assert [other.result() for other in others] == [[2, 4], [6, 8, 10, 12, 14]]
    assert model.calls == [[0], [1, 2, 3], [4, 5, 6], [7]]


def test_a_free_model_waits_for_clients_until_all_ask():
    model = Model()
    batcher = batcher_of(model, max_wait=1000)
    batcher._delay = Stubborn()
    with batcher.client("a"), batcher.client("b"):
        first = Asker(batcher, 1, client="a")
        wait_for(lambda: batcher._queue)
        assert not model.calls
        second = Asker(batcher, 2, client="b")
        assert (first.result(), second.result()) == ([2], [4])
    assert model.calls == [[1, 2]]


def test_a_client_that_leaves_is_not_waited_for_any_more():
    model = Model()
    batcher = batcher_of(model, max_wait=1000)
    batcher._delay = Stubborn()
    with batcher.client("a"):
        with batcher.client("b"):
            asker = Asker(batcher, 1, client="a")
            wait_for(lambda: batcher._queue)
            assert not model.calls
        assert asker.result() == [2]


def test_the_model_waits_for_max_wait_at_most():
    model = Model()
    batcher = batcher_of(model, max_wait=0.05)
    batcher._delay = Stubborn()
    start = time.monotonic()
    with batcher.client("a"), batcher.client("b"):
        assert batcher.ask([1], client="a") == [2]
    assert time.monotonic() - start >= 0.05


def test_a_full_batch_waits_for_nobody():
    model = Model()
    batcher = batcher_of(model, max_wait=1000, max_batch=2)
    batcher._delay = Stubborn()
    with batcher.client("a"), batcher.client("b"):
        asker = Asker(batcher, 1, 2, client="a")
        assert asker.result() == [2, 4]


def test_a_single_client_waits_for_nobody():
    model = Model()
    batcher = batcher_of(model, max_wait=1000)
    batcher._delay = Stubborn()
    with batcher.client():
        asker = batcher.ask([1])
    assert asker == [2]


def test_a_failing_call_fails_only_for_those_in_it():
    model = Model(is_open=False)
    batcher = batcher_of(model, max_batch=2)
    error = RuntimeError("no such weights")
    before = call_up(batcher, 1)
    within = [queue_up(batcher, 2), queue_up(batcher, error)]
    after = queue_up(batcher, 3)
    model.gate.set()
    assert before.result() == [2]
    for asker in within:
        with pytest.raises(RuntimeError, match="no such weights"):
            asker.result()
    assert after.result() == [6]
    assert model.calls == [[1], [2, error], [3]]
    assert batcher.ask([2]) == [4], "errors are not remembered"


def test_questions_of_a_set_that_has_failed_are_not_asked():
    model = Model(is_open=False)
    batcher = batcher_of(model, max_batch=2)
    error = RuntimeError()
    first = call_up(batcher, 0)
    failing = queue_up(batcher, 1, error, 2, 3, 4)
    other = queue_up(batcher, 4, 5)
    model.gate.set()
    assert first.result() == [0]
    with pytest.raises(RuntimeError):
        failing.result()
    assert other.result() == [8, 10]
    assert model.calls == [[0], [1, error], [4, 5]]


@pytest.mark.parametrize("answers", [[], [1, 2, 3], None])
def test_a_wrong_number_of_answers_fails_for_those_in_the_call(answers):
    batcher = batcher_of(lambda questions: answers if 0 in questions else questions)
    with pytest.raises((ValueError, TypeError)):
        batcher.ask([0, 1])
    assert batcher.ask([1, 2]) == [1, 2]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_call_loses_no_other_waiter(interruption):
    model = Model(is_open=False)
    batcher = batcher_of(model, max_batch=2)
    within = [call_up(batcher, interruption(), 0)]
    after = [queue_up(batcher, number) for number in (1, 2, 3)]
    model.gate.set()
    for asker in within:
        with pytest.raises(interruption):
            asker.result()
    assert [asker.result() for asker in after] == [[2], [4], [6]]


def test_an_interrupted_waiter_takes_its_questions_back_and_holds_up_nobody():
    model = Model(is_open=False)
    batcher = batcher_of(model)
    first = call_up(batcher, 1)

    def interrupt() -> None:
        wait_for(lambda: 2 in batcher._queue)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        batcher.ask([2])
    other = queue_up(batcher, 3)
    model.gate.set()
    assert (first.result(), other.result()) == ([2], [6])
    assert model.calls == [[1], [3]]


def test_an_interrupted_waiter_that_should_make_the_call_leaves_it_to_another():
    """After the first call only the main thread is awake: it waits for a client that is away."""
    model = Model(is_open=False)
    batcher = batcher_of(model, max_wait=1.5)
    batcher._delay = Stubborn()
    others: list[Asker] = []

    def interrupt() -> None:
        wait_for(lambda: 2 in batcher._queue)
        others.append(queue_up(batcher, 3))
        model.gate.set()
        wait_for(lambda: not batcher._called)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    first = call_up(batcher, 1)
    with batcher.client("away"):
        threading.Thread(target=interrupt, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            batcher.ask([2])
        assert others[0].result() == [6]
    assert first.result() == [2]
    assert model.calls == [[1], [3]]


def test_an_interruption_of_a_call_for_others_is_raised_where_it_was_made(monkeypatch):
    model = Model()
    batcher = batcher_of(model, max_batch=1)
    is_due = threading.Event()
    seconds = lambda: 0.0 if is_due.is_set() else 1000.0  # noqa: E731
    monkeypatch.setattr(batcher, "_seconds_to_wait", seconds)
    within, after = queue_up(batcher, KeyboardInterrupt()), queue_up(batcher, 1)
    is_due.set()
    with pytest.raises(KeyboardInterrupt):
        batcher.ask([2])
    with pytest.raises(KeyboardInterrupt):
        within.result()
    assert after.result() == [2]
    assert model.calls[1:] == [[1]]


def test_equal_questions_are_asked_once_and_remembered():
    model = Model()
    batcher = batcher_of(model)
    assert batcher.ask([1, 2, 1]) == [2, 4, 2]
    assert batcher.ask([2, 3, 1]) == [4, 6, 2]
    assert model.calls == [[1, 2], [3]]


def test_equal_questions_at_the_same_time_are_asked_once():
    model = Model(is_open=False)
    batcher = batcher_of(model, cache_size=0)
    first = call_up(batcher, 1)
    in_the_call = Asker(batcher, 1)
    wait_for(lambda: len(batcher._called[1].positions) == 2)
    waiting = queue_up(batcher, 2, 3)
    equal = Asker(batcher, 3, 2)
    wait_for(lambda: len(batcher._queue[2].positions) == 2)
    model.gate.set()
    assert (first.result(), in_the_call.result()) == ([2], [2])
    assert (waiting.result(), equal.result()) == ([4, 6], [6, 4])
    assert model.calls == [[1], [2, 3]]


def test_the_answers_used_last_are_remembered():
    model = Model()
    batcher = batcher_of(model, cache_size=2)
    for question in (1, 2, 1, 3, 1, 2):
        batcher.ask([question])
    # 3 drops 2, for 1 was used after it; then 1 is known, and 2 is asked anew.
    assert model.calls == [[1], [2], [3], [2]]
    assert len(batcher._cache) == 2


def test_nothing_is_remembered_with_cache_size_0():
    model = Model()
    batcher = batcher_of(model, cache_size=0)
    assert [batcher.ask([1]), batcher.ask([1])] == [[2], [2]]
    assert model.calls == [[1], [1]]


def test_what_was_raised_does_not_stay_alive():
    class OwnError(Exception):
        pass

    def fail(questions: list[int]) -> list[int]:
        raise OwnError

    batcher = batcher_of(fail)
    gc.disable()
    try:
        try:
            batcher.ask([1])
        except OwnError as error:
            raised = weakref.ref(error)
        assert raised() is None
    finally:
        gc.enable()


def test_many_threads_at_random_times_get_their_own_answers():
    """64 clients ask 30 sets each; every 50th question fails its call."""
    rng = random.Random(0)

    def double(questions: list[int]) -> list[int]:
        assert calls.acquire(blocking=False), "two calls at a time"
        time.sleep(rng.random() * 0.001)
        calls.release()
        assert 0 < len(questions) == len(set(questions)) <= 8
        if any(question % 50 == 0 for question in questions):
            raise RuntimeError(questions)
        return [2 * question for question in questions]

    def work(seed: int) -> None:
        own = random.Random(seed)
        with batcher.client():
            for _ in range(30):
                if own.random() < 0.3:
                    time.sleep(own.random() * 0.002)
                questions = [own.randrange(2_000) for _ in range(own.randrange(12))]
                try:
                    right = batcher.ask(questions) == [2 * question for question in questions]
                    outcomes.append(right and all(question % 50 for question in questions))
                except RuntimeError as error:
                    outcomes.append(bool(set(questions) & set(error.args[0])))

    calls = threading.Lock()
    outcomes: list[bool] = []
    batcher = batcher_of(double, max_batch=8, cache_size=100)
    threads = [threading.Thread(target=work, args=(seed,), daemon=True) for seed in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert len(outcomes) == 64 * 30
    assert all(outcomes)
    assert not batcher._queue
    assert not batcher._callers
    assert not batcher._delay._clients
    assert len(batcher._cache) == 100


def patience(call: float, absence: float, away: Sequence[float]) -> QueueDelay:
    """Knows how long calls and absences take; clients are away since the given times."""
    result = QueueDelay()
    result.join("first", 0)
    result.on_request("first", absence)
    for number, since in enumerate(away):
        result.join(number, since)
    result.on_call(32, call)
    return result


def test_a_group_that_will_be_back_soon_is_waited_for():
    """16 wait, 16 were answered just now, absences take 8 ms, calls 20 ms.

    In 8 ms it saves the absent 20 - 8 each and those who wait 20 - 8 - 8. They are late after
    1.1 * 8 ms.
    """
    ahead = patience(0.020, 0.008, away=[1.0] * 16)
    assert ahead.deadline(1.0, waiting=16, room=16) == pytest.approx(1.0088)
    assert ahead.deadline(1.005, waiting=16, room=16) == pytest.approx(1.0088)


def test_one_whose_call_would_delay_the_others_next_is_waited_for():
    """It saves one 12 ms, and a hundred, who would be back within the second call, 4 ms each."""
    ahead = patience(0.020, 0.008, away=[1.0])
    assert ahead.deadline(1.0, waiting=100, room=9) == pytest.approx(1.0088)


def test_waiting_must_save_more_than_it_costs():
    """Absences take longer than calls. In 12 ms it saves two 8 ms each, and costs the others 12."""
    ahead = patience(0.020, 0.030, away=[0.982, 0.982])
    assert ahead.deadline(1.0, waiting=1, room=9) == pytest.approx(1.015)
    assert ahead.deadline(1.0, waiting=2, room=9) == 1.0


def test_the_best_of_several_times_is_waited_for():
    """16 wait; 8 are expected in 2 ms, 8 more in 12 ms; absences take 30 ms, calls 20 ms.

    2 ms: 8 * 18 - 16 * 2 = 112. 12 ms: 16 * 8 - 16 * 12 = -64. They are late after 33 ms.
    """
    ahead = patience(0.020, 0.030, away=[0.972] * 8 + [0.982] * 8)
    assert ahead.deadline(1.0, waiting=16, room=16) == pytest.approx(1.005)


def test_who_is_a_little_late_is_waited_for_until_very_late():
    ahead = patience(0.020, 0.010, away=[0.9895])
    assert ahead.deadline(1.0, waiting=1, room=9) == pytest.approx(1.0005)


@pytest.mark.parametrize(
    ("absence", "away", "room"),
    [
        (0.030, [1.0] * 16, 16),  # they come after a call would have ended
        (0.008, [0.99] * 16, 16),  # they are late already
        (0.008, [1.0] * 16, 0),  # there is no room for them
        (0.008, [], 16),  # nobody is away
    ],
)
def test_otherwise_the_model_is_called_at_once(absence, away, room):
    assert patience(0.020, absence, away).deadline(1.0, waiting=1, room=room) == 1.0


def test_nothing_is_waited_for_before_anything_is_known():
    ahead = QueueDelay()
    ahead.join("a", 1.0)
    ahead.join("b", 1.0)
    ahead.on_request("a", 1.0)
    assert ahead.deadline(1.0, waiting=1, room=31) == 1.0


def test_the_absence_remembered_is_longer_than_three_quarters():
    ahead = QueueDelay()
    ahead.join("a", 0.0)
    now = 0.0
    rng = random.Random(0)
    for _ in range(2000):
        ahead.on_result("a", now)
        now += rng.random()
        ahead.on_request("a", now)
    assert 0.6 < ahead._absence < 0.9


def test_what_a_call_costs_is_told_apart_from_what_questions_cost():
    """Durations 10 + size or 5 * size; size 8 or 24, so the variance of sizes is near 64."""
    overhead, proportional, constant = CallCost(), CallCost(), CallCost()
    for number in range(100):
        size = 8 if number % 2 else 24
        overhead.add(size, 10 + size)
        proportional.add(size, 5 * size)
        constant.add(32, 7.0)
    assert overhead.fixed == pytest.approx(10, rel=0.05)
    assert proportional.fixed < 0.05 * 5 * 16
    assert constant.fixed == pytest.approx(7)


class Silent:
    def on_start(self, attempt: Attempt) -> None: ...
    def on_step(self, attempt: Attempt) -> None: ...
    def on_end(self, attempt: Attempt) -> None: ...


def test_searches_are_clients_while_they_run():
    seen = []
    environment = ToyEnvironment({"root": {"close": []}})
    environment.on_tactic = lambda *_: seen.append(clients())
    runner = Runner(
        environment,
        ToyModel(environment.rules),
        lambda: BreadthFirst(BreadthFirstOptions()),
        settings=SearchSettings(),
        run=RunSettings(),
        observer=Silent(),
    )

    def clients() -> int:
        return len(runner._tactic_model._batcher._delay._clients)

    runner.run(environment.theorems())
    assert set(seen) == {1}
    assert clients() == 0


class Tactics:
    """A tactic model that gives one answer to everything."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls = 0

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> Any:
        self.calls += 1
        return self.answer


def ask_for_tactics(answer: Any, n: int = 4) -> list[list[Suggestion]]:
    shared = SharedTacticModel(Tactics(answer), n, BatchingSettings())
    return shared.get_tactics([TacticRequest(goal("g"), NO_PREMISES)])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([], "0 results for 1 goals"),
        ([[], []], "2 results for 1 goals"),
        (None, "None for 1 goals"),
        ([None], "None for the goal '⊢ g'"),
        ([["rfl"]], "'rfl'"),
        (["ab"], "'a'"),
        ([[("rfl", -1.0, 0)]], "rfl"),
        ([[("rfl",)]], "rfl"),
        ([[(5, -1.0)]], "5"),
        ([[(None, -1.0)]], "None"),
        ([[([], -1.0)]], r"\[\]"),
        ([[("rfl", "-1")]], "'-1'"),
        ([[("rfl", None)]], "None"),
        pytest.param([[Suggestion("t", float("nan"))]], "nan", id="nan"),
        pytest.param([[Suggestion("t", 0.5)]], "0.5", id="positive"),
        pytest.param([[Suggestion("t", float("-inf"))]], "-inf", id="-inf"),
        pytest.param([[Suggestion("  ", -1.0)]], "'  '", id="blank"),
        pytest.param([[Suggestion("t" * 1000, 1.0)]], r"t{50}\.\.\. for the goal", id="long"),
    ],
)
def test_a_tactic_model_that_breaks_its_contract_is_told_so(answer, message):
    with pytest.raises(ModelError, match=message) as caught:
        ask_for_tactics(answer)
    assert caught.value.hint
    assert len(caught.value.message) < 300


def test_duplicates_are_dropped_and_the_list_is_cut():
    many = [[Suggestion(f"t{i // 2}", -1.0) for i in range(10_000)]]
    (answer,) = ask_for_tactics(many, n=3)
    assert answer == [("t0", -1.0), ("t1", -1.0), ("t2", -1.0)]
    assert len(ask_for_tactics(many, n=9_999)[0]) == 5_000
    assert ask_for_tactics([[]]) == [[]]


def test_suggestions_become_pairs_of_text_and_float():
    (answer,) = ask_for_tactics([[["rfl", 0], ("simp", -1)]])
    assert answer == [Suggestion("rfl", 0.0), Suggestion("simp", -1.0)]
    assert [type(suggestion) for suggestion in answer] == [Suggestion, Suggestion]
    assert [type(suggestion.log_probability) for suggestion in answer] == [float, float]


def test_tactics_are_remembered_by_goal_and_premise_set():
    model = Tactics([[Suggestion("rfl", -1.0)]])
    shared = SharedTacticModel(model, 4, BatchingSettings())
    first, second = PremiseSet("key", ()), PremiseSet("key", ())
    for premises in (first, second, first, second):
        shared.get_tactics([TacticRequest(goal("g"), premises)])[0].clear()
    assert model.calls == 2
    answer = shared.get_tactics([TacticRequest(goal("g"), first)])
    assert answer == [[Suggestion("rfl", -1.0)]], "callers get lists of their own"
    shared.get_tactics([TacticRequest(goal("h"), first)])
    assert model.calls == 3


def test_remembering_keeps_no_premises_alive_and_mistakes_none():
    model = Tactics([[Suggestion("rfl", -1.0)]])
    shared = SharedTacticModel(model, 4, BatchingSettings())
    for number in range(100):  # addresses of dead sets are used again
        premises = PremiseSet("key", ())
        shared.get_tactics([TacticRequest(goal("g"), premises)])
        assert model.calls == number + 1
        dead = weakref.ref(premises)
        del premises
        assert dead() is None


class Scores:
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls = 0

    def score_goals(self, goals: Sequence[object]) -> Any:
        self.calls += 1
        return self.answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([], "0 results for 1 goals"),
        ([-1.0, -1.0], "2 results for 1 goals"),
        (None, "None for 1 goals"),
        ([math.nan], "the score nan"),
        ([math.inf], "the score inf"),
        ([-math.inf], "the score -inf"),
        ([0.1], "the score 0.1"),
        (["-0.5"], "the score '-0.5'"),
        ([None], "the score None"),
        ([[-0.5]], r"the score \[-0.5\]"),
    ],
)
def test_a_goal_model_that_breaks_its_contract_is_told_so(answer, message):
    with pytest.raises(ModelError, match=message) as caught:
        SharedGoalModel(Scores(answer), BatchingSettings()).score_goals([goal("g")])
    assert caught.value.hint


def test_what_a_goal_model_raises_is_raised():
    class Broken:
        def score_goals(self, goals: Sequence[object]) -> list[float]:
            raise RuntimeError("no such weights")

    with pytest.raises(RuntimeError, match="no such weights"):
        SharedGoalModel(Broken(), BatchingSettings()).score_goals([goal("g")])


def test_scores_become_floats_and_are_remembered_by_goal():
    model = Scores([-1])
    shared = SharedGoalModel(model, BatchingSettings())
    scores = shared.score_goals([goal("g")]) + shared.score_goals([goal("g")])
    assert [(score, type(score)) for score in scores] == [(-1.0, float)] * 2
    assert model.calls == 1
