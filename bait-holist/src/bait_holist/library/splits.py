"""The split of each library theorem: train, valid or test.

It is HOList's own where the statement is among the core theorems of its database; otherwise a
stable hash of the statement decides, in about the same proportions.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from functools import cache
from importlib import resources

from bait_holist.terms import fingerprint

_SHARES = (("train", 0.6), ("valid", 0.8), ("test", 1.0))


class Split(StrEnum):
    """A split of the library."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


def split_of(statement: str) -> Split:
    """The split of the theorem with this statement, an S-expression."""
    known = _benchmark_splits().get(fingerprint(statement))
    return known or _hashed(statement)


def _hashed(statement: str) -> Split:
    digest = hashlib.sha256(statement.encode("utf-8", "surrogateescape")).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    return Split(next(name for name, end in _SHARES if position < end))


@cache
def _benchmark_splits() -> dict[int, Split]:
    text = resources.files(__package__).joinpath("core_splits.json").read_text("utf-8")
    return {number: Split(name) for name, numbers in json.loads(text).items() for number in numbers}
