"""Progress output of the commands: a live table of searches, and messages."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bait_core.cli.ui.rendering import status_style
from bait_core.domain import Theorem
from bait_core.execution import Observer, SearchProgress
from bait_core.traces import TraceRecord


class ConsoleDisplay:
    """Displays a run on a console; see `bait_core.execution.Display`."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """Print an emphasised line."""
        self._console.print(Text(text, "bold"), soft_wrap=True)

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Show a spinner if the output is a terminal."""
        return self._console.status(text)

    @contextmanager
    def searches(self, total: int, done: int) -> Iterator[Observer]:
        """A live table."""
        with LiveTable(self._console, total) as table:
            table.skip(done)
            yield table


class LiveTable:
    """Shows running searches and counts finished ones; an `Observer` of the runner.

    On a terminal the running searches are redrawn in place and each finished theorem scrolls
    away above them; elsewhere each finished theorem is a line.
    """

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._running: dict[str, float] = {}
        self._known: dict[str, SearchProgress] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._progress.add_task("theorems", total=total)
        self._live = Live(
            console=console, get_renderable=self._render, transient=True, refresh_per_second=8
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def skip(self, theorems: int) -> None:
        """Count theorems that need no search as done."""
        self._progress.advance(self._task, theorems)

    def on_start(self, theorem: Theorem) -> None:
        """A search begins."""
        with self._lock:
            self._running[theorem.name] = time.monotonic()

    def on_step(self, progress: SearchProgress) -> None:
        """Record the progress of a search; the table redraws itself."""
        self._known[progress.theorem.name] = progress

    def on_end(self, record: TraceRecord) -> None:
        """Print a line, advance the bar."""
        with self._lock:
            self._running.pop(record.theorem, None)
            self._known.pop(record.theorem, None)
            self._progress.advance(self._task)
        verdict = record.verdict
        line = Text.assemble(
            (f"{verdict:12}", f"bold {status_style(verdict)}"),
            f"{record.theorem}  {record.seconds:.1f} s",
        )
        self._console.print(line)

    def _render(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        with self._lock:
            running = [(*item, self._known.get(item[0])) for item in self._running.items()]
        for name, started, progress in running:
            table.add_row(
                Text("search", "bold cyan"),
                name,
                _describe(progress) if progress else "",
                f"{time.monotonic() - started:.0f} s",
            )
        layout = Table.grid()
        layout.add_row(table)
        layout.add_row(self._progress)
        return layout


def _describe(progress: SearchProgress) -> str:
    return (
        f"{progress.expansions} expansions, {progress.applications} tactics, {progress.goals} goals"
    )
