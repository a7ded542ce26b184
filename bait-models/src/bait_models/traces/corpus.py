"""The texts of premises, which traces name but do not hold."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from bait_core.errors import TraceError

_NAME = re.compile(r"[^\W\d][\w'!?]*(?:\.[\w'!?]+)*")


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
            f"{path} is no corpus of premises: {error}",
            hint='It must hold compressed JSON lines such as {"name": "T", "statement": "p"}.',
        ) from error
    if len({premise.name for premise in premises}) != len(premises):
        raise TraceError(f"{path} names a premise twice", hint="Full names must differ.")
    return premises


def write_corpus(path: Path, premises: Iterable[CorpusPremise]) -> None:
    """Write what `read_corpus` reads; the same premises give the same file."""
    lines = (msgspec.json.encode(premise) + b"\n" for premise in premises)
    path.write_bytes(gzip.compress(b"".join(lines), mtime=0))


def names_in(tactic: str, names: Collection[str]) -> tuple[str, ...]:
    """The names that a tactic mentions, each once, in order.

    `Nat.add_comm.symm` mentions `Nat.add_comm`, if there is no longer name that fits.
    """
    if not names:
        return ()
    return tuple(dict.fromkeys(_mentioned(tactic, names)))


def _mentioned(tactic: str, names: Collection[str]) -> Iterator[str]:
    for match in _NAME.finditer(tactic):
        name = match.group()
        while name and name not in names:
            name = name.rpartition(".")[0]
        if name:
            yield name
