"""Whole runs of `bait prove` in processes of their own, on the plugin `steps`."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from bait_core.traces import TraceRecord, read_traces

from .distributions import Site, command
from .steps import STEPS


class WholeRuns:
    """A site with the plugin, a file of theorems, and a folder for traces."""

    def __init__(self, folder: Path, theorems: Sequence[str]) -> None:
        self.site = Site(folder / "site")
        self.site.add("steps", STEPS)
        self.file = folder / "all.steps"
        self.file.write_text("".join(f"{theorem}\n" for theorem in theorems), "utf-8")
        self.traces = folder / "traces"

    def arguments(self, *arguments: str) -> list[str]:
        return command(
            "prove", str(self.file), "--traces", str(self.traces), "--seconds", "100", *arguments
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.arguments(*arguments),
            env=self.site.environment(200),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @contextmanager
    def start(self, *arguments: str) -> Iterator[psutil.Popen]:
        """A run under way, in a process group of its own; killed in the end."""
        with psutil.Popen(
            self.arguments(*arguments),
            env=self.site.environment(200),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                for child in family(process):
                    child.kill()

    @property
    def trace_files(self) -> list[Path]:
        return sorted(self.traces.glob("*.jsonl.gz"))

    def records(self) -> list[TraceRecord]:
        """What is recorded by now, whatever is torn at its end."""
        if not self.traces.exists():
            return []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(read_traces(self.traces))


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and all that it has started, itself last."""
    try:
        return [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return []


def workers(process: psutil.Process) -> list[psutil.Process]:
    """The worker processes of a run."""
    found = []
    for child in family(process)[:-1]:
        try:
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found
