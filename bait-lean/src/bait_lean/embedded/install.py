"""Install, find and remove the embedded Lean.

An installation is a folder that appears under its final name in one step, when it is complete:
lean.js, lean.wasm, lib/lean/**.olean and installed.json. The hash of all its files is in the code.
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

from bait_core import ProverStartError
from bait_core.files import replace_file
from bait_core.paths import cache_folder, data_folder
from bait_lean.embedded.download import fetch
from bait_lean.embedded.integrity import (
    MANIFEST,
    contents_hash,
    hash_files,
    wrong_files,
)
from bait_lean.embedded.package import LEAN, Package, Phase, ProgressCallback, silent
from bait_lean.embedded.slim import SLIM_REVISION
from bait_lean.embedded.unpack import LIBRARY, unpack
from bait_lean.errors import InstallError

_SHOWN = 3


class Manifest(msgspec.Struct, frozen=True):
    """What installed.json says.

    Attributes:
        package: Name of the npm package.
        version: Its version.
        integrity: Its hash, as npm writes it.
        slim_revision: Revision of the changes that were made to lean.js.
        files: Path -> bytes.
        hashes: Path -> SHA-256; empty if it was installed before hashes were written down.
    """

    package: str
    version: str
    integrity: str
    slim_revision: int
    files: dict[str, int]
    hashes: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Installation:
    """An embedded Lean on this machine.

    Attributes:
        folder: Where it is.
        manifest: What was installed.
        package: What it was made from.
    """

    folder: Path
    manifest: Manifest
    package: Package = LEAN

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(self.manifest.files.values())

    @property
    def modules(self) -> list[str]:
        """Names of the modules in its library."""
        paths = (name.removeprefix(LIBRARY) for name in self.manifest.files if LIBRARY in name)
        return [path.removesuffix(".olean").replace("/", ".") for path in paths]

    def damaged_files(self, *, thorough: bool = False) -> list[str]:
        """The files that are missing, changed, or were not installed.

        Args:
            thorough: Read all files, also those that look as they did when they were intact.
        """
        if contents_hash(self.manifest.hashes) != self.package.contents:
            return [MANIFEST]
        return wrong_files(self.folder, self.manifest.hashes, thorough=thorough)

    def require_intact(self) -> None:
        """Make sure that Lean runs on what was installed; quick unless files look changed.

        Raises:
            ProverStartError: Files are damaged.
        """
        if damaged := self.damaged_files():
            more = f" and {len(damaged) - _SHOWN:,} more" if len(damaged) > _SHOWN else ""
            raise ProverStartError(
                f"the embedded Lean in {self.folder} has changed since it was installed: "
                f"{', '.join(damaged[:_SHOWN])}{more}",
                hint="Type `bait lean install` to repair it; `bait lean verify` names all files.",
            )


def installation_folder(package: Package = LEAN) -> Path:
    """Where the package is, or would be, installed."""
    return data_folder() / f"{package.name}-{package.version}-{SLIM_REVISION}"


def find_installation(package: Package = LEAN) -> Installation | None:
    """The installation of the package, if there is one that this version can use."""
    folder = installation_folder(package)
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None
    if manifest.integrity != package.integrity:
        return None
    return Installation(folder, _with_hashes(manifest, folder, package), package)


def install(progress: ProgressCallback = silent, package: Package = LEAN) -> Installation:
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
    return found if found and not found.damaged_files(thorough=True) else None


def _with_hashes(manifest: Manifest, folder: Path, package: Package) -> Manifest:
    """The manifest with hashes: those of the files, if it has none and they are the right ones."""
    if manifest.hashes:
        return manifest
    with suppress(OSError):
        hashes = hash_files(folder)
        if contents_hash(hashes) == package.contents:
            manifest = msgspec.structs.replace(manifest, hashes=hashes)
            replace_file(folder / MANIFEST, [msgspec.json.encode(manifest)])
    return manifest


def _install(package: Package, folder: Path, progress: ProgressCallback) -> Installation:
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
        manifest = _unpack(package, tarball, fresh, progress)
        if folder.exists():
            folder.rename(Path(temporary, "damaged"))
        fresh.rename(folder)
    if tarball.parent == _downloads() and not os.environ.get("BAIT_KEEP_DOWNLOADS"):
        tarball.unlink()
    return Installation(folder, manifest, package)


def _unpack(package: Package, tarball: Path, folder: Path, progress: ProgressCallback) -> Manifest:
    """Fill the folder, and read it again to see that the disk has what it was given."""
    files = unpack(tarball, folder, progress)
    manifest = Manifest(
        package.name,
        package.version,
        package.integrity,
        SLIM_REVISION,
        {name: file.size for name, file in files.items()},
        {name: file.sha256 for name, file in files.items()},
    )
    (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    if damaged := Installation(folder, manifest, package).damaged_files(thorough=True):
        raise InstallError(
            f"what was unpacked from {tarball} differs from what should be installed: "
            f"{', '.join(damaged[:_SHOWN])}",
            hint="Check the disk and try again. If that does not help, report this message.",
        )
    return manifest


def _downloads() -> Path:
    return cache_folder() / "downloads"


def _lock_file(package: Package) -> Path:
    return data_folder() / f".{package.name}.lock"


@contextmanager
def _locked(package: Package, progress: ProgressCallback) -> Iterator[None]:
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
            f"{folder} needs {needed / 1e6:,.0f} MB but its disk has {free / 1e6:,.0f} MB left",
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
            message = f"the disk is full: {package.name} could not be written to {data_folder()}"
            hint = "Free some space, or set BAIT_HOME to a folder on another disk."
        else:
            message = f"{folder} can't be written: {error.strerror or error}"
            hint = "Set BAIT_HOME to a folder that you may write to."
        raise InstallError(message, hint=hint) from error
