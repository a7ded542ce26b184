"""HTPS: selections and backups by hand, against a naive version, and where the original breaks."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bait_core.domain import Failed, FailureKind, Goal, Outcome, Proved, Subgoals, Suggestion
from bait_core.errors import ModelError
from bait_core.graph import Edge, GoalNode, ProofGraph, Status
from bait_core.protocols import Response, SearchContext, Selection
from bait_core.testing.synthetic import SyntheticOptions, SyntheticSession
from bait_models.search.htps.model import HTPS
from bait_models.search.htps.options import HTPSOptions

from .naive_htps import NaiveHTPS

GOLDEN = Path(__file__).parent / "golden"
ERROR = Failed(FailureKind.ERROR, "does not apply")
Rules = Mapping[str, Mapping[str, tuple[float, Sequence[str] | None]]]


def goal(name: str) -> Goal:
    return Goal(name, f"⊢ {name}")


class TableSearch:
    """A search on a table: goal -> tactic -> (probability, subgoals or None if it fails)."""

    def __init__(
        self, rules: Rules, probabilities: Mapping[str, float] | None = None, **options: object
    ) -> None:
        self.rules = rules
        self.probabilities = probabilities or {}
        self.asked: list[list[str]] = []
        self.graph = ProofGraph(goal("root"))
        self.search = HTPS(HTPSOptions.model_validate(options))
        self.reset()

    def reset(self) -> None:
        self.search.reset(SearchContext(self.graph, random.Random(0), self.score_goals))

    def score_goals(self, nodes: Sequence[GoalNode]) -> list[float]:
        self.asked.append([node.goal.key for node in nodes])
        return [math.log(self.probabilities.get(node.goal.key, 0.5)) for node in nodes]

    def expand(self, node: GoalNode) -> Response:
        rules = self.rules.get(node.goal.key, {})
        edges = self.graph.add_edges(
            node,
            [Suggestion(tactic, math.log(p)) for tactic, (p, _) in rules.items()],
            [outcome(names) for _, names in rules.values()],
        )
        self.graph.exhaust(node)
        return Response(node, edges)

    def step(self, expanded: int | None = None) -> list[Selection]:
        """Select, expand the first ones (all by default), back up."""
        selections = self.search.get_goals()
        nodes = [selection.node for selection in selections]
        assert all(node.is_expandable for node in nodes)
        assert len(nodes) == len(set(nodes))
        self.search.process_responses([self.expand(node) for node in nodes[:expanded]])
        self.check_virtual_visits()
        return selections

    def names(self) -> list[str]:
        """The goals of one step."""
        return [selection.node.goal.key for selection in self.step()]

    def edges(self) -> list[Edge]:
        return [edge for node in self.graph for edge in node.edges]

    def edge(self, name: str) -> Edge:
        """`goal tactic` -> edge."""
        (edge,) = (e for e in self.edges() if f"{e.node.goal.key} {e.tactic}" == name)
        return edge

    def check(self, edge: str, visits: int, total: float, *, killed: bool = False) -> None:
        statistics = self.search.statistics(self.edge(edge))
        assert (statistics.visits, statistics.is_killed) == (visits, killed)
        assert statistics.total == pytest.approx(total)

    def check_virtual_visits(self) -> None:
        assert not any(self.search.statistics(edge).virtual_visits for edge in self.edges())


def outcome(names: Sequence[str] | None) -> Outcome:
    if names is None:
        return ERROR
    return Subgoals(tuple(map(goal, names))) if names else Proved()


def replay(name: str) -> None:
    """Compare a search with its golden record, step by step."""
    record: dict[str, Any] = json.loads((GOLDEN / f"htps_{name}.json").read_text())
    play = TableSearch(record["rules"], record["probabilities"], **record["options"])
    for step in record["steps"]:
        selected = [
            {"goal": s.node.goal.key, "score": s.score, "fallback": 0, **s.details}
            for s in play.step()
        ]
        expected = [{"fallback": 0, **item} for item in step["selected"]]
        assert selected == [pytest.approx(item, abs=1e-5) for item in expected]
        for edge, (visits, total) in step["statistics"].items():
            statistics = play.search.statistics(play.edge(edge))
            assert statistics.visits == visits
            assert statistics.total == pytest.approx(total)


def test_golden_one_hypertree_per_step():
    """c = 1, depth penalty 1/2. Live at the root: t1, t2; priors .6/.9 = 2/3 and .3/.9 = 1/3.

    2. No visits: both score q = .5, and the more probable t1 wins. a is judged .5, b proved:
       value .5 * 1 * 1/2 = .25.
    3. t1: .25 + 2/3 * sqrt(1)/2 = .58333; t2: .5 + 1/3 * sqrt(1)/1 = .83333, which wins.
       c is judged .8: value .4.
    4. t1: .25 + 2/3 * sqrt(2)/2 = .72140; t2: .4 + 1/3 * sqrt(2)/2 = .63570. So t1: b is proved,
       a has the tactic a1 (no visits: .5). d is judged .25: a gets .125, the root .0625, and t1
       in all .3125.
    5. t1: .3125/2 + 2/3 * sqrt(3)/3 = .54115; t2: .4 + 1/3 * sqrt(3)/2 = .68868. So t2, c1 and e,
       which is proved, and with it c and the root: products 1, values 1/2; t2 has .4 + .5 = .9.
    """
    replay("one_hypertree")


def test_golden_virtual_visits_steer_the_hypertrees_of_a_step_apart():
    """c = 1, no depth penalty, three hypertrees per step; priors .75 and .25.

    2. First: t1 (.5 each). Second: t1 has .5/1 + .75/2 = .875, t2 .5 + .25 = .75: t1 again. Third:
       t1 has .5/2 + sqrt(2) * .75/3 = .60355, t2 .5 + sqrt(2) * .25 = .85355: t2. So a is reached
       twice, b and c once. a is judged .6 (t1: 2 visits, 1.2), c fails (t2: value .5 * 0).
    3. t2 is out. a: a1 first (.5 each); then a1 has .5/1 + .5/2 = .75, a2 .5 + .5 = 1; then both
       have .5/1 + sqrt(2) * .5/2 and a1 wins. All lead to d, judged .4. a1, twice: .8; a2 needs d
       twice: .4^2 = .16. t1: 1.2 + .4 + .16 + .4 = 2.16, of 5 visits.
    """
    replay("virtual_visits")


def test_temperature_makes_the_search_draw():
    rules: Rules = {"root": {"t1": (0.5, ["a"]), "t2": (0.4, ["b"]), "t3": (0.1, None)}}
    first = set()
    for seed in range(20):
        play = TableSearch(rules, policy_temperature=1.0, succ_expansions=1)
        play.search.reset(SearchContext(play.graph, random.Random(seed), play.score_goals))
        play.step()
        first.add(play.names()[0])
    assert first == {"a", "b"}


def test_a_goal_that_occurs_often_is_followed_once():
    """g0 needs g1 twice, which needs g2 twice, ...: 2^60 occurrences of g60, in one hypertree.

    The others are judged 1, g60 .99: that makes .99^2 for g59, and .99^4 for g58, whose tactic has
    had the value 1 of its leaf g59 before.
    """
    rules: dict[str, dict[str, tuple[float, list[str]]]] = {"root": {"t": (1.0, ["g0"])}}
    for i in range(60):
        rules[f"g{i}"] = {"t": (1.0, [f"g{i + 1}"] * 2)}
    rules["g60"] = {"t": (1.0, ["open"])}
    probabilities = {f"g{i}": 1.0 for i in range(60)} | {"g60": 0.99}
    play = TableSearch(rules, probabilities, depth_penalty=1.0, succ_expansions=1)
    assert play.names() == ["root"]
    for i in range(60):
        assert play.names() == [f"g{i}"]
    (selection,) = play.step()
    assert selection.node.goal.key == "g60"
    assert selection.details["depth"] == 61
    play.check("g59 t", 1, 0.99**2)
    play.check("g58 t", 2, 1 + 0.99**4)
    assert play.names() == ["open"]


def test_depth_needs_no_recursion():
    names = ["root", *(f"g{i}" for i in range(1, 5000))]
    play = TableSearch({a: {"t": (1.0, [b])} for a, b in itertools.pairwise(names)})
    for name in names[:-1]:
        play.expand(play.graph[goal(name)])
    assert play.names() == [names[-1]]
    assert play.graph.root.status is Status.FAILED
    assert play.step() == []


def test_a_circular_tactic_is_killed_and_another_one_taken_in_the_same_hypertree():
    """By priors it would be a1, which leads back to x."""
    rules: Rules = {
        "root": {"t": (1.0, ["x", "c"])},
        "x": {"x1": (1.0, ["a"])},
        "a": {"a1": (0.9, ["b", "x"]), "a2": (0.1, ["d"])},
        "b": {"b1": (1.0, ["e"])},
        "c": {"c1": (1.0, ["f"])},
        "d": {"d1": (1.0, ["g"])},
        "f": {"f1": (1.0, [])},
    }
    play = TableSearch(rules, succ_expansions=1, depth_penalty=1.0)
    assert [play.names() for _ in range(4)] == [["root"], ["x", "c"], ["a", "f"], ["d"]]
    play.check("a a1", 0, 0.0, killed=True)
    play.check("a a2", 1, 0.5)
    play.check("x x1", 2, 0.5 + 0.5)


def test_a_goal_without_tactics_left_kills_the_tactic_that_led_to_it():
    """b's only tactic is circular by way of a, so a1 goes too, and the leaf c that a1 had added
    before b is forgotten."""
    rules: Rules = {
        "root": {"t": (1.0, ["a"])},
        "a": {"a1": (0.9, ["c", "b"]), "a2": (0.1, ["d"])},
        "b": {"b1": (1.0, ["a"])},
        "d": {"d1": (1.0, ["e"])},
    }
    play = TableSearch(rules, succ_expansions=1)
    assert [play.names() for _ in range(2)] == [["root"], ["a"]]
    play.expand(play.graph[goal("b")])
    assert play.names() == ["d"]
    killed = [e.tactic for e in play.edges() if play.search.statistics(e).is_killed]
    assert killed == ["a1", "b1"]
    assert play.search.statistics(play.edge("root t")).visits == 2


def test_the_first_tactic_that_needs_a_dead_goal_is_killed():
    """root: a, b; a: b or c; b: only a, which is circular. So b is dead, and t1 needs it: t1 goes,
    while a1, further down, is not reached again."""
    rules: Rules = {
        "root": {"t1": (0.9, ["a", "b"]), "t2": (0.1, ["d"])},
        "a": {"a1": (0.9, ["b"]), "a2": (0.1, ["c"])},
        "b": {"b1": (1.0, ["a"])},
        "d": {"d1": (1.0, ["e"])},
    }
    play = TableSearch(rules, succ_expansions=1)
    assert [play.names() for _ in range(3)] == [["root"], ["a", "b"], ["d"]]
    killed = [e.tactic for e in play.edges() if play.search.statistics(e).is_killed]
    assert killed == ["t1", "b1"]


def test_proofs_that_killing_cut_off_are_found_by_age():
    """The proof is t, p2, z1, q1. In the first hypertree q1 is circular (p, q, p) and killed, so
    q is dead, which kills t: the root has no tactic left, and z is not yet expanded."""
    rules: Rules = {
        "root": {"t": (1.0, ["p", "q"])},
        "p": {"p1": (0.9, ["q"]), "p2": (0.1, ["z"])},
        "q": {"q1": (1.0, ["p"])},
        "z": {"z1": (1.0, [])},
    }
    play = TableSearch(rules)
    assert [play.names() for _ in range(2)] == [["root"], ["p", "q"]]
    (unused,) = play.step(expanded=0)
    (selection,) = play.step()
    assert selection == unused
    assert selection.node.goal.key == "z"
    assert selection.details == {"fallback": 1.0}
    assert play.search.statistics(play.edge("root t")).is_killed
    assert play.graph.root.status is Status.PROVED
    assert play.step() == []


def test_a_dead_goal_that_is_proved_after_all_ends_a_branch():
    """As above, but t1 fails by its w, and q is needed by t2: once z is proved, so are p and q."""
    rules: Rules = {
        "root": {"t1": (0.9, ["p", "w"]), "t2": (0.1, ["q", "v"])},
        "p": {"p1": (0.9, ["q"]), "p2": (0.1, ["z"])},
        "q": {"q1": (1.0, ["p"])},
        "z": {"z1": (1.0, [])},
        "w": {"w1": (1.0, ["x"])},
    }
    play = TableSearch(rules, succ_expansions=1)
    assert [play.names() for _ in range(2)] == [["root"], ["p", "w"]]
    play.expand(play.graph[goal("q")])
    assert play.names() == ["z", "x"]
    assert play.search.statistics(play.edge("q q1")).is_killed
    assert play.graph[goal("q")].status is Status.PROVED
    (selection,) = play.step()
    assert (selection.node.goal.key, selection.details["fallback"]) == ("v", 0.0)


def test_goals_are_judged_together_and_only_while_open():
    rules: Rules = {
        "root": {"t": (1.0, ["a", "b", "c", "d"])},
        "a": {"a1": (1.0, ["e"])},
        "b": {"b1": (1.0, [])},
        "c": {"c1": (1.0, ["f"])},
    }
    play = TableSearch(rules)
    assert [play.names() for _ in range(2)] == [["root"], ["a", "b", "c", "d"]]
    assert play.asked == [["root"], ["a", "c"]]
    assert play.graph.root.status is Status.FAILED
    play.check("root t", 50, 0.0, killed=True)


def test_a_tactic_with_a_failed_subgoal_is_not_followed():
    """In the third step t1 has .9 + .9/2, t2 only .5 + .1; unless t1 can't lead to a proof."""
    rules: Rules = {
        "root": {"t1": (0.9, ["a"]), "t2": (0.1, ["b"])},
        "a": {"a1": (1.0, ["f"])},
    }
    for f_fails, expected in [(False, "f"), (True, "b")]:
        play = TableSearch(rules, {"a": 0.9}, succ_expansions=1, depth_penalty=1.0)
        assert [play.names() for _ in range(2)] == [["root"], ["a"]]
        if f_fails:
            play.expand(play.graph[goal("f")])
            assert not play.edge("root t1").is_live
        assert play.names() == [expected]
        play.check("root t1", 2 - f_fails, 0.9, killed=True)


