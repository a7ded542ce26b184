"""The live table of `bait prove`."""

from __future__ import annotations

import threading
import time
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bait_core.cli.rendering import status_style
from bait_core.prover import Attempt


class LiveTable:
    """Shows the searches under way and counts those done; an `Observer` of the runner.

    On a terminal the searches under way are redrawn in place and each finished theorem scrolls
    away above them; elsewhere each finished theorem is a line.
    """

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._running: dict[str, tuple[Attempt, float]] = {}
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

    def on_start(self, attempt: Attempt) -> None:
        """A search begins."""
        with self._lock:
            self._running[attempt.theorem.name] = (attempt, time.monotonic())

    def on_step(self, attempt: Attempt) -> None:
        """The table redraws itself."""

    def on_end(self, attempt: Attempt) -> None:
        """Print a line, advance the bar."""
        with self._lock:
            self._running.pop(attempt.theorem.name, None)
            self._progress.advance(self._task)
        status = attempt.status.value
        line = Text.assemble(
            (f"{status:12}", f"bold {status_style(status)}"),
            f"{attempt.theorem.name}  {attempt.seconds:.1f} s",
        )
        self._console.print(line)

    def _render(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        with self._lock:
            running = list(self._running.values())
        for attempt, started in running:
            goals = len(attempt.graph) if attempt.graph else 0
            edges = attempt.graph.edge_count if attempt.graph else 0
            what = f"{attempt.expansions} expansions, {edges} tactics, {goals} goals"
            table.add_row(
                Text("search", "bold cyan"),
                attempt.theorem.name,
                what if attempt.graph else "starting the prover",
                f"{time.monotonic() - started:.0f} s",
            )
        layout = Table.grid()
        layout.add_row(table)
        layout.add_row(self._progress)
        return layout
