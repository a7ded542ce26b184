"""Install, find and remove the embedded Lean.

An installation is a folder that appears under its final name in one step, when it is complete:
lean.js, lean.wasm, lib/lean/**.olean and installed.json.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from bait_core.places import cache_folder, data_folder
from bait_lean.embedded.download import fetch
from bait_lean.embedded.package import LEAN, Package, Phase, Progress, silent
from bait_lean.embedded.slim import SLIM_REVISION
from bait_lean.embedded.unpack import unpack
from bait_lean.errors import InstallError

_MANIFEST = "installed.json"


class Manifest(msgspec.Struct, frozen=True):
    """What installed.json says.

    Attributes:
        package: Name of the npm package.
        version: Its version.
        integrity: Its hash, as npm writes it.
        slim_revision: Revision of the changes that were made to lean.js.
        files: Path -> bytes.
    """

    package: str
    version: str
    integrity: str
    slim_revision: int
    files: dict[str, int]


@dataclass(frozen=True, slots=True)
class Installation:
    """An embedded Lean on this machine.

    Attributes:
        folder: Where it is.
        manifest: What was installed.
    """

    folder: Path
    manifest: Manifest

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(self.manifest.files.values())

    def damaged_files(self) -> list[str]:
        """The files that are missing or have another size than was installed."""
        return [name for name, size in self.manifest.files.items() if self._size(name) != size]

    def _size(self, name: str) -> int:
        try:
            return (self.folder / name).stat().st_size
        except OSError:
            return -1


def installation_folder(package: Package = LEAN) -> Path:
    """Where the package is, or would be, installed."""
    return data_folder() / f"{package.name}-{package.version}-{SLIM_REVISION}"


def find_installation(package: Package = LEAN) -> Installation | None:
    """The installation of the package, if there is one that this version can use."""
    folder = installation_folder(package)
    try:
        manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None
    return Installation(folder, manifest) if manifest.integrity == package.integrity else None


def install(progress: Progress = silent, package: Package = LEAN) -> Installation:
    """Install the embedded Lean unless it is there already and undamaged.

    When another process is installing it, this one waits for the other's result.

    Args:
        progress: Told about the progress.
        package: What to install.

    Raises:
        InstallError: It can't be fetched, checked, or written.
    """
    with _explained(package):
        if found := _undamaged(package):
            return found
        folder = installation_folder(package)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(package, progress):
            return _undamaged(package) or _install(package, folder, progress)


def uninstall(package: Package = LEAN) -> list[Path]:
    """Remove every revision of the package, its downloads, and what broken installs left.

    Returns:
        What was removed.

    Raises:
        InstallError: Something can't be removed.
    """
    data, downloads = data_folder(), _downloads()
    if not data.is_dir():
        return []
    with _explained(package):
        with _locked(package, silent):
            removed = [
                path
                for folder, pattern in ((data, f"{package.name}-*"), (data, f".{package.name}-*"))
                for path in sorted(folder.glob(pattern))
                if path.is_dir()
            ]
            removed += sorted(downloads.glob(f"{package.name}-*.tgz*"))
            for path in removed:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        _lock_file(package).unlink(missing_ok=True)
        for empty in (downloads, cache_folder(), data):
            with suppress(OSError):
                empty.rmdir()
    return removed


def _undamaged(package: Package) -> Installation | None:
    found = find_installation(package)
    return found if found and not found.damaged_files() else None


def _install(package: Package, folder: Path, progress: Progress) -> Installation:
    # A process that was killed while it unpacked could not tidy up; the lock is ours now.
    for leftover in folder.parent.glob(f".{package.name}-*"):
        if leftover.is_dir():
            shutil.rmtree(leftover)
    _require_space(_downloads(), package.size)
    _require_space(folder.parent, package.installed_size)
    tarball = fetch(package, _downloads(), progress)
    with tempfile.TemporaryDirectory(
        prefix=f".{package.name}-", dir=folder.parent, ignore_cleanup_errors=True
    ) as temporary:
        fresh = Path(temporary, "new")
        fresh.mkdir()
        files = unpack(tarball, fresh, progress)
        manifest = Manifest(package.name, package.version, package.integrity, SLIM_REVISION, files)
        (fresh / _MANIFEST).write_bytes(msgspec.json.encode(manifest))
        if folder.exists():
            folder.rename(Path(temporary, "damaged"))
        fresh.rename(folder)
    if tarball.parent == _downloads() and not os.environ.get("BAIT_KEEP_DOWNLOADS"):
        tarball.unlink()
    return Installation(folder, manifest)


def _downloads() -> Path:
    return cache_folder() / "downloads"


def _lock_file(package: Package) -> Path:
    return data_folder() / f".{package.name}.lock"


@contextmanager
def _locked(package: Package, progress: Progress) -> Iterator[None]:
    lock = FileLock(_lock_file(package))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(Phase.WAIT, 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _require_space(folder: Path, needed: int) -> None:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise InstallError(
            f"{folder} needs {needed / 1e6:,.0f} MB, and its disk has {free / 1e6:,.0f} MB left.",
            hint="Free some space, or set BAIT_HOME to a folder on another disk.",
        )


@contextmanager
def _explained(package: Package) -> Iterator[None]:
    """Turn what the file system refuses into an error that says what to do."""
    try:
        yield
    except OSError as error:
        folder = error.filename or data_folder()
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            message = f"The disk is full; {package.name} could not be written to {data_folder()}."
            hint = "Free some space, or set BAIT_HOME to a folder on another disk."
        else:
            message = f"{folder} can't be written: {error.strerror or error}."
            hint = "Set BAIT_HOME to a folder that you may write to."
        raise InstallError(message, hint=hint) from error
