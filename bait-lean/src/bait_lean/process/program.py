"""A program that runs to its end, and that can't outstay its welcome. POSIX only."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bait_core.processes import MemoryWatch, ProverProcess
from bait_lean.errors import ReplCrashError, ReplTimeoutError

_CHUNK = 1 << 16
_INTERVAL = 0.05
"""Seconds between two looks at whether the program has ended, when it writes nothing."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended: its exit code (negative for a signal) and what it wrote."""

    exit_code: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a program may go.

    Attributes:
        seconds: Until it is killed.
        memory: Bytes that it and its children may have resident; None for no limit.
        output: Bytes that it may write.
    """

    seconds: float
    memory: int | None = None
    output: int = 1 << 28


def run(command: Sequence[str], *, cwd: Path, limits: Limits) -> Ended:
    """Run a program without input; when it has ended, its children are killed.

    Raises:
        ProverStartError: It can't be started.
        ReplTimeoutError: The time is over; it was killed.
        ReplCrashError: It used too much memory or wrote too much; it was killed.
    """
    with ProverProcess(command, cwd=cwd) as process, _Output(process) as output:
        try:
            _wait(process, output, limits)
        finally:
            process.kill()
        exit_code = process.wait()
        output.read(0)
        return Ended(exit_code, *output.texts())


def _wait(process: ProverProcess, output: _Output, limits: Limits) -> None:
    deadline = time.monotonic() + limits.seconds
    memory = MemoryWatch(process.pid, limits.memory) if limits.memory else None
    while process.exit_code is None:
        output.read(_INTERVAL)
        now = time.monotonic()
        if now >= deadline:
            raise ReplTimeoutError(f"Lean did not end within {limits.seconds:g} s and was killed")
        if memory and (excess := memory.excess(now)):
            raise ReplCrashError(f"the Lean process was killed: {excess}")
        if output.size > limits.output:
            raise ReplCrashError(
                f"the Lean process was killed: it wrote more than {limits.output / 1e6:,.0f} MB"
            )


class _Output:
    """What a process writes, kept as it comes."""

    def __init__(self, process: ProverProcess) -> None:
        process.stdin.close()
        outputs = (process.stdout, process.stderr)
        self._kept = {pipe.fileno(): bytearray() for pipe in outputs}
        self._selector = selectors.DefaultSelector()
        for number in self._kept:
            os.set_blocking(number, False)
            self._selector.register(number, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    @property
    def size(self) -> int:
        return sum(map(len, self._kept.values()))

    def read(self, seconds: float) -> None:
        """Read what is there, or what comes first within some seconds."""
        for key, _ in self._selector.select(seconds):
            if not self._read_all(key.fd):
                self._selector.unregister(key.fd)

    def _read_all(self, number: int) -> bool:
        """Whether more may come."""
        with suppress(BlockingIOError):
            # At most one pipe's full buffer at a time, so that the limits are looked at.
            for _ in range(16):
                chunk = os.read(number, _CHUNK)
                if not chunk:
                    return False
                self._kept[number] += chunk
        return True

    def texts(self) -> tuple[bytes, bytes]:
        """Standard output, standard error."""
        stdout, stderr = self._kept.values()
        return bytes(stdout), bytes(stderr)