def test_nothing_is_leaked_when_the_budget_cuts_a_step():
    """Of a and b, which one hypertree needs, only a is expanded: that hypertree learns nothing;
    the one with c alone does. What was cut is selected again."""
    rules: Rules = {
        "root": {"t1": (0.4, ["c"]), "t2": (0.6, ["c", "b"])},
        "b": {"b1": (1.0, ["e"])},
        "c": {"c1": (1.0, ["f"])},
    }
    play = TableSearch(rules, succ_expansions=2, depth_penalty=1.0)
    play.step()
    assert [s.node.goal.key for s in play.step(expanded=1)] == ["c", "b"]
    play.check("root t1", 1, 0.5)
    play.check("root t2", 0, 0.0)
    assert "b" in play.names()


def test_selections_without_responses_are_taken_back():
    play = TableSearch({"root": {"t1": (0.6, ["a"]), "t2": (0.4, ["b"])}})
    play.step()
    first = play.search.get_goals()
    assert play.search.statistics(play.edge("root t1")).virtual_visits > 0
    assert play.search.get_goals() == first
    play.search.process_responses([])
    play.check_virtual_visits()
    play.search.get_goals()
    play.reset()
    play.check_virtual_visits()


def test_a_goal_model_that_fails_leaks_no_virtual_visits():
    play = TableSearch({"root": {"t": (1.0, ["a"])}, "a": {"a1": (1.0, ["b"])}})
    play.step()

    def fail(nodes: Sequence[GoalNode]) -> list[float]:
        raise ModelError("the goal model gave nan")

    play.search.reset(SearchContext(play.graph, random.Random(0), fail))
    with pytest.raises(ModelError):
        play.step()
    play.reset()
    assert play.names() == ["b"]


