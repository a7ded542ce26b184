"""Whether the files of an installation are still those that were unpacked.

Every file's SHA-256 is known. Reading all of them takes too long for each start of Lean, so what a
file looked like from outside when its content was last found right (size, times, inode) is kept in
intact.json, and only files that look different now are read again. A copied or restored
installation is read once as a whole.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from bait_core.files import replace_file

MANIFEST = "installed.json"
"""Records what was installed."""

INTACT = "intact.json"
"""Records what files looked like when they were intact."""


class Appearance(msgspec.Struct, frozen=True, array_like=True):
    """What a file looks like from outside; the time of its last change can't be set back."""

    size: int
    modified: int
    changed: int
    inode: int


def hash_file(path: Path) -> str:
    """SHA-256 of the content, in hexadecimal.

    Raises:
        OSError: It can't be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_files(folder: Path) -> dict[str, str]:
    """Path below the installation's folder -> hash of what is there.

    Raises:
        OSError: Something can't be read.
    """
    return {name: hash_file(folder / name) for name in _appearances(folder)}


def contents_hash(hashes: Mapping[str, str]) -> str:
    """SHA-256 over the names and hashes of all files, whatever their order."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def wrong_files(folder: Path, hashes: Mapping[str, str], *, thorough: bool) -> list[str]:
    """The files that are missing, have another content, or do not belong there.

    Args:
        folder: The installation's.
        hashes: Path below the folder -> hash.
        thorough: Read all files, also those that look as they did when they were intact.
    """
    found = _appearances(folder)
    remembered = _remembered(folder)
    intact = {
        name: found[name]
        for name, digest in hashes.items()
        if name in found
        and (
            (not thorough and remembered.get(name) == found[name])
            or _has_hash(folder / name, digest)
        )
    }
    if intact != remembered:
        _remember(folder, intact)
    return sorted((hashes.keys() | found.keys()) - intact.keys())


def _has_hash(path: Path, digest: str) -> bool:
    try:
        return hash_file(path) == digest
    except OSError:
        return False


def _appearances(folder: Path) -> dict[str, Appearance]:
    return {name: appearance for name, appearance in _walk(folder, "") if name not in _OWN}


_OWN = (MANIFEST, INTACT)


def _walk(folder: Path, below: str) -> Iterator[tuple[str, Appearance]]:
    """Hidden files are left out: no module has such a name, but our temporary files do."""
    with suppress(OSError), os.scandir(folder / below) as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.is_dir():
                yield from _walk(folder, f"{name}/")
            elif not entry.name.startswith("."):
                yield name, _appearance(entry)


def _appearance(file: os.DirEntry[str]) -> Appearance:
    stat = file.stat()
    return Appearance(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


def _remembered(folder: Path) -> dict[str, Appearance]:
    try:
        return msgspec.json.decode((folder / INTACT).read_bytes(), type=dict[str, Appearance])
    except (OSError, msgspec.DecodeError):
        return {}


def _remember(folder: Path, intact: Mapping[str, Appearance]) -> None:
    """Save them; where that is forbidden, all files are read again next time."""
    with suppress(OSError):
        replace_file(folder / INTACT, [msgspec.json.encode(intact)])
