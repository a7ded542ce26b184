"""A process that speaks the REPL protocol, and that can't outstay its welcome. POSIX only."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import msgspec

from bait_core.errors import ProverStartError
from bait_lean.errors import ReplCrashError, ReplTimeoutError
from bait_lean.process import launcher
from bait_lean.process.framing import Answer, AnswerReader
from bait_lean.process.memory import MemoryWatch

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
        self._ending = threading.Lock()
        self._killed = False
        self._closed = False
        self._process, self._lifeline = start(command, cwd, env)
        # `start` asks for all three pipes.
        self._stdin, self._stdout, self._stderr = cast(
            "tuple[IO[bytes], IO[bytes], IO[bytes]]",
            (self._process.stdin, self._process.stdout, self._process.stderr),
        )
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
        return not self._killed and self._process.poll() is None

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
        with self._ending:
            if not self._killed:
                self._killed = True
                # The watcher keeps the group in being, so the number can't be another's by now.
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill the process and release its pipes. From any thread, any number of times."""
        self.kill()
        with self._requests:
            if self._closed:
                return
            self._closed = True
            self._process.wait()
            for pipe in (self._lifeline, self._stdin, self._stdout, self._stderr):
                pipe.close()

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
            if self._killed:
                raise ReplCrashError("The Lean process was ended before this request.")
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
            raise ReplTimeoutError(f"Lean did not answer within {timeout:g} s and was killed.")
        seconds = deadline - now
        if self._memory:
            if excess := self._memory.excess(now):
                raise self._too_big(excess, self._memory.limit)
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
        killed_by_us = self._killed
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        self.kill()
        code = self._process.wait()
        with suppress(BlockingIOError):
            while self._read_stderr():
                pass
        stderr = self._stderr_tail.decode(errors="replace").strip()
        if killed_by_us:
            return ReplCrashError("The Lean process was ended during a request.", exit_code=code)
        if code < 0:
            how = f"was killed by signal {-code}."
        else:
            last = f": {stderr.splitlines()[-1]}" if stderr else "."
            how = f"ended with exit code {code}{last}"
        return ReplCrashError(f"The Lean process {how}", exit_code=code, stderr=stderr)

    def _too_big(self, used: int, limit: int) -> ReplCrashError:
        self.kill()
        return too_big(used, limit, self._process.wait())


def too_big(used: int, limit: int, exit_code: int | None = None) -> ReplCrashError:
    """What to raise for a process that was killed at its memory limit; both in bytes."""
    return ReplCrashError(
        f"The Lean process was killed: it used {used / 1e6:,.0f} MB of memory, "
        f"and its limit is {limit / 1e6:,.0f} MB.",
        exit_code=exit_code,
    )


def start(
    command: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """Start a process, in a group of its own, that does not outlive this one.

    Returns:
        The process, and the writing end of the pipe that keeps it alive.

    Raises:
        ProverStartError: The program can't be started.
    """
    if os.name != "posix":
        raise ProverStartError(
            "Lean processes can't be controlled on this system.",
            hint="Use Linux or macOS; on Windows, use the Windows Subsystem for Linux.",
        )
    path = None if env is None else env.get("PATH")
    if shutil.which(command[0], path=path) is None:
        raise ProverStartError(
            f"{command[0]} can't be run: there is no such program.",
            hint="Check the path, or install it.",
        )
    watched, kept = os.pipe()
    lifeline = os.fdopen(kept, "wb")
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", launcher.__file__, str(watched), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
            bufsize=0,
            pass_fds=(watched,),
            start_new_session=True,
        )
    except OSError as error:
        lifeline.close()
        raise ProverStartError(f"{command[0]} can't be started: {error}.") from error
    finally:
        os.close(watched)
    return process, lifeline
