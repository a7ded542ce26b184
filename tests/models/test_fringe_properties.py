"""Fringe search on random graphs: what must hold after every step, and how the search ends."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bait_core.batching import BatchingSettings
from bait_core.batching.shared_models import SharedTacticModel
from bait_core.domain import SearchStatus
from bait_core.graph import GoalNode, ProofGraph, Status
from bait_core.plugins.build import make_search_model
from bait_core.proof_search import Attempt, ProofSearch, SearchSettings
from bait_core.proof_search.budget import Budget
from bait_core.protocols import SearchContext
from bait_models.search.fringe.fringe_set import FringeSet
from bait_models.search.fringe.model import Fringe, Rule
from tests.core.toy import ToyEnvironment, ToyModel

from .fringe_scenario import assert_consistent

Rules = dict[str, dict[str, list[str]]]

# Goals are few, so they are shared, and circles occur. No subgoals: the tactic closes the goal.
NAMES = ["root", *"abcdefgh"]
SUBGOALS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)
TACTICS = st.lists(SUBGOALS | SUBGOALS | SUBGOALS | st.just([]), max_size=4)
RULES = st.lists(TACTICS, min_size=len(NAMES), max_size=len(NAMES)).map(
    lambda goals: {
        name: {f"t{number}": subgoals for number, subgoals in enumerate(tactics)}
        for name, tactics in zip(NAMES, goals, strict=True)
    }
)
OPTIONS = st.fixed_dictionaries(
    {
        "temperature": st.sampled_from([0.01, 1.0, 100.0]),
        "batch_size": st.integers(1, 4),
        "max_replayed": st.sampled_from([0, 3, 1000]),
    }
)


def provable(rules: Rules) -> set[str]:
    """The least set closed under the rules."""
    proved: set[str] = set()
    while True:
        more = {
            name
            for name, tactics in rules.items()
            if any(proved.issuperset(subgoals) for subgoals in tactics.values())
        }
        if more == proved:
            return proved
        proved = more


def search_for_proof(
    rules: Rules,
    options: Mapping[str, object],
    *,
    rng: random.Random,
    reject: Sequence[tuple[str, str]] = (),
    on_step: Callable[[Fringe, ProofGraph], None] = lambda *_: None,
) -> Attempt:
    """Run the whole loop until it ends."""
    environment = ToyEnvironment(rules, reject=reject)
    (theorem,) = environment.theorems()
    session = environment.start(theorem)
    graph = ProofGraph(session.root)
    search = make_search_model("fringe", options)
    assert isinstance(search, Fringe)
    search.reset(SearchContext(graph, rng, lambda nodes: list(map(score, nodes))))
    attempt = Attempt(theorem, graph=graph)
    ProofSearch(
        session,
        graph,
        SharedTacticModel(ToyModel(rules), 8, BatchingSettings()),
        search,
        settings=SearchSettings(seconds=None),
        budget=Budget(None, None),
        attempt=attempt,
    ).run(lambda: on_step(search, graph))
    return attempt


def score(node: GoalNode) -> float:
    return -0.1 * (NAMES.index(node.goal.key) * 7 % 11)


def assert_softmax(fringes: FringeSet, temperature: float) -> None:
    scores = [fringe.score for fringe in fringes]
    weights = [math.exp((score - max(scores)) / temperature) for score in scores]
    for fringe, weight in zip(fringes, weights, strict=True):
        assert fringes.probability(fringe) == pytest.approx(weight / math.fsum(weights), abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(rules=RULES, options=OPTIONS, seed=st.integers(0, 99))
def test_fringes_are_right_after_every_step_and_lead_to_a_proof(rules, options, seed):
    """As long as there is a proof to find, the goals of some fringe can all be proved.

    This is what makes it right to replace a fringe, to keep equal ones once, and to give up those
    with goals that nothing needs. No fringes are dropped here.
    """
    within = provable(rules)

    def check(search: Fringe, graph: ProofGraph) -> None:
        if graph.root.status is Status.PROVED:
            return
        fringes = search._fringes
        assert_consistent(fringes, score)
        assert_softmax(fringes, search._options.temperature)
        if "root" in within:
            assert any(
                fringe.is_needed
                and within.issuperset(node.goal.key for node in fringe.open_goals())
                for fringe in fringes
            )

    attempt = search_for_proof(rules, options, rng=random.Random(seed), on_step=check)
    expected = SearchStatus.PROVED if "root" in within else SearchStatus.FAILED
    assert attempt.status is expected


class FewHashes(random.Random):
    """Confuses many sets of goals."""

    def getrandbits(self, k: int) -> int:
        return super().getrandbits(2)


@settings(max_examples=200, deadline=None)
@given(
    rules=RULES,
    options=OPTIONS,
    capacity=st.sampled_from([1, 2, 5]),
    rng=st.sampled_from([random.Random, FewHashes]),
)
def test_no_proof_is_lost_by_dropped_fringes_or_by_hashes(rules, options, capacity, rng):
    """And no goal is expanded twice, so that the search ends."""
    options |= {"max_fringes": capacity, "batch_size": min(options["batch_size"], capacity)}
    sizes = []
    attempt = search_for_proof(
        rules,
        options,
        rng=rng(0),
        on_step=lambda search, _: sizes.append(len(search._fringes)),
    )
    expected = SearchStatus.PROVED if "root" in provable(rules) else SearchStatus.FAILED
    assert attempt.status is expected
    chosen = [step.goal for step in attempt.selections]
    assert len(chosen) == len(set(chosen))
    assert max(sizes) <= capacity


@settings(max_examples=200, deadline=None)
@given(
    rules=RULES,
    options=OPTIONS,
    reject=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["t0", "t1", "t2"]))),
)
def test_refused_proofs_are_searched_around(rules, options, reject):
    """Which steps a fresh prover refuses shows only at the end, and puts proved goals back."""
    accepted = {
        name: {t: subgoals for t, subgoals in tactics.items() if (name, t) not in reject}
        for name, tactics in rules.items()
    }
    attempt = search_for_proof(rules, options, rng=random.Random(0), reject=reject)
    expected = SearchStatus.PROVED if "root" in provable(accepted) else SearchStatus.FAILED
    assert attempt.status is expected


def test_each_rule_occurs_on_random_graphs():
    """So that the properties above are about all of them."""
    seen = set()
    rng = random.Random(0)
    for seed in range(200):
        rules: Rules = {
            name: {
                f"t{number}": rng.choices(NAMES, k=rng.randint(1, 3))
                for number in range(rng.randint(0, 3))
            }
            for name in NAMES
        }
        options = {"max_replayed": seed % 3, "max_fringes": 1 + seed % 4}
        attempt = search_for_proof(rules, options, rng=random.Random(seed))
        seen |= {step.details["rule"] for step in attempt.selections}
    assert seen == {float(rule) for rule in Rule}
