"""Networks that are small enough for tests."""

from __future__ import annotations

from typing import Any

import torch
from transformers import T5ForConditionalGeneration

from bait_core.domain import NO_PREMISES, Goal
from bait_core.protocols import TacticRequest
from bait_models.byt5.network import new_t5
from bait_models.byt5.options import NetworkSize
from bait_models.tactic_models.reprover.generator import Generator
from bait_models.tactic_models.reprover.options import GeneratorOptions

TINY = {"d_model": 32, "d_ff": 32, "layers": 1, "decoder_layers": 1, "heads": 2, "dropout": 0.0}
SIZE = NetworkSize.model_validate(TINY)

FIT = {
    "warmup_steps": 0,
    "loggers": ("csv",),
    "progress_bar": False,
    "accelerator": "cpu",
}
"""Options of every trainer in tests."""


def network(seed: int = 0) -> T5ForConditionalGeneration:
    torch.manual_seed(seed)
    made = new_t5(SIZE, T5ForConditionalGeneration)
    made.eval()
    return made


def options(**changes: Any) -> GeneratorOptions:
    return GeneratorOptions.model_validate(
        {"checkpoint": "none", "device": "cpu", "max_tokens": 6} | changes
    )


def generator(seed: int = 0, max_source: int = 64, **changes: Any) -> Generator:
    return Generator(network(seed), max_source, options(**changes)).eval()


def requests(*texts: str) -> list[TacticRequest]:
    return [TacticRequest(Goal(text, text), NO_PREMISES) for text in texts]