@pytest.mark.parametrize(
    ("tactics", "status"),
    [
        ({}, Status.FAILED),
        ({"t1": (0.5, None), "t2": (0.5, None)}, Status.FAILED),
        ({"t1": (0.5, ["root"])}, Status.FAILED),
        ({"t1": (0.5, [])}, Status.PROVED),
    ],
)
def test_the_first_expansion_may_be_the_last(tactics, status):
    play = TableSearch({"root": tactics})
    assert play.names() == ["root"]
    assert play.graph.root.status is status
    assert play.step() == []
    play.reset()
    assert play.step() == []


def test_a_refused_proof_opens_goals_again():
    """a was proved before all its tactics were tried, so it is a leaf again."""
    rules: Rules = {
        "root": {"t": (1.0, ["a", "b"])},
        "a": {"a2": (0.5, ["c"])},
        "b": {"b1": (1.0, ["d"])},
    }
    play = TableSearch(rules)
    play.step()
    (leaf, other) = (selection.node for selection in play.search.get_goals())
    edges = play.graph.add_edges(leaf, [Suggestion("a1", -1.0)], [Proved()])
    play.search.process_responses([Response(leaf, edges), play.expand(other)])
    assert [selection.node.goal.key for selection in play.search.get_goals()] == ["d"]
    play.search.process_responses([])
    play.graph.retract(edges[0], "refused")
    assert play.names() == ["a", "d"]


