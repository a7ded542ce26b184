"""The theorems of the running HOL Light as a HOList theorem database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from google.protobuf import text_format

from bait_core.files import replace_file
from bait_holist.benchmark.database import SPLITS
from bait_holist.errors import DatabaseError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.library import Library, split_of
from bait_holist.prover.replies import Fact
from bait_holist.terms import fingerprint, to_text

_PROTOBUF_SPLITS = {ours: theirs for theirs, ours in SPLITS.items()}


def database_of(library: Library) -> pb.TheoremDatabase:
    """The library's theorems in the order they were first stated; one entry for each statement."""
    theorems: dict[int, pb.Theorem] = {}
    for fact in sorted(library.facts, key=library.first_index):
        theorem = _entry(fact, is_definition=fact.name in library.definitions)
        theorems.setdefault(theorem.fingerprint, theorem)
    return pb.TheoremDatabase(theorems=theorems.values())


def write_database(database: pb.TheoremDatabase, path: Path) -> None:
    """Write the database in protobuf's text format, entry by entry.

    Raises:
        DatabaseError: The file can't be written; an existing one is left untouched.
    """
    try:
        replace_file(path, _text(database))
    except OSError as error:
        raise DatabaseError(
            f"the theorem database {path} can't be written: {error.strerror or error}"
        ) from error


def _text(database: pb.TheoremDatabase) -> Iterator[bytes]:
    for theorem in database.theorems:
        entry = pb.TheoremDatabase(theorems=[theorem])
        yield text_format.MessageToString(entry).encode()


def _entry(fact: Fact, *, is_definition: bool) -> pb.Theorem:
    statement = to_text(fact.sexp)
    theorem = pb.Theorem(
        conclusion=statement,
        tag=pb.Theorem.DEFINITION if is_definition else pb.Theorem.THEOREM,
        name=fact.name,
        fingerprint=fingerprint(statement),
        library_tag=["core", fact.file],
        pretty_printed=f"|- {fact.text}",
    )
    if not is_definition:
        theorem.training_split = _PROTOBUF_SPLITS[split_of(statement)]
    return theorem
