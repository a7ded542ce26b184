"""A prover process, in a separate process group with its children."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bait_core.errors import ProverStartError
from bait_core.processes import launcher


class ProverProcess:
    """A running program that is killed with its children.

    Unless it is detached, it ends when this Python process does, even by SIGKILL.

    Args:
        command: Program and arguments.
        cwd: Its working directory.
        env: Its environment; None for that of this process.
        stdin: Where its input comes from: a file, or a pipe by default.
        output: The file that gets its standard output and standard error; by default each has a
            pipe.
        detached: Whether it may outlive this Python process.

    Raises:
        ProverStartError: The program can't be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: IO[bytes] | None = None,
        output: IO[bytes] | None = None,
        detached: bool = False,
    ) -> None:
        self._ending = threading.Lock()
        self._killed = False
        _require_program(command[0], None if env is None else env.get("PATH"))
        watched, kept = os.pipe()
        self._lifeline = os.fdopen(kept, "wb")
        launch = [sys.executable, "-I", "-S", launcher.__file__, str(watched)]
        try:
            self._popen = subprocess.Popen(
                command if detached else [*launch, *command],
                stdin=stdin or subprocess.PIPE,
                stdout=output or subprocess.PIPE,
                stderr=subprocess.STDOUT if output else subprocess.PIPE,
                cwd=cwd,
                env=env,
                bufsize=0,
                pass_fds=() if detached else (watched,),
                start_new_session=True,
            )
        except OSError as error:
            self._lifeline.close()
            raise ProverStartError(f"{command[0]} can't be started: {error}") from error
        finally:
            os.close(watched)

    @property
    def pid(self) -> int:
        """Process id, also the id of its process group."""
        return self._popen.pid

    @property
    def stdin(self) -> IO[bytes]:
        """The pipe to its standard input."""
        return _pipe(self._popen.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        """The pipe from its standard output."""
        return _pipe(self._popen.stdout)

    @property
    def stderr(self) -> IO[bytes]:
        """The pipe from its standard error."""
        return _pipe(self._popen.stderr)

    @property
    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    @property
    def killed(self) -> bool:
        """Whether `kill` or `close` was called."""
        return self._killed

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: It runs longer than this.
        """
        return self._popen.wait(seconds)

    def kill(self) -> None:
        """Kill the process and its children at once. From any thread, any number of times."""
        with self._ending:
            if not self._killed:
                self._killed = True
                # The watcher keeps the group alive, so its id can't have been reused; nor can
                # that of a detached process that was not waited for.
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill the process and release its pipes. Any number of times."""
        self.kill()
        self._popen.wait()
        for pipe in (self._lifeline, self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
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


def _require_program(program: str, path: str | None) -> None:
    if os.name != "posix":
        raise ProverStartError(
            "prover processes can't be controlled on this system",
            hint="Use Linux or macOS; on Windows, use the Windows Subsystem for Linux.",
        )
    if shutil.which(program, path=path) is None:
        raise ProverStartError(
            f"{program} can't be run: there is no such program",
            hint="Check the path, or install it.",
        )


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process was started with a file in place of this pipe")
    return pipe
