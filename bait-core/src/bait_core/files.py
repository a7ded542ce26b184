"""Writing files atomically, without losing concurrent changes."""

from __future__ import annotations

import errno
import itertools
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def replace_file(path: Path, content: Iterable[bytes]) -> None:
    """Write a file atomically: at any moment it has either its old or its new content.

    An existing file keeps its permissions. It is unchanged if producing `content` raises.

    Raises:
        OSError: It can't be written; the old file, if any, is untouched.
    """
    with _successor(path, content) as successor:
        successor.replace(path)


def replace_unchanged(path: Path, old: bytes, new: bytes) -> bool:
    """Write a file as `replace_file` does, unless it has changed.

    Args:
        path: The file.
        old: Its expected content.
        new: Its new content.

    Returns:
        Whether it contained `old` and was replaced.

    Raises:
        OSError: It can't be read or written; it is untouched.
    """
    with _successor(path, [new]) as successor:
        is_unchanged = path.read_bytes() == old
        if is_unchanged:
            successor.replace(path)
    return is_unchanged


def require_replaceable(path: Path) -> None:
    """Check that `replace_file` could write a file, without touching it.

    A file that is marked as read-only counts as not writable.

    Raises:
        OSError: It could not.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if path.exists():
        if not path.is_file():
            raise OSError(errno.EINVAL, "it is not a regular file")
        if not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
            raise PermissionError(errno.EACCES, "it is read-only")
    elif not path.parent.exists():
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {path.parent}")
    with _successor(path, ()):
        pass


def write_beside(path: Path, addition: str, content: bytes) -> Path:
    """Write a new file next to another: `Lists.lean` gets `Lists.filled.lean`.

    No file is overwritten; if the name is taken, it is `Lists.filled-2.lean`, and so on.

    Returns:
        The new file.

    Raises:
        OSError: It can't be written.
    """
    for number in itertools.count(1):
        suffix = addition if number == 1 else f"{addition}-{number}"
        beside = path.with_name(f"{path.stem}.{suffix}{path.suffix}")
        try:
            file = beside.open("xb")
        except FileExistsError:
            continue
        break
    try:
        with file:
            file.write(content)
            os.fsync(file.fileno())
    except OSError:
        beside.unlink()
        raise
    return beside


@contextmanager
def _successor(path: Path, content: Iterable[bytes]) -> Iterator[Path]:
    """A synced temporary file in the same folder; removed at the end unless it was renamed."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    successor = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        successor.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
        yield successor
    finally:
        successor.unlink(missing_ok=True)
