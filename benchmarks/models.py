"""What the learned tactic models cost per goal on one core, alone and in batches.

The networks have random weights and the size of trained ones; the terms are random. For HOList's
model with each encoder: one goal, 32 goals at once, how many times as long that takes, and the
first request of a theorem, when its 2,000 premises are embedded. For the generator: beams of 8
tactics of at most 32 bytes, 8 goals one by one and at once. Medians of interleaved runs.

    python benchmarks/models.py [--runs 5] [--encoders gnn transformer]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from transformers import T5ForConditionalGeneration

from bait_core.domain import NO_PREMISES, Goal, Premise, PremiseSet
from bait_core.protocols import TacticModel, TacticRequest
from bait_holist.tactics import load_templates
from bait_holist.terms import constants, read_key
from bait_models.byt5.network import new_t5
from bait_models.byt5.options import NetworkSize
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.vocabulary import PADDING, UNKNOWN, TermVocabulary
from bait_models.tactic_models.holist.features import Lexicon
from bait_models.tactic_models.holist.model import HolistModel
from bait_models.tactic_models.holist.options import HolistModelOptions
from bait_models.tactic_models.reprover.generator import Generator
from bait_models.tactic_models.reprover.options import GeneratorOptions

ENCODERS = ("gnn", "transformer", "sat", "directed-sat", "ensemble")
OPERATORS = [f"op{number}" for number in range(400)]
PREMISES = 2000
BATCH = 32
MOST_TIMES = 5.0
BEAMS, GENERATED = 8, 8


def random_term(rng: random.Random, operators: int) -> str:
    """A term with so many binary operators, some of them rare, and a few variables."""
    if not operators:
        return f"(v (bool) x{rng.randrange(6)})"
    left = rng.randrange(operators)
    name = OPERATORS[int(len(OPERATORS) * rng.random() ** 3)]
    head = f"(c (fun (bool) (fun (bool) (bool))) {name})"
    right = random_term(rng, operators - 1 - left)
    return f"(a (a {head} {random_term(rng, left)}) {right})"


def random_requests(rng: random.Random, count: int, premises: PremiseSet) -> list[TacticRequest]:
    """Goals of 3 to 30 operators: graphs of about 15 to 100 nodes, as most of HOL Light's."""
    keys = [f"(g () {random_term(rng, rng.randint(3, 30))})" for _ in range(count)]
    return [TacticRequest(Goal(key, key, symbols_of(key)), premises) for key in keys]


def symbols_of(key: str) -> tuple[str, ...]:
    return tuple(constants(read_key(key)[1]))


def random_premises(rng: random.Random) -> PremiseSet:
    statements = [random_term(rng, rng.randint(3, 25)) for _ in range(PREMISES)]
    library = tuple(
        Premise(f"T{number}", "", symbols_of(f"(g () {statement})"), statement)
        for number, statement in enumerate(statements)
    )
    return PremiseSet("random", library)


def holist_model(kind: str) -> HolistModel:
    torch.manual_seed(0)
    encoder = EncoderOptions.model_validate({"kind": kind})
    tokens = [PADDING, UNKNOWN, "@", "goal", "variable:bool", *OPERATORS]
    templates = [template.text for template in load_templates()]
    options = HolistModelOptions(checkpoint=Path("none"), device="cpu")
    lexicon = Lexicon(dict.fromkeys(OPERATORS, 1.0), {})
    return HolistModel(encoder, TermVocabulary(tokens), templates, lexicon, options).eval()


def generator() -> Generator:
    torch.manual_seed(0)
    network = new_t5(NetworkSize(), T5ForConditionalGeneration)
    options = GeneratorOptions(checkpoint="none", device="cpu", max_tokens=32)
    return Generator(network, options=options).eval()


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def ask(model: TacticModel, requests: Sequence[TacticRequest], n: int) -> float:
    return seconds(lambda: model.get_tactics(requests, n))


def holist_row(kind: str, runs: int, premises: PremiseSet) -> tuple[list[str], float]:
    """A row of the first table, and the ratio in it."""
    model = holist_model(kind)
    rng = random.Random(1)
    first = ask(model, random_requests(rng, 1, premises), 64)
    alone, together = [], []
    for _ in range(runs):
        requests = random_requests(rng, BATCH, premises)
        alone += [ask(model, [request], 64) for request in requests]
        together.append(ask(model, requests, 64))
    one, many = statistics.median(alone), statistics.median(together)
    parameters = sum(p.numel() for p in model.parameters()) / 1e6
    cells = [kind, f"{parameters:.2f}", f"{first:.1f}", f"{one * 1e3:.0f}", f"{many * 1e3:.0f}"]
    return [*cells, f"{many / one:.1f}", f"{many / BATCH * 1e3:.1f}"], many / one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--encoders", nargs="+", default=ENCODERS, choices=ENCODERS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    console = Console()
    premises = random_premises(random.Random(0))
    columns = ("encoder", "10⁶ parameters", "first, s", "1 goal, ms", f"{BATCH} goals, ms")
    table = Table(title=f"HOList's model, {PREMISES} premises, 64 tactics a goal")
    for column in (*columns, "times", "ms a goal"):
        table.add_column(column, justify="right")
    slow = []
    for kind in arguments.encoders:
        row, times = holist_row(kind, arguments.runs, premises)
        table.add_row(*row)
        slow += [kind] if times > MOST_TIMES else []
    console.print(table)
    console.print(generator_line(arguments.runs))
    if slow:
        console.print(f"[red]{BATCH} goals take over {MOST_TIMES} times one: {', '.join(slow)}")


def generator_line(runs: int) -> str:
    """How much beams that are batched over goals save."""
    model = generator()
    rng = random.Random(1)
    alone, together = [], []
    for _ in range(runs):
        requests = random_requests(rng, GENERATED, NO_PREMISES)
        texts = [TacticRequest(Goal(r.goal.key, r.goal.key[:300]), NO_PREMISES) for r in requests]
        alone.append(sum(ask(model, [text], BEAMS) for text in texts))
        together.append(ask(model, texts, BEAMS))
    one, many = statistics.median(alone), statistics.median(together)
    return (
        f"Generator, {BEAMS} beams, {GENERATED} goals: {one * 1e3:.0f} ms one by one, "
        f"{many * 1e3:.0f} ms at once ({one / many:.1f} times as fast)"
    )


if __name__ == "__main__":
    main()
