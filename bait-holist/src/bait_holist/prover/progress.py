"""A progress bar for loading HOL Light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bait_holist.prover.launch import Progress as Callback


@contextmanager
def loading_progress() -> Iterator[Callback]:
    """Show a progress bar on standard error, or a line of text if that is not a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print("Loading HOL Light; this takes one to two minutes.")
    columns = (TextColumn("Loading HOL Light"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share: bar.update(task, completed=share)
