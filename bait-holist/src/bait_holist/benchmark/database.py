"""HOList's theorem database (Bansal et al., HOList, ICML 2019, arXiv 1904.03241, section 4)."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TextIO

from google.protobuf import text_format
from google.protobuf.message import DecodeError

from bait_core.files import replace_file
from bait_core.paths import cache_folder
from bait_holist.errors import DatabaseError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.library import Split
from bait_holist.terms import fingerprint

SPLITS = {
    pb.Theorem.TRAINING: Split.TRAIN,
    pb.Theorem.VALIDATION: Split.VALID,
    pb.Theorem.TESTING: Split.TEST,
}
"""Our names for the database's splits."""

_DIGEST_SIZE = hashlib.sha256().digest_size


class TheoremDatabase:
    """The theorems and definitions of HOList's benchmark, in the order in which they were proved.

    A proof may use the entries before its theorem.

    Args:
        theorems: The entries.

    Raises:
        DatabaseError: There are no entries, or two have the same fingerprint.
    """

    def __init__(self, theorems: Sequence[pb.Theorem]) -> None:
        self.theorems = theorems
        if not theorems:
            raise DatabaseError("a theorem database has no theorems")
        if len(self._positions) < len(theorems):
            twice = next(t for i, t in enumerate(theorems) if self._positions[t.fingerprint] != i)
            raise DatabaseError(
                f"a theorem database has two entries with fingerprint {twice.fingerprint}"
            )

    @classmethod
    def load(cls, path: Path) -> TheoremDatabase:
        """Read a database in protobuf's text format: plain, `.gz` or `.xz`.

        A binary copy is kept in BAIT's cache, keyed by the hash of the file.

        Raises:
            DatabaseError: The file does not exist, or is truncated, corrupt or inconsistent.
        """
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DatabaseError(
                f"the theorem database {path} can't be read: {error.strerror or error}"
            ) from error
        cache = cache_folder() / "holist" / f"{digest}.pb"
        message = _read_cache(cache)
        if message is None:
            message = _parse(path)
            _check_fingerprints(path, message.theorems)
            _write_cache(cache, message)
        return cls(message.theorems)

    def find(self, number: int) -> pb.Theorem:
        """The entry with this fingerprint.

        Raises:
            DatabaseError: There is none.
        """
        return self.theorems[self.position_of(number)]

    def position_of(self, number: int) -> int:
        """Position of the entry with this fingerprint.

        Raises:
            DatabaseError: There is none.
        """
        position = self._positions.get(number)
        if position is None:
            raise DatabaseError(f"the theorem database has no entry with fingerprint {number}")
        return position

    def select(
        self,
        *,
        tag: pb.Theorem.Tag | None = None,
        split: pb.Theorem.Split | None = None,
        library: str | None = None,
    ) -> Iterator[pb.Theorem]:
        """The entries that match all the criteria, in order.

        Args:
            tag: Theorem, definition or type definition.
            split: Split of the benchmark.
            library: A tag of the library, such as `core`, `complex`, `flyspeck` or `arith.ml`.
        """
        for theorem in self.theorems:
            if tag is not None and theorem.tag != tag:
                continue
            if split is not None and theorem.training_split != split:
                continue
            if library is None or library in theorem.library_tag:
                yield theorem

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {theorem.fingerprint: position for position, theorem in enumerate(self.theorems)}


def core_splits(database: TheoremDatabase) -> dict[Split, list[int]]:
    """Fingerprints of the core entries by split, sorted: what `core_splits.json` ships."""
    return {
        name: sorted(t.fingerprint for t in database.select(split=split, library="core"))
        for split, name in SPLITS.items()
    }


def _parse(path: Path) -> pb.TheoremDatabase:
    """Parse entry by entry; an entry ends with a brace that is not indented."""
    database = pb.TheoremDatabase()
    entry: list[str] = []
    first = 1
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                entry.append(line)
                if line.startswith("}"):
                    text_format.Merge("".join(entry), database)
                    entry.clear()
                    first = number + 1
        text_format.Merge("".join(entry), database)
    except text_format.ParseError as error:
        raise _damaged(path, f"in the entry at line {first}: {error}") from error
    except (EOFError, OSError, UnicodeDecodeError, lzma.LZMAError, zlib.error) as error:
        raise _damaged(path, f"after line {first + len(entry) - 1}: {error}") from error
    return database


def _open(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _check_fingerprints(path: Path, theorems: Sequence[pb.Theorem]) -> None:
    for position, theorem in enumerate(theorems):
        found = fingerprint(theorem.conclusion, theorem.hypotheses)
        if found != theorem.fingerprint:
            what = f"entry {position} has fingerprint {theorem.fingerprint} instead of {found}"
            raise _damaged(path, what)


def _damaged(path: Path, what: str) -> DatabaseError:
    return DatabaseError(
        f"{path} is not a valid theorem database: {what}",
        hint="Download the file again; it may be truncated or damaged.",
    )


def _read_cache(path: Path) -> pb.TheoremDatabase | None:
    """The cached database; None if there is none, or it is damaged."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    digest, body = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        return pb.TheoremDatabase.FromString(body)
    except DecodeError:
        return None


def _write_cache(path: Path, database: pb.TheoremDatabase) -> None:
    body = database.SerializeToString()
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, [hashlib.sha256(body).digest(), body])
