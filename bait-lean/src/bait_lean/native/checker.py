"""Reports on a text from a project's own Lean."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from bait_core import ProverError
from bait_core.processes import describe_exit
from bait_lean.errors import ProtocolError
from bait_lean.native import lake
from bait_lean.process.messages import Message, Reply
from bait_lean.process.program import Ended, Limits, run
from bait_lean.process.reports import TextReport
from bait_lean.source.positions import Position

CHECKER = Path(__file__).with_name("Checker.lean")
"""The program in Lean that reads compiled files."""

_MODULE = "BaitCheckedText"
_PARTS = (".olean", ".olean.server", ".olean.private")
"""What Lean compiles a file to; all three if the file is a `module`."""

_TAIL = 2000
"""How many characters of a failed program's output are shown."""


class _PrintedMessage(Reply, frozen=True):
    """A message as `lean --json` prints it."""

    severity: Literal["trace", "information", "warning", "error"]
    data: str
    pos: Position
    end_pos: Position | None = None

    def message(self) -> Message:
        """The same message as the REPL gives it."""
        severity = "info" if self.severity == "information" else self.severity
        return Message(severity, self.data, self.pos, self.end_pos)


class CompileError(ProverError):
    """Lean does not compile a text.

    Attributes:
        messages: What it says about the text; often, but not always, with an error among them.
    """

    def __init__(self, reason: str, messages: tuple[Message, ...]) -> None:
        super().__init__(f"Lean does not compile the text: {reason}")
        self.messages = messages


class NativeChecker:
    """Compiles texts with a project's Lean and reports what they add to their imports.

    A text is compiled in a process of its own, where tactics and commands may do what they like.
    Nothing that this process says or leaves in memory counts, only the compiled file. A second
    process reads that as data, and its kernel checks each constant again.

    What remains: a text that runs code while it is compiled has the user's rights. It could write
    the compiled file itself, so that it states other theorems than the text seems to, or is
    malformed; it could change the project's files or the toolchain. The kernel has accepted what a
    report tells in any case that does not attack Lean itself.

    Args:
        project: The Lake project's folder. Nothing is written there.
        seconds: How long each of the two processes may take.
        memory_limit: Bytes that each may have resident; None for no limit.
    """

    def __init__(self, project: Path, *, seconds: float, memory_limit: int | None = None) -> None:
        self._project = project
        self._limits = Limits(seconds, memory_limit)

    def report(self, text: str) -> tuple[tuple[Message, ...], TextReport]:
        """Lean's messages about a text, which needs its imports, and what it adds to them.

        Raises:
            CompileError: Lean does not compile the text.
            ProverStartError: There is no `lake`, or it can't be started.
            ReplTimeoutError: Lean took too long.
            ReplCrashError: Lean used too much memory.
            ProtocolError: The checker's report is not one.
            ProverError: Lean or the checker failed otherwise.
        """
        lake.require_lake()
        with _folder() as compiled:
            messages = self._compile(text, Path(compiled).resolve())
            # A folder that the text knows nothing of, made when its process is dead.
            with _folder() as taken:
                parts = list(_take(Path(compiled), Path(taken).resolve()))
                return messages, self._check(parts)

    def _compile(self, text: str, folder: Path) -> tuple[Message, ...]:
        source = folder / f"{_MODULE}.lean"
        source.write_bytes(text.encode("utf-8", "surrogatepass"))
        output = source.with_suffix(".olean")
        ended = self._lean("--json", "-R", str(folder), "-o", str(output), str(source))
        messages = tuple(_messages(ended.stdout))
        if ended.exit_code != 0:
            errors = (message.data for message in messages if message.severity == "error")
            raise CompileError(next(errors, None) or _failure(ended), messages)
        if not os.path.lexists(output):
            raise CompileError("Lean reported no error but has written nothing", messages)
        return messages

    def _check(self, parts: Sequence[Path]) -> TextReport:
        ended = self._lean("--run", str(CHECKER), *map(str, parts))
        if ended.exit_code != 0:
            raise ProverError(
                f"the compiled text can't be checked: {_failure(ended)}",
                hint=f"See whether `lake env lean {CHECKER}` succeeds in {self._project}.",
            )
        # Lean itself may warn of something in the checker's own text before.
        last = ended.stdout.rstrip().rpartition(b"\n")[2]
        try:
            report = msgspec.json.decode(last, type=TextReport)
        except msgspec.ValidationError as error:
            raise ProtocolError(f"the checker's report is not valid: {error}") from error
        except msgspec.DecodeError as error:
            raise ProtocolError(f"the checker's report is not JSON: {error}") from error
        return _with_hashes(report)

    def _lean(self, *arguments: str) -> Ended:
        return run(("lake", "env", "lean", *arguments), cwd=self._project, limits=self._limits)


def _folder() -> tempfile.TemporaryDirectory[str]:
    # What a text leaves there may be hard to delete.
    return tempfile.TemporaryDirectory(prefix="bait-lean-", ignore_cleanup_errors=True)


def _messages(stdout: bytes) -> Iterator[Message]:
    """The messages among the lines; whatever else a text printed is left out."""
    for line in stdout.splitlines():
        try:
            yield msgspec.json.decode(line, type=_PrintedMessage).message()
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue


def _take(folder: Path, target: Path) -> Iterator[Path]:
    """Copy the parts of the compiled file."""
    for suffix in _PARTS:
        file = folder / f"{_MODULE}{suffix}"
        if not os.path.lexists(file):
            return
        copy = target / file.name
        try:
            _copy(file, copy)
        except OSError as error:
            raise ProverError(f"the compiled text can't be read: {error}") from error
        yield copy


def _copy(file: Path, copy: Path) -> None:
    """Copy a file that is neither a link nor a pipe, which a text can make, too."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as source, copy.open("wb") as destination:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{file.name} is not a regular file")
        shutil.copyfileobj(source, destination)


def _with_hashes(report: TextReport) -> TextReport:
    """The report with hashes in place of whole terms."""
    return msgspec.structs.replace(
        report,
        constants=tuple(
            msgspec.structs.replace(c, type=_hash(c.type), value=_hash(c.value))
            for c in report.constants
        ),
    )


def _hash(term: str) -> str:
    return term and hashlib.sha256(term.encode()).hexdigest()


def _failure(ended: Ended) -> str:
    """How a program failed, in its own words if there are any."""
    said = (ended.stderr.strip() or ended.stdout.strip()).decode(errors="replace")[-_TAIL:]
    how = f"it {describe_exit(ended.exit_code)}"
    return f"{how}: {said}" if said else how
