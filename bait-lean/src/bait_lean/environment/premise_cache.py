"""The library's facts on disk, so that each Lean lists its library only once."""

from __future__ import annotations

import gzip
import hashlib
import logging
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bait_core import Premise
from bait_core.files import replace_file
from bait_core.paths import cache_folder
from bait_lean import __version__

_log = logging.getLogger(__name__)


def cache_key(lean_version: str, imports: Sequence[str]) -> str:
    """Identifies the facts of some imports; other versions of BAIT may list them differently."""
    content = "\n".join((__version__, lean_version, *sorted(imports)))
    return hashlib.sha256(content.encode()).hexdigest()


def load(key: str) -> tuple[Premise, ...] | None:
    """What is in the cache, or None; a damaged file counts as none."""
    file = _file(key)
    try:
        with gzip.open(file) as stream:
            return msgspec.json.decode(stream.read(), type=tuple[Premise, ...])
    except FileNotFoundError:
        return None
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning("%s can't be read and is made again: %s", file, error)
        return None


def save(key: str, premises: tuple[Premise, ...]) -> None:
    """Keep premises on disk if possible: a full or read-only disk only costs time."""
    file = _file(key)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        content = gzip.compress(msgspec.json.encode(premises), compresslevel=6, mtime=0)
        replace_file(file, [content])
    except OSError as error:
        _log.warning("The premises can't be kept in %s: %s", file.parent, error.strerror or error)


def _file(key: str) -> Path:
    return cache_folder() / "lean-premises" / f"{key}.json.gz"
