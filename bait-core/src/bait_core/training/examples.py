"""Training examples on disk: compressed JSON lines, split by theorem."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

from bait_core.errors import TrainingError

SPLITS = ("train", "valid")
_SUFFIX = ".jsonl.gz"

Example = TypeVar("Example", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class ExampleCounts:
    """Numbers of examples and of their theorems, by split."""

    examples: dict[str, int]
    theorems: dict[str, int]

    def __str__(self) -> str:
        """Such as `120 train examples of 9 theorems, 12 valid examples of 1 theorems`."""
        return ", ".join(
            f"{self.examples[split]} {split} examples of {self.theorems[split]} theorems"
            for split in SPLITS
        )


def write_examples(
    folder: Path, examples: Iterable[tuple[str, Any]], valid_share: float
) -> ExampleCounts:
    """Write a stream of examples, all of a theorem to the same split.

    Args:
        folder: The folder for `train.jsonl.gz` and `valid.jsonl.gz`.
        examples: Name of the theorem, and what msgspec encodes as JSON.
        valid_share: Share of the theorems that go to `valid`, by a hash of their names: a
            theorem stays where it is, whatever else is learned from.

    Raises:
        TrainingError: There are no examples to train on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    theorems: dict[str, set[str]] = {split: set() for split in SPLITS}
    with ExitStack() as stack:
        files = {
            split: stack.enter_context(_create(folder / (split + _SUFFIX))) for split in SPLITS
        }
        for theorem, example in examples:
            split = "valid" if _place(theorem) < valid_share else "train"
            files[split].write(msgspec.json.encode(example) + b"\n")
            counts[split] += 1
            theorems[split].add(theorem)
    if not counts["train"]:
        raise TrainingError(
            "the traces contain no examples to train on",
            hint="Are there proofs among them? See `bait traces`. If all theorems went into the "
            "validation split, make `valid_share` smaller.",
        )
    return ExampleCounts(
        {split: counts[split] for split in SPLITS}, {s: len(theorems[s]) for s in SPLITS}
    )


def read_examples(folder: Path, split: str, kind: type[Example]) -> Iterator[Example]:
    """The examples of a split, in the order in which they were written.

    Args:
        folder: What `write_examples` wrote.
        split: `train` or `valid`.
        kind: Their type; unknown fields are ignored.

    Raises:
        TrainingError: There is no such file, it is damaged, or contains other examples.
    """
    path = folder / (split + _SUFFIX)
    decoder = msgspec.json.Decoder(kind)
    try:
        with gzip.open(path, "rb") as file:
            for line in file:
                yield decoder.decode(line)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise TrainingError(
            f"{path} contains no examples of the kind {kind.__name__}: {error}",
            hint="Make them again, with the trainer's own trace processor.",
        ) from error


@contextmanager
def _create(path: Path) -> Iterator[IO[bytes]]:
    # No time and no name in the header: the same examples are the same file.
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
        io.BufferedWriter(packed) as file,
    ):
        yield file


def _place(theorem: str) -> float:
    digest = hashlib.sha256(theorem.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
