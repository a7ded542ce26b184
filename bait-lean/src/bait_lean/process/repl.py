"""A process that speaks the REPL protocol, and that can't outstay its welcome. POSIX only."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from bait_core.processes import MemoryWatch, ProverProcess, describe_exit
from bait_lean.errors import ReplCrashError, ReplTimeoutError
from bait_lean.process.framing import Answer, AnswerReader

_CHUNK = 1 << 16
_STDERR_TAIL = 1 << 13
_GRACE = 0.5
"""Seconds in which a process that closed its output may set its own exit code."""


class ReplProcess:
    """A running REPL: one request, one answer.

    Requests may come from any thread, one at a time. A request that fails, is interrupted, or
    takes too long kills the process with its children, for the two sides would be out of step;
    from then on every request raises `ReplCrashError`. When this Python process dies, by SIGKILL
    too, the REPL and its children die with it.

    The requesting thread itself waits on the pipes. A reader thread would cost two switches
    between threads per answer, and the pipes bound what is buffered anyway.

    Args:
        command: Program and arguments.
        cwd: Its working directory.
        env: Its environment; None for this process's own.
        memory_limit: Bytes that the process and its children may have resident.

    Raises:
        ProverStartError: The program can't be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        memory_limit: int | None = None,
    ) -> None:
        self._reader = AnswerReader()
        self._stderr_tail = b""
        self._requests = threading.Lock()
        self._process = ProverProcess(command, cwd=cwd, env=env)
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._stderr = self._process.stderr
        os.set_blocking(self._stdin.fileno(), False)
        os.set_blocking(self._stderr.fileno(), False)
        self._poll = select.poll()
        self._poll.register(self._stdout, select.POLLIN)
        self._poll.register(self._stderr, select.POLLIN)
        self._memory = MemoryWatch(self.pid, memory_limit) if memory_limit else None

    @property
    def pid(self) -> int:
        """Process id, also the id of its process group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known without asking it."""
        return not self._process.killed and self._process.exit_code is None

    def request(self, payload: Mapping[str, Any], timeout: float) -> Answer:
        """Send a request and return the answer.

        Args:
            payload: The request.
            timeout: Seconds until the process is killed.

        Raises:
            ReplTimeoutError: The time is over.
            ReplCrashError: The process ended or used too much memory.
            ProtocolError: The answer is not JSON.
        """
        return self._exchange(msgspec.json.encode(payload) + b"\n\n", timeout)

    def receive(self, timeout: float) -> Answer:
        """An answer that comes unasked, such as the first line of the embedded server.

        Raises:
            ReplTimeoutError: The time is over.
            ReplCrashError: The process ended or used too much memory.
            ProtocolError: The answer is not JSON.
        """
        return self._exchange(b"", timeout)

    def kill(self) -> None:
        """Kill the process and its children at once. From any thread, any number of times."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and release its pipes. From any thread, any number of times."""
        self.kill()
        with self._requests:
            self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _exchange(self, data: bytes, timeout: float) -> Answer:
        with self._requests:
            if self._process.killed:
                raise ReplCrashError("the Lean process was ended before this request")
            try:
                return self._transfer(memoryview(data), timeout)
            except BaseException:
                self.kill()
                raise

    def _transfer(self, unsent: memoryview, timeout: float) -> Answer:
        deadline = time.monotonic() + timeout
        waits_to_send = False
        while True:
            unsent = unsent[self._write(unsent) :]
            if bool(unsent) is not waits_to_send:
                waits_to_send = not waits_to_send
                if waits_to_send:
                    self._poll.register(self._stdin, select.POLLOUT)
                else:
                    self._poll.unregister(self._stdin)
            if not unsent and (answer := self._reader.next()) is not None:
                return answer
            self._wait(deadline, timeout)

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self._stdin.fileno(), data) if data else 0
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            raise self._crash() from None

    def _wait(self, deadline: float, timeout: float) -> None:
        """Wait for a pipe, and read what has come."""
        now = time.monotonic()
        if now >= deadline:
            raise ReplTimeoutError(f"Lean did not answer within {timeout:g} s and was killed")
        seconds = deadline - now
        if self._memory:
            if excess := self._memory.excess(now):
                self.kill()
                raise ReplCrashError(
                    f"the Lean process was killed: {excess}", exit_code=self._process.wait()
                )
            seconds = min(seconds, self._memory.interval)
        for descriptor, _ in self._poll.poll(seconds * 1000):
            if descriptor == self._stdout.fileno():
                chunk = os.read(descriptor, _CHUNK)
                if not chunk:
                    raise self._crash()
                self._reader.feed(chunk)
            elif descriptor == self._stderr.fileno() and not self._read_stderr():
                self._poll.unregister(descriptor)

    def _read_stderr(self) -> bool:
        """Keep the end of what there is on standard error; False at its end."""
        chunk = os.read(self._stderr.fileno(), _CHUNK)
        self._stderr_tail = (self._stderr_tail + chunk)[-_STDERR_TAIL:]
        return bool(chunk)

    def _crash(self) -> ReplCrashError:
        killed_by_us = self._process.killed
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        self.kill()
        code = self._process.wait()
        with suppress(BlockingIOError):
            while self._read_stderr():
                pass
        stderr = self._stderr_tail.decode(errors="replace").strip()
        if killed_by_us:
            return ReplCrashError("the Lean process was ended during a request", exit_code=code)
        how = describe_exit(code, stderr)
        return ReplCrashError(f"the Lean process {how}", exit_code=code, stderr=stderr)
