"""Corpora: an environment's premises with their texts, which traces do not contain."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bait_core.domain import Premise, PremiseSet
from bait_core.errors import TraceError
from bait_core.files import replace_file


class CorpusPremise(msgspec.Struct, frozen=True):
    """A line of a corpus: a premise's full name and what it says."""

    name: str
    statement: str


def read_corpus(path: Path) -> list[CorpusPremise]:
    """The premises of a corpus, in their order; a name may only be used once.

    Args:
        path: Compressed JSON lines (`.jsonl.gz`), each a `CorpusPremise`.

    Raises:
        TraceError: There is no such file, it is damaged, or names a premise twice.
    """
    decoder = msgspec.json.Decoder(CorpusPremise)
    try:
        with gzip.open(path, "rb") as file:
            premises = [decoder.decode(line) for line in file]
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise TraceError(
            f"{path} is not a corpus of premises: {error}",
            hint="`bait premises --environment NAME --output FILE` writes one.",
        ) from error
    if len({premise.name for premise in premises}) != len(premises):
        raise TraceError(f"{path} names a premise twice", hint="Full names must differ.")
    return premises


def write_corpus(path: Path, premises: Iterable[CorpusPremise]) -> None:
    """Write a corpus for `read_corpus`; the same premises give the same file.

    Raises:
        TraceError: It can't be written; an existing file is untouched.
    """
    lines = (msgspec.json.encode(premise) + b"\n" for premise in premises)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, [gzip.compress(b"".join(lines), mtime=0)])
    except OSError as error:
        raise TraceError(f"the corpus {path} can't be written: {error}") from error


def corpus_of(sets: Iterable[PremiseSet]) -> list[CorpusPremise]:
    """The union of premise sets, in an order consistent with that of every set.

    What a later set adds is inserted before its next known premise, or else at the end. Of
    several premises with the same name, the first one is used.
    """
    found: dict[str, Premise] = {}
    libraries: set[str] = set()
    for premises in sets:
        library = () if premises.library_key in libraries else premises.library
        found = _merged(found, (*library, *premises.local))
        libraries.add(premises.library_key)
    return [CorpusPremise(premise.name, premise.statement) for premise in found.values()]


def _merged(known: dict[str, Premise], premises: Iterable[Premise]) -> dict[str, Premise]:
    """`known` with the new ones of `premises` inserted."""
    additions: dict[str, list[Premise]] = {}
    new: list[Premise] = []
    for premise in premises:
        if premise.name not in known:
            new.append(premise)
        elif new:
            additions[premise.name] = new
            new = []
    merged: dict[str, Premise] = {}
    for name, premise in known.items():
        merged |= {added.name: added for added in additions.get(name, ())}
        merged[name] = premise
    return merged | {added.name: added for added in new}
