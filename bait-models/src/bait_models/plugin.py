"""What bait-models brings, told without importing it."""

from __future__ import annotations

from bait_core.plugins.hookspecs import hookimpl
from bait_core.plugins.specs import PluginSpec, SearchSpec

BAIT_API = 1


@hookimpl
def bait_register_goal_models() -> list[PluginSpec]:
    """The goal models that need no training."""
    return [
        PluginSpec(
            name="size",
            summary="Large goals are taken for hard; needs no training",
            factory="bait_models.goal.heuristics:SizeModel",
            options="bait_models.goal.options:SizeOptions",
        ),
        PluginSpec(
            name="constant",
            summary="The same probability for every goal",
            factory="bait_models.goal.heuristics:ConstantModel",
            options="bait_models.goal.options:ConstantOptions",
        ),
    ]


@hookimpl
def bait_register_search_models() -> list[SearchSpec]:
    """The searches that use a goal model."""
    return [
        SearchSpec(
            name="htps",
            summary="HyperTree Proof Search: Monte Carlo search over hypertrees",
            factory="bait_models.search.htps:HTPS",
            options="bait_models.search.options:HTPSOptions",
            goal_model="size",
        ),
        SearchSpec(
            name="updown",
            summary="The goals whose proofs would most probably complete a proof",
            factory="bait_models.search.updown:UpDown",
            options="bait_models.search.options:UpDownOptions",
            goal_model="size",
        ),
        SearchSpec(
            name="fringe",
            summary="Samples sets of goals that would prove the theorem (TacticZero)",
            factory="bait_models.search.fringe:Fringe",
            options="bait_models.search.options:FringeOptions",
            goal_model="size",
        ),
    ]
