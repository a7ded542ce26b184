"""Lean's own errors; all of them are `bait_core.errors.ProverError`.

* ProverError
  + ProverStartError
    - InstallError          the embedded Lean can't be installed
  + ReplError               the process can't be used any more
    - ReplTimeoutError      no answer in time; it was killed
    - ReplCrashError        it ended, or was killed at its memory limit
    - ProtocolError         its answer does not follow the protocol

After a `ReplError` the process is dead: start another one and replay.
"""

from __future__ import annotations

from bait_core import ProverError, ProverStartError


class InstallError(ProverStartError):
    """The embedded Lean can't be fetched, unpacked or removed."""


class ReplError(ProverError):
    """A Lean process failed and is dead."""


class ReplTimeoutError(ReplError):
    """A request took longer than its limit; the process was killed."""


class ReplCrashError(ReplError):
    """The process ended, or was killed at its memory limit.

    Args:
        message: What happened, one sentence.
        hint: What the user can do next.
        exit_code: Its exit code, negative for a signal; None if not known.
        stderr: The end of what it wrote to standard error.
    """

    def __init__(
        self, message: str, *, hint: str = "", exit_code: int | None = None, stderr: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code
        self.stderr = stderr


class ProtocolError(ReplError):
    """An answer is not what the protocol promises; callers treat it like a crash."""
