"""Reads HOList's theorem database, a protocol buffer in text form, as a stream."""

from __future__ import annotations

import ast
import gzip
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bait_core.errors import BaitError


@dataclass(frozen=True)
class Entry:
    """A theorem or a definition of the database."""

    conclusion: str
    hypotheses: tuple[str, ...]
    tag: str
    split: str
    library_tags: tuple[str, ...]
    fingerprint: int
    pretty_printed: str


def read_database(path: Path) -> Iterator[Entry]:
    """Read the entries of a database: plain, `.gz` or `.xz`.

    Raises:
        BaitError: The file is truncated or corrupt.
    """
    number = 0
    fields: dict[str, list[str]] | None = None
    depth = 0
    try:
        with _open(path) as lines:
            for line in lines:
                number += 1
                text = line.strip()
                if text.endswith("{"):
                    fields = {} if depth == 0 else fields
                    depth += 1
                elif text == "}":
                    depth -= 1
                    if depth == 0 and fields is not None:
                        yield _entry(fields)
                elif depth == 1 and fields is not None:
                    name, value = text.split(": ", 1)
                    fields.setdefault(name, []).append(value)
                elif text and not text.startswith(("#", "name:")) and not depth:
                    raise ValueError(f"{text[:60]!r} is no entry")
        if depth or fields is None:
            raise ValueError("the file ends inside an entry, or has none")
    except (ValueError, SyntaxError, KeyError, EOFError, OSError, lzma.LZMAError) as error:
        raise BaitError(
            f"{path} is no readable theorem database: line {number}: {error}",
            hint="Download the file again; it may be truncated or damaged.",
        ) from error


def _open(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _entry(fields: dict[str, list[str]]) -> Entry:
    return Entry(
        conclusion=_string(fields["conclusion"][0]),
        hypotheses=tuple(_string(value) for value in fields.get("hypotheses", [])),
        tag=fields["tag"][0],
        split=fields.get("training_split", ["UNKNOWN"])[0],
        library_tags=tuple(_string(value) for value in fields.get("library_tag", [])),
        fingerprint=int(fields["fingerprint"][0]),
        pretty_printed=_string(fields.get("pretty_printed", ['""'])[0]),
    )


def _string(literal: str) -> str:
    value = ast.literal_eval("b" + literal)
    return bytes(value).decode("utf-8")
