"""Reading trace files; damaged parts are skipped with a warning.

A file holds gzip members of one record or many, or plain lines.
"""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from bait_core.errors import TraceError, TraceWarning
from bait_core.traces.schema import SCHEMA, TraceRecord

SUFFIX = ".jsonl.gz"
_CHUNK = 1 << 14
_GZIP = 16 + zlib.MAX_WBITS
_HEADER = b"\x1f\x8b\x08"

_Place = tuple[int, bytes]
"""A line, and the byte of the file at which it, or the gzip member around it, begins."""


def decode_record(line: bytes) -> TraceRecord:
    """The record that `encode_record` encoded; msgspec.MsgspecError if it is not one."""
    return msgspec.json.decode(line, type=TraceRecord)


def read_traces(path: Path) -> Iterator[TraceRecord]:
    """The records of a trace file, or of all trace files below a folder, in order.

    Damaged parts, such as a record whose writer was killed, are skipped with a warning. In a
    folder this also applies to whole files, and training examples are skipped silently.

    Raises:
        TraceError: There is no such file, nothing in it is a trace, or it is from a newer version.
    """
    if path.is_dir():
        for file in sorted(path.rglob(f"*{SUFFIX}")):
            if not _holds_examples(file):
                yield from read_what_is_readable(file)
    elif path.exists():
        yield from _read_file(path)
    else:
        raise TraceError(
            f"there is no trace at {path}", hint="`bait traces` lists the recorded runs."
        )


def read_what_is_readable(path: Path) -> Iterator[TraceRecord]:
    """Like `read_traces`, but errors for a file become warnings."""
    try:
        yield from read_traces(path)
    except TraceError as error:
        warnings.warn(f"left out: {error.message}", TraceWarning, stacklevel=2)


def _holds_examples(file: Path) -> bool:
    """Whether a file holds training examples made from traces."""
    return file.parent.name == "examples" and (file.parent.parent / "job.json").exists()


def _read_file(path: Path) -> Iterator[TraceRecord]:
    records, wrong, first = 0, 0, ""
    for start, line in _lines(path):
        try:
            schema = msgspec.json.decode(line, type=_Versioned).schema
            if schema > SCHEMA:
                raise TraceError(
                    f"record {records + wrong + 1} of {path} has schema {schema}, newer than "
                    f"{SCHEMA}",
                    hint="Upgrade it: `pip install --upgrade bait-core`.",
                )
            record = decode_record(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            wrong += 1
            first = (
                first
                or f"record {records + wrong} of {path}, at byte {start}, is not a trace: {error}"
            )
            continue
        records += 1
        yield record
    if wrong and not records:
        raise TraceError(first)
    if wrong:
        more = f" (and {wrong - 1} more)" if wrong > 1 else ""
        warnings.warn(f"left out: {first}{more}", TraceWarning, stacklevel=2)


class _Versioned(msgspec.Struct):
    schema: int


def _lines(path: Path) -> Iterator[_Place]:
    """The lines of a file that are not empty."""
    try:
        with path.open("rb") as file:
            begin = file.read(_CHUNK)
            file.seek(0)
            is_plain = begin.lstrip().startswith(b"{")
            for start, text in _plain(file) if is_plain else _members(path, file):
                yield from ((start, line) for line in text.split(b"\n") if line.strip())
    except OSError as error:
        raise TraceError(f"{path} can't be read: {error.strerror or error}") from error


def _plain(file: BinaryIO) -> Iterator[_Place]:
    start = 0
    for line in file:
        yield start, line
        start += len(line)


def _members(path: Path, file: BinaryIO) -> Iterator[_Place]:
    """The contents of a file's gzip members; those whose checksum is wrong are left out."""
    size = os.fstat(file.fileno()).st_size
    start = told = 0
    is_trace = False
    while (head := _find_header(file, start)) is not None:
        text, end = _inflate(file, head)
        is_torn = end is None and text and _find_header(file, head + 1) is None
        if end is None and not is_torn:
            start = head + 1
            continue
        is_trace = True
        _warn_of_gap(path, told, head)
        if end is None:
            warnings.warn(f"{path}: dropped a torn record at the end", TraceWarning, stacklevel=2)
            yield head, text[: text.rstrip(b"\n").rfind(b"\n") + 1]  # the last was being written
            return
        yield head, text
        start = told = end
    if size and not is_trace:
        raise TraceError(f"{path} is not a trace file, or is damaged")
    _warn_of_gap(path, told, size)


def _warn_of_gap(path: Path, start: int, end: int) -> None:
    if start < end:
        what = f"{end - start} bytes from byte {start} on, which are damaged"
        warnings.warn(f"{path}: left out {what}", TraceWarning, stacklevel=2)


def _find_header(file: BinaryIO, start: int) -> int | None:
    """The position at which the next gzip member may begin."""
    file.seek(start)
    overlap = b""
    while data := file.read(_CHUNK):
        found = (overlap + data).find(_HEADER)
        if found >= 0:
            return file.tell() - len(data) - len(overlap) + found
        overlap = (overlap + data)[-len(_HEADER) + 1 :]
    return None


def _inflate(file: BinaryIO, start: int) -> tuple[bytes, int | None]:
    """The text of the member that begins there, and the position of its end.

    Without an end it is damaged; with some text, it was truncated at the end of the file.
    """
    file.seek(start)
    decompressor, parts = zlib.decompressobj(_GZIP), list[bytes]()
    while data := file.read(_CHUNK):
        try:
            parts.append(decompressor.decompress(data))
        except zlib.error:
            return b"", None
        if decompressor.eof:
            return b"".join(parts), file.tell() - len(decompressor.unused_data)
    return b"".join(parts), None
