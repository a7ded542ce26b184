"""Splits: HOList's own where it has the statement, otherwise a stable hash of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib import resources

import pytest

from bait_holist.library import Split, split_of
from bait_holist.terms import fingerprint

COMMUTATIVITY = (
    "(a (c (fun (fun (num) (bool)) (bool)) !) (l (v (num) m) "
    "(a (c (fun (fun (num) (bool)) (bool)) !) (l (v (num) n) "
    "(a (a (c (fun (num) (fun (num) (bool))) =) "
    "(a (a (c (fun (num) (fun (num) (num))) +) (v (num) m)) (v (num) n))) "
    "(a (a (c (fun (num) (fun (num) (num))) +) (v (num) n)) (v (num) m)))))))"
)


def shipped() -> dict[str, list[int]]:
    text = resources.files("bait_holist.library").joinpath("core_splits.json").read_text("utf-8")
    table: dict[str, list[int]] = json.loads(text)
    return table


def test_the_benchmarks_split_comes_before_the_hash() -> None:
    [name] = [name for name, numbers in shipped().items() if fingerprint(COMMUTATIVITY) in numbers]
    assert split_of(COMMUTATIVITY) == name


def test_each_statement_is_in_one_split_only() -> None:
    numbers = [number for numbers in shipped().values() for number in numbers]
    assert {name: len(numbers) for name, numbers in shipped().items()} == {
        "train": 1_441,
        "valid": 443,
        "test": 436,
    }
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("number", range(8))
def test_other_statements_are_where_their_hash_puts_them(number: int) -> None:
    statement = f"(v (bool) p{number})"
    fifth = int(hashlib.sha256(statement.encode()).hexdigest()[:16], 16) * 5 >> 64
    assert split_of(statement) == ("train", "train", "train", "valid", "test")[fifth]


def test_the_hash_is_the_one_of_always() -> None:
    # Proofs of one release must not become test theorems of the next.
    found = "".join(split_of(f"(v (bool) p{number})")[1] for number in range(20))
    assert found == "rrrrareaaerrrraaraer"


def test_the_hash_keeps_the_shares() -> None:
    count = Counter(split_of(f"(v (bool) p{number})") for number in range(10_000))
    assert {split: round(count[split] / 10_000, 1) for split in Split} == {
        Split.TRAIN: 0.6,
        Split.VALID: 0.2,
        Split.TEST: 0.2,
    }
