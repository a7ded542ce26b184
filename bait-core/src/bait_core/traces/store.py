"""Trace files: append-only, compressed JSON lines (`.jsonl.gz`).

Each record is a gzip member of its own, written by one call and synced, so that a process killed
at any moment can spoil at most the record it was writing; `zcat FILE` shows a file as text.
"""

from __future__ import annotations

import gzip
import os
import threading
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from bait_core.domain import Theorem
from bait_core.domain.records import SCHEMA, TraceRecord
from bait_core.errors import TraceError
from bait_core.files import replace_file
from bait_core.prover import SearchStatus

SUFFIX = ".jsonl.gz"
_CHUNK = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


def encode_record(record: TraceRecord) -> bytes:
    """A record as JSON on one line."""
    return msgspec.json.encode(record)


def decode_record(line: bytes) -> TraceRecord:
    """The record that `encode_record` encoded; msgspec.MsgspecError if it is none."""
    return msgspec.json.decode(line, type=TraceRecord)


class TraceWriter:
    """Appends records to a trace file; may be shared by threads, but not by processes.

    Args:
        path: Created, with its folders, when the first record is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._claim = FileLock(f"{path}.lock", blocking=False, thread_local=False)

    def append(self, record: TraceRecord) -> None:
        """Write one record to disk.

        Raises:
            TraceError: It can't be written; the file is as before.
        """
        with self._writing(f"the trace of {record.theorem}"):
            self._write(_member(record))

    def keep_final(self, theorems: Iterable[Theorem]) -> set[str]:
        """Prepare the file of a stopped run for taking it up again.

        Afterwards it holds one record for each theorem that needs no further search, and nothing
        else: what a kill has torn, searches that were interrupted, theorems that are no longer
        to be proved or now state something else are gone.

        Returns:
            The names of the theorems that have their record.

        Raises:
            TraceError: It can't be read or written, or another process writes to it; the file is
                as before.
        """
        kept: set[str] = set()
        with self._writing("what is kept of the stopped run"):
            final = _final_records(read_traces(self.path), theorems, kept)
            replace_file(self.path, map(_member, final))
        return kept

    def close(self) -> None:
        """Let other processes write to the file. May be called twice."""
        if self._claim.is_locked:
            Path(self._claim.lock_file).unlink(missing_ok=True)
        self._claim.release()

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                if not self._claim.is_locked:
                    self._claim.acquire()
                yield
            except Timeout as error:
                raise TraceError(
                    f"another process is writing to {self.path}",
                    hint="Wait for it to end, or stop it.",
                ) from error
            except OSError as error:
                raise TraceError(
                    f"{what} can't be written to {self.path}: {error.strerror or error}",
                    hint="Free some space, or choose another folder with --traces.",
                ) from error

    def _write(self, member: bytes) -> None:
        with self.path.open("ab", buffering=0) as file:
            start = file.tell()
            try:
                if file.write(member) != len(member):
                    raise OSError("the disk is full")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(start)
                raise


def _member(record: TraceRecord) -> bytes:
    return gzip.compress(encode_record(record) + b"\n", mtime=0)


def _final_records(
    records: Iterable[TraceRecord], theorems: Iterable[Theorem], kept: set[str]
) -> Iterator[TraceRecord]:
    """The first final record of each theorem, whose name is then added to `kept`."""
    statements = {theorem.name: theorem.statement for theorem in theorems}
    for record in records:
        name = record.theorem
        is_final = record.status != SearchStatus.INTERRUPTED and name not in kept
        if is_final and statements.get(name) == record.statement:
            kept.add(name)
            yield record


def read_traces(path: Path) -> Iterator[TraceRecord]:
    """The records of a trace file, or of all trace files below a folder, in order.

    A record that is torn at the end of a file, because its writer was killed, is left out with a
    warning.

    Raises:
        TraceError: There is no such file, or it is not a trace file that this version can read.
    """
    if path.is_dir():
        for file in sorted(path.rglob(f"*{SUFFIX}")):
            yield from _read_file(file)
    elif path.exists():
        yield from _read_file(path)
    else:
        raise TraceError(f"there is no trace at {path}", hint="`bait traces` lists the known ones.")


def _read_file(path: Path) -> Iterator[TraceRecord]:
    for number, line in enumerate(_members(path), start=1):
        try:
            schema = msgspec.json.decode(line, type=_Versioned).schema
            if schema > SCHEMA:
                raise TraceError(
                    f"record {number} of {path} has schema {schema}, newer than {SCHEMA}",
                    hint="Upgrade bait-core: pip install --upgrade bait-core",
                )
            yield decode_record(line)
        except msgspec.MsgspecError as error:
            raise TraceError(f"record {number} of {path} is not a trace: {error}") from error


class _Versioned(msgspec.Struct):
    schema: int


def _members(path: Path) -> Iterator[bytes]:
    """The contents of a file's gzip members; a torn last one is dropped with a warning."""
    try:
        with path.open("rb") as file:
            decompressor, parts = zlib.decompressobj(_GZIP), list[bytes]()
            pending = b""
            while data := pending or file.read(_CHUNK):
                parts.append(decompressor.decompress(data))
                pending = decompressor.unused_data
                if decompressor.eof:
                    yield b"".join(parts)
                    decompressor, parts = zlib.decompressobj(_GZIP), []
            if parts:
                warnings.warn(f"{path}: dropped a torn record at the end", stacklevel=2)
    except zlib.error as error:
        raise TraceError(f"{path} is not a trace file, or is damaged: {error}") from error
    except OSError as error:
        raise TraceError(f"{path} can't be read: {error.strerror or error}") from error