def test_a_step_ends_when_it_has_chosen_16_tactics_per_leaf():
    """Each hypertree has one tactic and leads to a: 16 of them. Then a has a tactic too: 8. With
    three leaves each it is more than are allowed."""
    rules: Rules = {"root": {"t1": (0.5, ["a"]), "t2": (0.5, ["a"])}, "a": {"a1": (1.0, ["b"])}}
    wide: Rules = {"root": {"t": (1.0, ["a", "b", "c"])}}
    for table, steps, allowed, hypertrees in [
        (rules, 1, 50, 16),
        (rules, 2, 50, 8),
        (wide, 1, 7, 7),
    ]:
        play = TableSearch(table, succ_expansions=allowed)
        assert play.search.get_goals()[0].details["hypertrees"] == 1
        for _ in range(steps):
            play.step()
        assert play.search.get_goals()[0].details["hypertrees"] == hypertrees


def test_max_nodes_in_expansion_ends_a_step():
    tactics = {f"t{i}": (1 / 9, [f"a{i}", f"b{i}"]) for i in range(9)}
    play = TableSearch({"root": tactics}, max_nodes_in_expansion=3)
    play.step()
    assert play.names() == ["a0", "b0", "a1", "b1"]


@pytest.mark.parametrize(
    "options",
    [
        {"depth_penalty": 0.0},
        {"depth_penalty": 1.1},
        {"exploration": -1.0},
        {"exploration": math.inf},
        {"policy_temperature": math.nan},
        {"succ_expansions": 0},
        {"max_nodes_in_expansion": 0},
        {"policy": "puct"},
    ],
)
def test_senseless_options_are_refused(options):
    with pytest.raises(ValidationError):
        HTPSOptions.model_validate(options)


