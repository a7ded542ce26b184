"""The export of human proofs: recorded once, then read from the cache."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec
from filelock import FileLock

from bait_core.files import replace_file
from bait_core.paths import cache_folder
from bait_core.traces import SUFFIX, encode_record
from bait_holist.errors import HumanProofsError
from bait_holist.human_proofs.recording import Progress, record_library
from bait_holist.human_proofs.records import (
    End,
    ExportRecord,
    HumanProof,
    LibraryTheorem,
    decode_records,
    read_human_proofs,
    read_library_theorems,
)
from bait_holist.human_proofs.traces import human_traces

_BATCH = 1 << 20


@dataclass(frozen=True, slots=True)
class Export:
    """The files of an export.

    Attributes:
        theorems: The library's theorems, for `read_library_theorems`.
        proofs: Its human proofs, for `read_human_proofs`.
        traces: The proofs as traces in BAIT's format, for `bait_core.traces.read_traces`.
    """

    theorems: Path
    proofs: Path
    traces: Path

    @property
    def is_complete(self) -> bool:
        """Whether all its files exist."""
        return all(path.is_file() for path in (self.theorems, self.proofs, self.traces))


def export_human_proofs(
    hol_folder: Path, progress: Progress, folder: Path | None = None, *, again: bool = False
) -> Export:
    """Record the human proofs of HOL Light's library, unless there is an export already.

    Args:
        hol_folder: HOL Light's folder.
        progress: Called with the current stage and the number of proofs done.
        folder: Folder to write to; by default one in BAIT's cache for this library and this
            version of the tactic language.
        again: Record even if there is an export already.

    Raises:
        HumanProofsError: HOL Light can't be started or fails, or the files can't be written.
    """
    folder = folder or cache_folder() / "holist" / "human-proofs" / _version(hol_folder)
    export = Export(
        folder / "theorems.jsonl.gz", folder / "proofs.jsonl.gz", folder / f"human{SUFFIX}"
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if again or not export.is_complete:
                _write(hol_folder, progress, export)
    except OSError as error:
        raise HumanProofsError(
            f"the human proofs can't be written to {folder}: {error.strerror or error}",
            hint="Free some space, or choose another folder.",
        ) from error
    return export


def _version(hol_folder: Path) -> str:
    """A hash of all that the recording depends on: the library's files and our own."""
    digest = hashlib.sha256()
    own = sorted((files("bait_holist") / "ocaml").iterdir(), key=lambda item: item.name)
    for item in [*sorted(hol_folder.glob("*.ml")), *own]:
        if item.name.endswith(".ml"):
            digest.update(item.name.encode() + b"\0" + item.read_bytes())
    return digest.hexdigest()[:16]


def _write(hol_folder: Path, progress: Progress, export: Export) -> None:
    with tempfile.TemporaryDirectory(prefix="bait-holist-") as temporary:
        raw = Path(temporary, "export")
        record_library(hol_folder, raw, progress)
        for path, kind in ((export.theorems, LibraryTheorem), (export.proofs, HumanProof)):
            with raw.open("rb") as lines:
                records = (r for r in decode_records(lines, raw) if isinstance(r, kind | End))
                replace_file(path, _compressed(map(_line, records)))
    library = {theorem.name: theorem for theorem in read_library_theorems(export.theorems)}
    traces = human_traces(read_human_proofs(export.proofs), library)
    members = (gzip.compress(encode_record(trace) + b"\n", mtime=0) for trace in traces)
    replace_file(export.traces, members)


def _line(record: ExportRecord) -> bytes:
    return msgspec.json.encode(record) + b"\n"


def _compressed(lines: Iterable[bytes]) -> Iterator[bytes]:
    batch, size = list[bytes](), 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size > _BATCH:
            yield gzip.compress(b"".join(batch), mtime=0)
            batch, size = [], 0
    yield gzip.compress(b"".join(batch), mtime=0)
