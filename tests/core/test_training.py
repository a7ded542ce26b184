"""Choosing traces, writing and reading examples."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bait_core.errors import TrainingError
from bait_core.traces.schema import ProofRecord, TimingsRecord, TraceRecord
from bait_core.training import best_traces, of_splits, read_examples, write_examples


class Number(msgspec.Struct, frozen=True):
    number: int


class Word(msgspec.Struct, frozen=True):
    word: str


def trace(theorem: str, size: int | None, split: str = "") -> TraceRecord:
    proof = None if size is None else ProofRecord(tuple(range(size)), "", True)
    return TraceRecord(
        theorem=theorem,
        statement=theorem,
        configuration={"split": split} if split else {},
        versions={},
        status="failed" if size is None else "proved",
        started=0.0,
        seconds=0.0,
        expansions=0,
        timings=TimingsRecord(0, 0, 0, 0),
        proof=proof,
    )


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ([None, None, None], 2),
        ([3, None, None], 0),
        ([3, 5, None], 0),
        ([None, 5, 3, 4], 2),
        ([3, 3, None], 1),
    ],
)
def test_the_shortest_proof_is_learned_from_or_else_the_newest_trace(
    sizes: list[int | None], chosen: int
) -> None:
    assert best_traces([[trace("a", size)] for size in sizes]) == {chosen}


def test_each_theorem_has_its_own_choice() -> None:
    rounds = [[trace("a", 2), trace("b", None)], [trace("a", None), trace("b", None)]]
    assert best_traces(rounds) == {0, 3}


def test_traces_of_splits() -> None:
    traces = [trace("a", 1, "train"), trace("b", 1, "test"), trace("c", 1)]
    assert [t.theorem for t in of_splits(traces, ("train",))] == ["a"]
    assert [t.theorem for t in of_splits(traces, ())] == ["a", "b", "c"]


def test_examples_are_split_by_theorem_and_written_alike(tmp_path: Path) -> None:
    examples = [(f"t{n % 10}", Number(n)) for n in range(100)]
    for folder in ("a", "b"):
        counts = write_examples(tmp_path / folder, examples, 0.3)
    assert (tmp_path / "a" / "train.jsonl.gz").read_bytes() == (
        tmp_path / "b" / "train.jsonl.gz"
    ).read_bytes()
    read = {s: list(read_examples(tmp_path / "a", s, Number)) for s in ("train", "valid")}
    theorems = {split: {e.number % 10 for e in found} for split, found in read.items()}
    assert theorems["train"] | theorems["valid"] == set(range(10))
    assert not theorems["train"] & theorems["valid"]
    assert theorems["valid"]
    assert counts.examples == {split: len(found) for split, found in read.items()}
    assert counts.theorems == {split: len(found) for split, found in theorems.items()}
    assert [e.number for e in read["train"]] == sorted(e.number for e in read["train"])


def test_a_theorem_keeps_its_split(tmp_path: Path) -> None:
    write_examples(tmp_path / "a", [(f"t{n}", Number(n)) for n in range(50)], 0.3)
    write_examples(tmp_path / "b", [(f"t{n}", Number(n)) for n in range(0, 50, 2)], 0.3)
    large, small = (set(read_examples(tmp_path / f, "valid", Number)) for f in "ab")
    assert small == {example for example in large if example.number % 2 == 0}


def test_no_examples(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no examples"):
        write_examples(tmp_path, [], 0.1)


def test_examples_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(TrainingError):
        list(read_examples(tmp_path, "train", Number))
    write_examples(tmp_path, [("a", Number(1))], 0.0)
    with pytest.raises(TrainingError, match="no examples of the kind Word"):
        list(read_examples(tmp_path, "train", Word))
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(TrainingError):
        list(read_examples(tmp_path, "train", Number))
