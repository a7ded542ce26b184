"""What a native Lean needs: a Lake project, `lake`, and a REPL built for its toolchain."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from bait_core import ProverStartError

_BUILT = Path(".lake/build/bin/repl")
_IN_PROJECT = tuple(Path(".lake/packages", name) / _BUILT for name in ("REPL", "repl"))
_REPL_SOURCE = "https://github.com/leanprover-community/repl"
_LAKE_REMEDY = (
    "Install elan, which brings `lake`: "
    "`curl -sSf https://elan.lean-lang.org/elan-init.sh | sh` (https://lean-lang.org/install)."
)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something without which a project's own Lean can't be used.

    Attributes:
        what: A clause that says what is missing.
        remedy: What to type.
    """

    what: str
    remedy: str


def missing(project: Path) -> list[Missing]:
    """What is missing before the project's own Lean can be used.

    Raises:
        ProverStartError: BAIT_LEAN_REPL names no executable file.
    """
    found = []
    if not has_lake():
        found.append(Missing("`lake` is not on the path", _LAKE_REMEDY))
    if find_repl(project, None) is None:
        found.append(Missing("no built REPL was found", _repl_remedy(project)))
    return found


def _repl_remedy(project: Path) -> str:
    revision = toolchain(project).rpartition(":")[2]
    if (project / "lakefile.lean").is_file():
        lakefile = "lakefile.lean"
        require = f'require REPL from git "{_REPL_SOURCE}" @ "{revision}"'
    else:
        lakefile = "lakefile.toml"
        require = f'[[require]]\nname = "REPL"\ngit = "{_REPL_SOURCE}"\nrev = "{revision}"'
    return (
        f"Add to {project / lakefile}:\n{indent(require, '    ')}\n"
        "and type there `lake update REPL && lake build repl`; or name a REPL that is built for "
        "the project's Lean with `-o environment.repl=PATH` or in BAIT_LEAN_REPL; or type "
        "`pip install 'bait-lean[interact]'` and add `-o environment.build_repl=true`."
    )


def find_project(folder: Path) -> Path | None:
    """The nearest folder, at or above the given one, that has a `lean-toolchain` file."""
    folder = folder.resolve()
    candidates = (folder, *folder.parents)
    return next((path for path in candidates if (path / "lean-toolchain").is_file()), None)


def toolchain(project: Path) -> str:
    """The toolchain that the project asks for, such as `leanprover/lean4:v4.28.0`."""
    return (project / "lean-toolchain").read_text(encoding="utf-8").strip()


def find_repl(project: Path, repl: Path | None) -> Path | None:
    """The REPL's executable, or None if none is named and the project has none.

    Args:
        project: Where its own is looked for.
        repl: What the user named; BAIT_LEAN_REPL comes next.

    Raises:
        ProverStartError: What the user named is not an executable file.
    """
    if repl is None and (variable := os.environ.get("BAIT_LEAN_REPL")):
        repl = Path(variable)
    if repl is None:
        return next(
            (project / path for path in _IN_PROJECT if _is_executable(project / path)), None
        )
    if not _is_executable(repl):
        raise ProverStartError(
            f"the REPL {repl} is not an executable file",
            hint="Give the path of the built program, usually REPL/.lake/build/bin/repl.",
        )
    return repl.resolve()


def require_repl(project: Path, repl: Path | None) -> Path:
    """The REPL's executable, as `find_repl` finds it.

    Raises:
        ProverStartError: There is none.
    """
    if found := find_repl(project, repl):
        return found
    raise ProverStartError(f"no built REPL was found for {project}", hint=_repl_remedy(project))


def has_lake() -> bool:
    """Whether Lean's build tool is on the path."""
    return shutil.which("lake") is not None


def require_lake() -> None:
    """Make sure that Lean's build tool is on the path.

    Raises:
        ProverStartError: It is not.
    """
    if not has_lake():
        raise ProverStartError(
            "`lake` is not on the path, so the project's own Lean can't be used",
            hint=f"{_LAKE_REMEDY} Or add `-o environment.backend=embedded`.",
        )


def build_repl(project: Path) -> Path:
    """Have lean-interact fetch and build a REPL for the project's toolchain; needs GitHub.

    Raises:
        ProverStartError: lean-interact is missing or did not succeed.
    """
    try:
        from git.exc import GitError  # noqa: PLC0415 -- optional, and slow to import
        from lean_interact import LeanREPLConfig, LocalProject  # noqa: PLC0415
    except ImportError as error:
        raise ProverStartError(
            f"the REPL can't be built because lean-interact can't be imported: {error}",
            hint="Type `pip install 'bait-lean[interact]'`; it also needs the program git.",
        ) from error
    try:
        config = LeanREPLConfig(project=LocalProject(directory=project, auto_build=False))
    except (GitError, OSError, RuntimeError, ValueError) as error:
        raise ProverStartError(
            f"lean-interact could not build a REPL for {project}: {error}",
            hint=_repl_remedy(project),
        ) from error
    return Path(config.cache_repl_dir) / _BUILT


def _is_executable(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)
