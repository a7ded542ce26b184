"""What bait-models brings, told without importing it."""

from __future__ import annotations

from bait_core.plugins.hookspecs import hookimpl
from bait_core.plugins.specs import PluginSpec, SearchSpec, TraceProcessorSpec, TrainerSpec

BAIT_API = 1

_HOLIST = ("bait_holist",)
_HOLIST_HINT = "pip install 'bait-models[holist]'"


@hookimpl
def bait_register_tactic_models() -> list[PluginSpec]:
    """The tactic models that learn."""
    return [
        PluginSpec(
            name="holist",
            summary="HOList's: a tactic classifier and a scorer of theorems, over graphs of terms",
            factory="bait_models.tactic_models.holist.model:HolistModel.load",
            options="bait_models.tactic_models.holist.options:HolistModelOptions",
            modules=_HOLIST,
            install_hint=_HOLIST_HINT,
        ),
        PluginSpec(
            name="reprover",
            summary="ReProver's: writes tactics byte by byte (ByT5)",
            factory="bait_models.tactic_models.reprover.generator:Generator.load",
            options="bait_models.tactic_models.reprover.options:GeneratorOptions",
        ),
        PluginSpec(
            name="ilql",
            summary="A generator that has learned from searches what its tokens are worth",
            factory="bait_models.tactic_models.ilql.model:ILQL.load",
            options="bait_models.tactic_models.ilql.options:ILQLModelOptions",
        ),
    ]


@hookimpl
def bait_register_trace_processors() -> list[TraceProcessorSpec]:
    """What makes examples for the trainers."""
    return [
        TraceProcessorSpec(
            name="holist-steps",
            summary="Steps of HOL Light proofs: the tactic, and the theorems it is given",
            factory="bait_models.trace_processors.holist:HolistSteps",
            options="bait_models.trace_processors.options:HolistStepsOptions",
            modules=_HOLIST,
            install_hint=_HOLIST_HINT,
            examples="holist-step",
        ),
        TraceProcessorSpec(
            name="provability",
            summary="Goals, and whether they can be proved",
            factory="bait_models.trace_processors.provability:Provability",
            options="bait_models.trace_processors.options:ProvabilityOptions",
            examples="provability",
        ),
        TraceProcessorSpec(
            name="retrieval",
            summary="Goals, the premises that their proofs use, and others that are like these",
            factory="bait_models.trace_processors.retrieval:Retrieval",
            options="bait_models.trace_processors.options:RetrievalOptions",
            examples="retrieval",
        ),
        TraceProcessorSpec(
            name="seq2seq",
            summary="Goals that were proved, and the tactics of their shortest proofs, as texts",
            factory="bait_models.trace_processors.seq2seq:Seq2Seq",
            options="bait_models.trace_processors.options:Seq2SeqOptions",
            examples="seq2seq",
        ),
        TraceProcessorSpec(
            name="preferences",
            summary="Goals, and of two tactics that were tried the better and the worse one",
            factory="bait_models.trace_processors.preferences:Preferences",
            options="bait_models.trace_processors.options:PreferencesOptions",
            examples="preference",
        ),
        TraceProcessorSpec(
            name="episodes",
            summary="Goals, tactics that were tried, and rewards for how well it went",
            factory="bait_models.trace_processors.episodes:Episodes",
            options="bait_models.trace_processors.options:EpisodesOptions",
            examples="episode",
        ),
    ]


@hookimpl
def bait_register_trainers() -> list[TrainerSpec]:
    """What trains the models."""
    return [
        TrainerSpec(
            name="holist",
            summary="Trains HOList's tactic model",
            factory="bait_models.tactic_models.holist.training:HolistTrainer",
            options="bait_models.tactic_models.holist.options:HolistTrainerOptions",
            modules=_HOLIST,
            install_hint=_HOLIST_HINT,
            examples="holist-step",
            trace_processor="holist-steps",
        ),
        TrainerSpec(
            name="provability",
            summary="Trains the goal model that learns which goals can be proved",
            factory="bait_models.goal_models.provability.training:ProvabilityTrainer",
            options="bait_models.goal_models.provability.options:ProvabilityTrainerOptions",
            examples="provability",
            trace_processor="provability",
        ),
        TrainerSpec(
            name="retriever",
            summary="Trains the retriever of ReProver, which finds premises for its generator",
            factory="bait_models.retrieval.training:RetrieverTrainer",
            options="bait_models.retrieval.options:RetrieverTrainerOptions",
            examples="retrieval",
            trace_processor="retrieval",
        ),
        TrainerSpec(
            name="seq2seq",
            summary="Trains the generator of ReProver",
            factory="bait_models.tactic_models.reprover.training:Seq2SeqTrainer",
            options="bait_models.tactic_models.reprover.options:Seq2SeqTrainerOptions",
            examples="seq2seq",
            trace_processor="seq2seq",
        ),
        TrainerSpec(
            name="dpo",
            summary="Trains the generator to prefer the better of two tactics (DPO)",
            factory="bait_models.tactic_models.reprover.dpo.training:DPOTrainer",
            options="bait_models.tactic_models.reprover.dpo.options:DPOTrainerOptions",
            examples="preference",
            trace_processor="preferences",
        ),
        TrainerSpec(
            name="ilql",
            summary="Trains a generator and what its tokens are worth (ILQL)",
            factory="bait_models.tactic_models.ilql.training:ILQLTrainer",
            options="bait_models.tactic_models.ilql.options:ILQLTrainerOptions",
            examples="episode",
            trace_processor="episodes",
        ),
    ]


@hookimpl
def bait_register_goal_models() -> list[PluginSpec]:
    """The goal models: one that learns, and those that need no training."""
    return [
        PluginSpec(
            name="provability",
            summary="Has learned from searches and proofs which goals can be proved",
            factory="bait_models.goal_models.provability.model:ProvabilityModel.load",
            options="bait_models.goal_models.provability.options:ProvabilityModelOptions",
        ),
        PluginSpec(
            name="size",
            summary="Large goals are taken for hard; needs no training",
            factory="bait_models.goal_models.heuristics:SizeModel",
            options="bait_models.goal_models.options:SizeOptions",
        ),
        PluginSpec(
            name="constant",
            summary="The same probability for every goal",
            factory="bait_models.goal_models.heuristics:ConstantModel",
            options="bait_models.goal_models.options:ConstantOptions",
        ),
    ]


@hookimpl
def bait_register_search_models() -> list[SearchSpec]:
    """The searches that use a goal model."""
    return [
        SearchSpec(
            name="htps",
            summary="HyperTree Proof Search: Monte Carlo search over hypertrees",
            factory="bait_models.search.htps.model:HTPS",
            options="bait_models.search.htps.options:HTPSOptions",
            goal_model="size",
        ),
        SearchSpec(
            name="updown",
            summary="The goals whose proofs would most probably complete a proof",
            factory="bait_models.search.updown.model:UpDown",
            options="bait_models.search.updown.options:UpDownOptions",
            goal_model="size",
        ),
        SearchSpec(
            name="fringe",
            summary="Samples sets of goals that would prove the theorem (TacticZero)",
            factory="bait_models.search.fringe.model:Fringe",
            options="bait_models.search.fringe.options:FringeOptions",
            goal_model="size",
        ),
    ]
