"""Make the JavaScript around lean.wasm small and quick to start.

Emscripten's lean.js is 89 MB, nearly all of it one `name=wasmExports["name"]` for each of Lean's
201,000 compiled functions. JavaScript itself uses some fifty of them, and a host reaches the
others through the exports of the WebAssembly instance, so only those fifty stay. The patches
then replace loops over all exports that dominate the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bait_lean.embedded.patches import PATCHES, Patch
from bait_lean.errors import InstallError

SLIM_REVISION = 1
"""Part of the installation's name: raise it, and change the package's `contents`, with any change
that alters lean.js."""

_OPENING = "function assignWasmExports(wasmExports){"
_CLOSING = "}var wasmImports;function assignWasmImports()"
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_ASSIGNMENT = re.compile(
    r'([\w$]+)=Module\["[^"]*"\]=(wasmTable=)?wasmExports\["[^"]*"\](\.value)?'
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """lean.js cut at the declarations and assignments of the exports."""

    before: str
    assignments: str
    after: str


def slim(source: str, patches: tuple[Patch, ...] = PATCHES) -> str:
    """The text of lean.js without unused exports, and patched.

    Raises:
        InstallError: The text is not the one that this code was written for.
    """
    parts = _cut(source)
    rest = set(_IDENTIFIER.findall(parts.before)) | set(_IDENTIFIER.findall(parts.after))
    kept = dict(_needed(parts.assignments, rest))
    declared = "var " + ",".join([*kept, "wasmTable"]) + ";"
    small = f"{parts.before}{declared}{_OPENING}{';'.join(kept.values())}{parts.after}"
    for patch in patches:
        small = apply_patch(small, patch)
    return small


def apply_patch(source: str, patch: Patch) -> str:
    """Replace the patch's text, which must occur exactly once.

    Raises:
        InstallError: It occurs never or more than once.
    """
    found = source.count(patch.old)
    if found != 1:
        raise _unexpected(f"the place of patch {patch.name!r} occurs {found} times")
    return source.replace(patch.old, patch.new)


def _cut(source: str) -> _Parts:
    opening = source.find(_OPENING)
    start = source.rfind("var ", 0, opening)
    closing = source.find(_CLOSING, opening)
    if min(opening, start, closing) < 0:
        raise _unexpected("the list of exports was not found")
    return _Parts(source[:start], source[opening + len(_OPENING) : closing], source[closing:])


def _needed(assignments: str, identifiers: set[str]) -> Iterator[tuple[str, str]]:
    """Name and text of the assignments to one of the identifiers or to the function table."""
    for statement in assignments.split(";"):
        match = _ASSIGNMENT.fullmatch(statement)
        if match is None:
            raise _unexpected(f"an export is assigned by {statement[:80]!r}")
        if match[1] in identifiers or match[2]:
            yield match[1], statement


def _unexpected(what: str) -> InstallError:
    return InstallError(
        f"lean.js is not the expected one: {what}",
        hint="Upgrade bait-lean; if that does not help, report this message.",
    )
