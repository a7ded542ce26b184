"""Makes sure that `bait prove` finds a Lean, and shows the progress of an installation."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.prompt import Confirm

from bait_core import ProverStartError
from bait_core.cli.ui.console import stderr
from bait_lean.embedded.install import Installation, install, installation_folder
from bait_lean.embedded.package import LEAN, LEAN_VERSION, Phase
from bait_lean.environment.imports import check_backend, require_imports
from bait_lean.environment.options import LeanOptions
from bait_lean.prover.backend import choose


class InstallDisplay:
    """Shows an installation on standard error: bars on a terminal, otherwise a line per phase."""

    def __init__(self) -> None:
        console = stderr()
        self._lines = None if console.is_terminal else console
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            disable=not console.is_terminal,
        )
        self._phase: Phase | None = None

    def __call__(self, phase: Phase, done: int, total: int) -> None:
        """Show how far a phase has come: a `bait_lean.embedded.package.ProgressCallback`."""
        if phase is not self._phase:
            self._phase = phase
            self._bars.add_task(phase.capitalize())
            if self._lines:
                self._lines.print(phase.capitalize())
        self._bars.update(self._bars.task_ids[-1], completed=done, total=total or None)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()


def install_and_show() -> Installation:
    """Install the embedded Lean and show its progress.

    Raises:
        InstallError: It can't be installed.
    """
    with InstallDisplay() as display:
        return install(display)


def prepare(options: LeanOptions, yes: bool) -> None:
    """Install the embedded Lean if it is needed and missing; on a terminal, ask first.

    Modules that it lacks are reported before anything is installed or started.

    Args:
        options: Options of the environment.
        yes: Install without asking.

    Raises:
        ProverStartError: There is no Lean, and it may not or can't be installed.
        TheoremError: The file imports a module that the embedded Lean lacks.
        ConfigurationError: The options do.
    """
    try:
        check_backend(options, choose(options.backend_options))
    except ProverStartError:
        if options.backend_options.wants_native:
            raise
        require_imports(options, None)  # nobody should fetch a Lean that lacks them
        if not yes and not sys.stdin.isatty():
            raise ProverStartError(
                "Lean is not installed", hint="Type `bait lean install`, or add `--yes`."
            ) from None
        if not yes and not _ask():
            raise
        install_and_show()


def _ask() -> bool:
    question = (
        f"Lean is not installed. Fetch Lean {LEAN_VERSION} ({LEAN.size / 1e6:.0f} MB from npm) "
        f"into {installation_folder()} ({LEAN.installed_size / 1e6:.0f} MB)?"
    )
    return Confirm.ask(question, console=stderr(), default=True)
