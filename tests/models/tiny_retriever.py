"""Retrievers, corpora and steps that are small enough for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import T5EncoderModel

from bait_core.domain import Goal, Premise, PremiseSet
from bait_core.protocols import TacticRequest
from bait_core.training import CorpusPremise, write_corpus, write_examples
from bait_models.byt5.network import new_t5
from bait_models.byt5.text import pad
from bait_models.retrieval.model import Retriever
from bait_models.retrieval.text import PremiseLike
from bait_models.trace_processors.corpus import Accessible
from bait_models.trace_processors.retrieval import RetrievalExample

from .tiny_t5 import SIZE

WORDS = ("add", "mul", "neg", "inv", "one", "pow")
CORPUS = [CorpusPremise(f"{word}_{way}", f"{word} {way}") for word in WORDS for way in "xy"]
WHOLE = Accessible(len(CORPUS))


def network(seed: int = 0) -> T5EncoderModel:
    torch.manual_seed(seed)
    made = new_t5(SIZE, T5EncoderModel)
    made.eval()
    return made


def retriever(seed: int = 0, **more: Any) -> Retriever:
    made = Retriever(network(seed), **more)
    made.eval()
    return made


def alone(model: Retriever, text: str) -> torch.Tensor:
    """The vector of a text, without padding."""
    with torch.no_grad():
        hidden = model.network(pad([[*(b + 3 for b in text.encode()), 1]]).tokens)[0][0]
    mean = hidden.mean(dim=0)
    vector: torch.Tensor = mean / mean.norm()
    return vector


def nearest(model: Retriever, state: str, premises: Sequence[PremiseLike], count: int) -> list[str]:
    """Names by brute force, the best first."""
    goal = alone(model, state)
    scored = [(float(alone(model, f"<a>{p.name}</a> : {p.statement}") @ goal), p) for p in premises]
    return [p.name for _, p in sorted(scored, key=lambda pair: -pair[0])[:count]]


def facts(*names: str) -> tuple[Premise, ...]:
    return tuple(Premise(name, f"{name} = {name[::-1]}") for name in names)


def request(text: str, premises: PremiseSet) -> TacticRequest:
    return TacticRequest(Goal(text, text), premises)


def steps() -> list[RetrievalExample]:
    """One for each premise, whose neighbours are its negatives."""
    found = []
    for place, premise in enumerate(CORPUS):
        others = (*CORPUS[place + 1 :], *CORPUS[:place])
        word, way = premise.name.split("_")
        state = f"h : p\n⊢ {word} {way}"
        found.append(RetrievalExample(state, (premise,), others[:5], WHOLE))
    return found


def write_steps(folder: Path, repeats: int = 8) -> Path:
    """A corpus, and examples of it."""
    write_corpus(folder / "corpus", CORPUS)
    # By their hashes, t0 validates.
    names = ["t0", *["t2"] * repeats]
    found = [(name, step) for name in names for step in steps()]
    write_examples(folder / "examples", found, 0.5)
    return folder
