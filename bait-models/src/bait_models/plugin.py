"""The plugins of bait-models, described without importing them."""

from __future__ import annotations

from bait_core import PluginSpec, SearchSpec, TraceProcessorSpec, TrainerSpec, hookimpl

BAIT_API = 1

_HOLIST = ("bait_holist",)
_HOLIST_HINT = "pip install 'bait-models[holist]'"


@hookimpl
def bait_register_tactic_models() -> list[PluginSpec]:
    """The learned tactic models."""
    return [
        PluginSpec(
            name="holist",
            summary="HOList's tactic classifier and premise ranker, over terms; for HOL Light",
            factory="bait_models.tactic_models.holist.model:HolistModel.load",
            options="bait_models.tactic_models.holist.options:HolistModelOptions",
            modules=_HOLIST,
            install_hint=_HOLIST_HINT,
        ),
        PluginSpec(
            name="reprover",
            summary="ReProver's generator, which writes tactics byte by byte; for any prover",
            factory="bait_models.tactic_models.reprover.generator:Generator.load",
            options="bait_models.tactic_models.reprover.options:GeneratorOptions",
        ),
        PluginSpec(
            name="ilql",
            summary="A generator steered by learned token values; learns from failures, too",
            factory="bait_models.tactic_models.ilql.model:ILQL.load",
            options="bait_models.tactic_models.ilql.options:ILQLModelOptions",
        ),
    ]


@hookimpl
def bait_register_trace_processors() -> list[TraceProcessorSpec]:
    """The trace processors, which make examples for the trainers."""
    return [
        TraceProcessorSpec(
            name="holist-steps",
            summary="Proof steps in HOL Light, for the trainer holist: goal, tactic and premises",
            factory="bait_models.trace_processors.holist:HolistSteps",
            options="bait_models.trace_processors.options:HolistStepsOptions",
            modules=_HOLIST,
            install_hint=_HOLIST_HINT,
            examples="holist-step",
        ),
        TraceProcessorSpec(
            name="provability",
            summary="Goals labelled as provable or not, for the trainer provability",
            factory="bait_models.trace_processors.provability:Provability",
            options="bait_models.trace_processors.options:ProvabilityOptions",
            examples="provability",
        ),
        TraceProcessorSpec(
            name="retrieval",
            summary="Goals, used premises and hard negatives, for the trainer retriever",
            factory="bait_models.trace_processors.retrieval:Retrieval",
            options="bait_models.trace_processors.options:RetrievalOptions",
            examples="retrieval",
        ),
        TraceProcessorSpec(
            name="seq2seq",
            summary="Proved goals and the tactics of shortest proofs, for the trainer seq2seq",
            factory="bait_models.trace_processors.seq2seq:Seq2Seq",
            options="bait_models.trace_processors.options:Seq2SeqOptions",
            examples="seq2seq",
        ),
        TraceProcessorSpec(
            name="preferences",
            summary="Goals, each with a better and a worse tactic, for the trainer dpo",
            factory="bait_models.trace_processors.preferences:Preferences",
            options="bait_models.trace_processors.options:PreferencesOptions",
            examples="preference",
        ),
        TraceProcessorSpec(
            name="episodes",
            summary="Goals, tactics that were tried and their rewards, for the trainer ilql",
            factory="bait_models.trace_processors.episodes:Episodes",
            options="bait_models.trace_processors.options:EpisodesOptions",
            examples="episode",
        ),
    ]


@hookimpl
def bait_register_trainers() -> list[TrainerSpec]:
    """The trainers of the models."""
    return [
        TrainerSpec(
            name="holist",
            summary="Trains the tactic model holist to imitate proofs",
            factory="bait_models.tactic_models.holist.training:HolistTrainer",
            options="bait_models.tactic_models.holist.options:HolistTrainerOptions",
            modules=_HOLIST,
            install_hint=_HOLIST_HINT,
            examples="holist-step",
            trace_processor="holist-steps",
        ),
        TrainerSpec(
            name="provability",
            summary="Trains and calibrates the goal model provability",
            factory="bait_models.goal_models.provability.training:ProvabilityTrainer",
            options="bait_models.goal_models.provability.options:ProvabilityTrainerOptions",
            examples="provability",
            trace_processor="provability",
            updates=("goal_model.checkpoint",),
        ),
        TrainerSpec(
            name="retriever",
            summary="Trains ReProver's retriever, which finds premises to show the generator",
            factory="bait_models.retrieval.training:RetrieverTrainer",
            options="bait_models.retrieval.options:RetrieverTrainerOptions",
            examples="retrieval",
            trace_processor="retrieval",
            updates=("model.retriever",),
        ),
        TrainerSpec(
            name="seq2seq",
            summary="Trains the tactic model reprover to imitate proofs; the first step before dpo",
            factory="bait_models.tactic_models.reprover.training:Seq2SeqTrainer",
            options="bait_models.tactic_models.reprover.options:Seq2SeqTrainerOptions",
            examples="seq2seq",
            trace_processor="seq2seq",
        ),
        TrainerSpec(
            name="dpo",
            summary="Trains a generator further, to prefer the better of two tactics (DPO)",
            factory="bait_models.tactic_models.reprover.dpo.training:DPOTrainer",
            options="bait_models.tactic_models.reprover.dpo.options:DPOTrainerOptions",
            examples="preference",
            trace_processor="preferences",
        ),
        TrainerSpec(
            name="ilql",
            summary="Trains the tactic model ilql on tactics that worked and tactics that failed",
            factory="bait_models.tactic_models.ilql.training:ILQLTrainer",
            options="bait_models.tactic_models.ilql.options:ILQLTrainerOptions",
            examples="episode",
            trace_processor="episodes",
        ),
    ]


@hookimpl
def bait_register_goal_models() -> list[PluginSpec]:
    """The goal models: a learned one, and heuristics that need no training."""
    return [
        PluginSpec(
            name="provability",
            summary="Learned probability that a goal can be proved, by its text or its terms",
            factory="bait_models.goal_models.provability.model:ProvabilityModel.load",
            options="bait_models.goal_models.provability.options:ProvabilityModelOptions",
        ),
        PluginSpec(
            name="size",
            summary="Rates small goals above large ones; the default, needs no training",
            factory="bait_models.goal_models.heuristics:SizeModel",
            options="bait_models.goal_models.options:SizeOptions",
        ),
        PluginSpec(
            name="constant",
            summary="The same probability for every goal; a baseline without training",
            factory="bait_models.goal_models.heuristics:ConstantModel",
            options="bait_models.goal_models.options:ConstantOptions",
        ),
    ]


@hookimpl
def bait_register_search_models() -> list[SearchSpec]:
    """The searches guided by a goal model."""
    return [
        SearchSpec(
            name="htps",
            summary="HyperTree Proof Search: weighs both models and its own visits; large batches",
            factory="bait_models.search.htps.model:HTPS",
            options="bait_models.search.htps.options:HTPSOptions",
            goal_model="size",
        ),
        SearchSpec(
            name="updown",
            summary="Goals of the most probable proof first; relies on the goal model",
            factory="bait_models.search.updown.model:UpDown",
            options="bait_models.search.updown.options:UpDownOptions",
            goal_model="size",
        ),
        SearchSpec(
            name="fringe",
            summary="Samples sets of goals that would prove the theorem; for varied training data",
            factory="bait_models.search.fringe.model:Fringe",
            options="bait_models.search.fringe.options:FringeOptions",
            goal_model="size",
        ),
    ]
