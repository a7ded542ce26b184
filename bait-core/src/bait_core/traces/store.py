"""Trace files: append-only, compressed JSON lines (`.jsonl.gz`).

Each record is a gzip member of its own, written by one call and synced, so that a process killed
at any moment can spoil at most the record it was writing; `zcat FILE` shows a file as text.
"""

from __future__ import annotations

import gzip
import itertools
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from bait_core.domain import Theorem, is_final
from bait_core.errors import TraceError
from bait_core.files import replace_file
from bait_core.traces.reading import read_traces
from bait_core.traces.schema import TraceRecord


def encode_record(record: TraceRecord) -> bytes:
    """A record as JSON on one line."""
    return msgspec.json.encode(record)


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
        """Prepare the file of an interrupted run for resuming it.

        Afterwards it holds one record for each theorem that needs no further search, and nothing
        else: truncated records, interrupted searches, and theorems that are no longer to be
        proved or whose statement has changed are removed.

        Returns:
            The names of the theorems that are recorded.

        Raises:
            TraceError: It can't be read or written, or another process writes to it; the file is
                as before.
        """
        kept: set[str] = set()
        with self._writing("the record of the interrupted run"):
            final = _final_records(read_traces(self.path), theorems, kept)
            replace_file(self.path, map(_member, final))
        return kept

    def close(self) -> None:
        """Release the file for other processes. May be called twice."""
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


def write_traces(path: Path, records: Iterable[TraceRecord]) -> int:
    """Write a whole trace file, replacing an existing one; returns the number of records.

    Raises:
        TraceError: It can't be written; an existing file is untouched.
    """
    count = itertools.count()
    try:
        replace_file(path, (_member(record) for record, _ in zip(records, count, strict=False)))
    except OSError as error:
        raise TraceError(
            f"{path} can't be written: {error.strerror or error}", hint="Choose another file."
        ) from error
    return next(count)


def _member(record: TraceRecord) -> bytes:
    return gzip.compress(encode_record(record) + b"\n", mtime=0)


def _final_records(
    records: Iterable[TraceRecord], theorems: Iterable[Theorem], kept: set[str]
) -> Iterator[TraceRecord]:
    """The first final record of each theorem, whose name is then added to `kept`."""
    statements = {theorem.name: theorem.statement for theorem in theorems}
    for record in records:
        name = record.theorem
        is_first = is_final(record.status) and name not in kept
        if is_first and statements.get(name) == record.statement:
            kept.add(name)
            yield record