class Synthetic:
    """Expands goals of a synthetic hypergraph with four tactics each."""

    def __init__(self, options: SyntheticOptions) -> None:
        self.session = SyntheticSession(options, 0)
        self.graph = ProofGraph(self.session.root)

    def expand(self, node: GoalNode) -> Response:
        tactics = [str(i) for i in range(4)]
        suggestions = [Suggestion(t, -1 - (node.index * 7 + int(t) * 5) % 9) for t in tactics]
        outcomes = self.session.run_tactics(node.goal, tactics, 1.0)
        edges = self.graph.add_edges(node, suggestions, outcomes)
        self.graph.exhaust(node)
        return Response(node, edges)


def judge(nodes: Sequence[GoalNode]) -> list[float]:
    return [-(node.index % 5) / 4 for node in nodes]


GRAPHS = st.builds(
    SyntheticOptions,
    goals=st.just(25),
    error_rate=st.sampled_from([0.2, 0.5, 0.7]),
    closing_rate=st.sampled_from([0.0, 0.02, 0.1]),
    branching=st.integers(1, 3),
    seed=st.integers(0, 10**6),
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    options=GRAPHS,
    hypertrees=st.integers(1, 50),
    exploration=st.sampled_from([0.0, 1.0, 5.0]),
    cuts=st.lists(st.integers(1, 6), max_size=4),
)
def test_it_does_what_the_naive_version_does(options, hypertrees, exploration, cuts):
    """Leaves, scores and statistics, also where the budget cuts a step, until the root is dead."""
    world = Synthetic(options)
    graph = world.graph
    search = HTPS(HTPSOptions(succ_expansions=hypertrees, exploration=exploration))
    search.reset(SearchContext(graph, random.Random(0), judge))
    naive = NaiveHTPS(graph.root, exploration, 0.95)
    for step in itertools.count():
        if graph.root.status is not Status.OPEN:
            break
        expected = naive.select(hypertrees, effort=16)
        selections = search.get_goals()
        if not expected:
            assert all(s.details == {"fallback": 1.0} for s in selections)
            break
        actual = {s.node: (s.score, s.details["hypertrees"]) for s in selections}
        assert actual == {node: pytest.approx(both) for node, both in expected.items()}
        expanded = [s.node for s in selections][: cuts[step] if step < len(cuts) else None]
        search.process_responses([world.expand(node) for node in expanded])
        naive.back_up(partial(leaf_value, expanded))
        for edge in (edge for node in graph for edge in node.edges):
            visits, virtual, total, _, killed = search.statistics(edge)
            assert (visits, virtual) == (naive.visits[edge], 0)
            assert total == pytest.approx(naive.totals[edge])
            assert killed == (edge in naive.killed or not edge.is_live)


