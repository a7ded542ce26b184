"""The tactic model `holist-tactics`."""

from __future__ import annotations

import itertools
import math

import pytest

from bait_core.domain import Goal, Premise, PremiseSet
from bait_core.protocols.tactic_model import TacticRequest
from bait_holist.human_proofs import HumanProof
from bait_holist.human_proofs.records import HumanGoal, HumanStep
from bait_holist.library import Split, split_of
from bait_holist.tactics import (
    GoalView,
    Template,
    TemplateModel,
    TemplateOptions,
    fill,
    load_templates,
    template_of,
)
from bait_holist.tactics.derive import derive_templates

EXISTS = "(c (fun (fun (num) (bool)) (bool)) ?)"
EQUALS = "(c (fun (num) (fun (num) (bool))) =)"
KEY = (
    f"(g ((h l (a (a {EQUALS} (v (num) y)) (v (num) z)))) "
    f"(a {EXISTS} (l (v (num) x) (a (a {EQUALS} (v (num) x)) (v (num) y)))))"
)
GOAL = Goal(KEY, "", ("?", "="))
PREMISES = PremiseSet(
    "p",
    (
        Premise("ADD_SYM", "", ("!", "=", "+")),
        Premise("EXISTS_REFL", "", ("?", "=")),
        Premise("TRUTH", "", ("T",)),
    ),
)


@pytest.mark.parametrize(
    ("tactic", "template"),
    [
        ("REWRITE_TAC [ADD_SYM; GSYM EXP]", "REWRITE_TAC [?*]"),
        ("REWRITE_TAC [GSYM EXP]", "REWRITE_TAC [GSYM ?]"),
        ("MATCH_MP_TAC ADD_SYM", "MATCH_MP_TAC ?"),
        ("EXISTS_TAC `(v (num) x)`", "EXISTS_TAC !"),
        (
            "GEN_REWRITE_TAC (LAND_CONV o RAND_CONV) [EXP]",
            "GEN_REWRITE_TAC (LAND_CONV o RAND_CONV) [?]",
        ),
        ("MESON_TAC []", "MESON_TAC []"),
        ("MP_TAC (MATCH_MP ADD_SYM EXP)", None),
        ("SUBGOAL_THEN `(c (bool) T)` MP_TAC", None),
    ],
)
def test_templates_leave_out_theorems_and_terms(tactic: str, template: str | None) -> None:
    assert template_of(tactic, {"ADD_SYM", "EXP"}) == template


def proof_of(statement: str, *tactics: str, is_procedural: bool = False) -> HumanProof:
    goals = (HumanGoal(f"(g () {statement})", "", ()), HumanGoal("(g () (c bool F))", "", ()))
    steps = tuple(HumanStep(0, 1, tactic, (1,), tactic) for tactic in tactics)
    idle = HumanStep(0, 1, "ALL_TAC", (0,), "ALL_TAC")
    return HumanProof("A", "A", 0, "a.ml", 1, is_procedural, goals, (*steps, idle, idle))


def test_templates_come_from_what_people_did_often_in_training_proofs() -> None:
    statements = (f"(v (bool) {n})" for n in itertools.count())
    train = next(s for s in statements if split_of(s) == Split.TRAIN)
    test = next(s for s in statements if split_of(s) == Split.TEST)
    proofs = [
        proof_of(train, "A_TAC", "A_TAC", "B_TAC"),
        proof_of(test, "C_TAC", "C_TAC"),
        proof_of(train, "D_TAC", "D_TAC", is_procedural=True),
    ]
    assert derive_templates(proofs, {}, 2) == [("A_TAC", 2)]


def test_goal_view_finds_variables_and_witnesses() -> None:
    goal = GoalView.of_key(KEY)
    assert goal.free_variables == (("v", ("num",), "y"), ("v", ("num",), "z"))
    assert goal.bound("?") == ("v", ("num",), "x")
    assert goal.bound("!") is None
    assert goal.witnesses(("num",)) == [("v", ("num",), "y"), ("v", ("num",), "z")]


@pytest.mark.parametrize("text", ["REWRITE_TAC [?*]", "MATCH_MP_TAC ?", "EXISTS_TAC !", "GEN_TAC"])
def test_shares_add_up_to_one(text: str) -> None:
    filled = list(fill(Template(text, 1), GoalView.of_key(KEY), ["A", "B"], TemplateOptions()))
    assert math.isclose(sum(share for _, share in filled), 1)
    assert not any(gap in tactic for tactic, _ in filled for gap in "?!")


def test_shipped_templates_have_gaps_that_can_be_filled() -> None:
    assert len(load_templates()) > 50
    goal = GoalView.of_key(KEY)
    for template in load_templates():
        list(fill(template, goal, ["A"], TemplateOptions()))


def test_model_proposes_different_tactics_most_probable_first() -> None:
    [suggestions] = TemplateModel().get_tactics([TacticRequest(GOAL, PREMISES)], 50)
    assert len(suggestions) == len({s.tactic for s in suggestions}) == 50
    values = [s.log_probability for s in suggestions]
    assert values == sorted(values, reverse=True)
    assert values[0] <= 0
    tactics = [s.tactic for s in suggestions]
    assert "EXISTS_TAC `(v (num) y)`" in tactics
    assert tactics.index("MATCH_MP_TAC EXISTS_REFL") < tactics.index("MATCH_MP_TAC ADD_SYM")
    assert not any("TRUTH" in tactic for tactic in tactics)
