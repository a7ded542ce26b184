"""The tactic model `holist-tactics`."""

from __future__ import annotations

import math

import pytest

from bait_core.domain import Goal, Premise, PremiseSet
from bait_core.protocols.tactic_model import TacticRequest
from bait_holist.tactics.derive import derive_templates, template_of
from bait_holist.tactics.goal_view import GoalView
from bait_holist.tactics.model import TemplateModel
from bait_holist.tactics.options import TemplateOptions
from bait_holist.tactics.templates import Template, fill, load_templates

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
        ("REWRITE_TAC [ADD_SYM; GSYM EXP]", "REWRITE_TAC [?]"),
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


def test_rare_templates_are_left_out() -> None:
    assert derive_templates(["A_TAC", "A_TAC", "B_TAC"], (), 2) == [("A_TAC", 2)]


def test_goal_view_finds_variables_and_witnesses() -> None:
    goal = GoalView.of_key(KEY)
    assert goal.free_variables == (("v", ("num",), "y"), ("v", ("num",), "z"))
    assert goal.bound("?") == ("v", ("num",), "x")
    assert goal.bound("!") is None
    assert goal.witnesses(("num",)) == [("v", ("num",), "y"), ("v", ("num",), "z")]


@pytest.mark.parametrize("text", ["REWRITE_TAC [?]", "MATCH_MP_TAC ?", "EXISTS_TAC !", "GEN_TAC"])
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