def leaf_value(expanded: Sequence[GoalNode], node: GoalNode) -> float | None:
    if node.status is not Status.OPEN:
        return float(node.status is Status.PROVED)
    return math.exp(judge([node])[0]) if node in expanded else None


@pytest.mark.parametrize("policy", ["alpha_zero", "regularised"])
@hypothesis_settings(max_examples=60, deadline=None)
@given(
    options=GRAPHS,
    temperature=st.sampled_from([0.0, 1.0]),
    cuts=st.lists(st.integers(0, 5), max_size=10),
)
def test_it_is_complete_and_ends(policy, options, temperature, cuts):
    """At the end every goal that could still help is exhausted, and each was selected once."""
    world = Synthetic(options)
    graph = world.graph
    search = HTPS(HTPSOptions(policy=policy, policy_temperature=temperature, succ_expansions=6))
    search.reset(SearchContext(graph, random.Random(0), judge))
    expanded: list[GoalNode] = []
    for step in itertools.count():
        nodes = [selection.node for selection in search.get_goals()]
        if not nodes:
            break
        assert all(node.is_expandable for node in nodes)
        nodes = nodes[: cuts[step] if step < len(cuts) else None]
        search.process_responses([world.expand(node) for node in nodes])
        expanded += nodes
        edges = [edge for node in graph for edge in node.edges]
        assert not any(search.statistics(edge).virtual_visits for edge in edges)
    assert len(expanded) == len(set(expanded))
    if graph.root.status is Status.OPEN:
        assert not any(node.is_expandable for node in graph)
