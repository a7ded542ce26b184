"""Checks before Lean starts that the modules which a text imports are there.

The embedded Lean has neither Mathlib nor a project's own modules. In a Lake project it replaces
the project's Lean only with a warning.
"""

from __future__ import annotations

import difflib
import functools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bait_core import ConfigurationError, TheoremError
from bait_lean.embedded.install import Installation
from bait_lean.embedded.unpack import LIBRARIES
from bait_lean.environment.options import LeanOptions
from bait_lean.native import lake
from bait_lean.prover.backend import Backend, EmbeddedBackend
from bait_lean.source.document import Document
from bait_lean.source.header import read_header

_log = logging.getLogger(__name__)

_NEW_PROJECT = (
    "Make a Lake project that has it, and put the file there:\n"
    "    curl -sSf https://elan.lean-lang.org/elan-init.sh | sh   # elan, which brings `lake`\n"
    "    {new}\n"
    "    bait lean status        # shows what the project still needs"
)
_NEW = "lake new NAME && cd NAME"
_NEW_MATHLIB = "lake new NAME math && cd NAME && lake exe cache get"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A module, and what asks for it: a place in a file, or "" for the options."""

    module: str
    place: str


def require_imports(options: LeanOptions, installation: Installation | None) -> None:
    """Make sure that the embedded Lean has the modules that are to be imported.

    Args:
        options: Options of the environment.
        installation: The embedded Lean; None if it is not installed yet.

    Raises:
        TheoremError: The file imports a module that is missing.
        ConfigurationError: The options do.
    """
    modules = installation.modules if installation else None
    for wanted in _wanted(options):
        if not _has(modules, wanted.module):
            message = f"the module {wanted.module} is missing: {_why(options, wanted.module)}"
            hint = _hint(options, wanted.module, modules or ())
            if wanted.place:
                raise TheoremError(f"{wanted.place}: {message}", hint=hint)
            raise ConfigurationError(f"`environment.imports`: {message}", hint=hint)


def check_backend(options: LeanOptions, backend: Backend) -> None:
    """Check that the chosen Lean suits the text and its folder.

    Raises:
        TheoremError: The file imports a module that the embedded Lean lacks.
        ConfigurationError: The options do.
    """
    if not isinstance(backend, EmbeddedBackend):
        return
    require_imports(options, backend.installation)
    project = _project(options)
    if project and options.backend == "auto":
        _warn(project)


@functools.cache
def _warn(project: Path) -> None:
    """Warn, once per process, that the embedded Lean replaces a project's own."""
    _log.warning(
        "%s is a Lake project, but its own Lean can't be used: %s. The embedded Lean is used "
        "instead, which knows nothing of the project. `bait lean status` says what to do; "
        "`-o environment.backend=embedded` uses the embedded Lean without this warning.",
        project,
        _lacking(project),
    )


def _wanted(options: LeanOptions) -> Iterator[_Wanted]:
    if options.file is None:
        yield from (_Wanted(module, "") for module in options.imports)
        return
    text = Document.read(options.file).text
    for imported in read_header(text).imports:
        line = text.count("\n", 0, imported.start) + 1
        column = imported.start - text.rfind("\n", 0, imported.start)
        yield _Wanted(imported.module, f"{options.file}:{line}:{column}")


def _has(modules: list[str] | None, module: str) -> bool:
    return _library(module) in LIBRARIES if modules is None else module in modules


def _library(module: str) -> str:
    return module.partition(".")[0]


def _why(options: LeanOptions, module: str) -> str:
    has = "the embedded Lean has Init, Std and Lean"
    project = _project(options)
    if project is None or _library(module) in LIBRARIES:
        return has
    if options.backend == "embedded":
        return f"{has}, and `environment.backend` asks for it in the Lake project {project}"
    what = _lacking(project)
    return f"{has}, and the Lean of the Lake project {project} can't be used: {what}"


def _lacking(project: Path) -> str:
    return ", and ".join(item.what for item in lake.missing(project))


def _hint(options: LeanOptions, module: str, modules: list[str] | tuple[()]) -> str:
    if _library(module) in LIBRARIES:
        close = difflib.get_close_matches(module, modules, n=3)
        return f"Did you mean {' or '.join(close)}?" if close else "Check its name."
    project = _project(options)
    mathlib = _library(module) == "Mathlib"
    if project is None:
        return _NEW_PROJECT.format(new=_NEW_MATHLIB if mathlib else _NEW)
    steps = [item.remedy for item in lake.missing(project)]
    if mathlib:
        steps.append("For Mathlib's compiled files: `lake exe cache get`.")
    if options.backend == "embedded":
        steps.append("Leave out `environment.backend`, or set it to native.")
    steps.append(f"`bait lean status`, typed in {project}, shows which Lean is used.")
    return "\n".join(steps)


def _project(options: LeanOptions) -> Path | None:
    return lake.find_project(options.backend_options.folder)
