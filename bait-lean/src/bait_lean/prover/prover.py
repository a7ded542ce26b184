"""A Lean process with what it has elaborated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from bait_core import TheoremError
from bait_lean.errors import ReplCrashError
from bait_lean.native.reports import NativeReports
from bait_lean.process.messages import (
    CommandReply,
    ErrorReply,
    Message,
    OkReply,
    Reply,
    StatusReply,
    parse,
)
from bait_lean.process.repl import ReplProcess
from bait_lean.process.reports import Graph, ReportedReply, SameReply, TextReport, graph_of
from bait_lean.prover.backend import Backend
from bait_lean.source.prefix import Prefix

R = TypeVar("R", bound=Reply)

_FULL = 1_200_000_000
"""Bytes of heap above which the embedded server may soon refuse imports; it has 2 GB."""


class ElaborationError(TheoremError):
    """Lean does not accept a piece of text.

    Attributes:
        text: The piece.
        error: Lean's first error.
    """

    def __init__(self, text: str, error: Message) -> None:
        super().__init__(f"Lean does not accept the text: {error.data}")
        self.text = text
        self.error = error


class Prover:
    """A Lean process, and the environments that it has made. For one thread at a time.

    Args:
        backend: Starts the process.
        command_timeout: Seconds that a command may take.

    Raises:
        ProverStartError: The process does not start.
    """

    def __init__(self, backend: Backend, command_timeout: float) -> None:
        self.has_extensions = backend.has_extensions
        self._process: ReplProcess = backend.start()
        self._command_timeout = command_timeout
        self._environments: dict[str, int] = {}
        self._reports: dict[str, TextReport] = {}
        self._replies: dict[str, ReportedReply] = {}
        checker = backend.checker(command_timeout)
        self._native = NativeReports(checker, self.command) if checker is not None else None

    @property
    def alive(self) -> bool:
        """Whether it can still answer."""
        return self._process.alive

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    def ask(
        self, payload: Mapping[str, Any], expected: type[R], timeout: float | None = None
    ) -> R | ErrorReply:
        """Send a request.

        Args:
            payload: The request.
            expected: The type of the answer.
            timeout: Seconds until the process is killed; None for those of a command.

        Raises:
            ReplError: The process is dead now.
        """
        answer = self._process.request(payload, timeout or self._command_timeout)
        reply = parse(answer, expected)
        if isinstance(reply, ErrorReply) and reply.fatal:
            self.kill()
            raise ReplCrashError(f"Lean exited: {reply.message}")
        return reply

    def command(self, text: str, prefix: Prefix | None, *, parts: bool = False) -> CommandReply:
        """Elaborate a text; `prefix` is elaborated first where that has not been done.

        Raises:
            ElaborationError: There is an error in the prefix, or the text can't be processed.
            ReplError: The process is dead now.
        """
        payload: dict[str, Any] = {"cmd": text}
        if prefix is not None:
            payload["env"] = self.environment(prefix)
        if parts and self.has_extensions:
            payload["parts"] = True
        return self._elaborated(payload, CommandReply)

    def reported(self, text: str, prefix: Prefix | None, *, parts: bool = False) -> ReportedReply:
        """Elaborate a text as `command` does, with a report of what it adds.

        Raises:
            ElaborationError: There is an error in the prefix, or the text can't be processed.
            ReplError: The process is dead now.
        """
        if self._native is not None:
            return self._native.reported(text, prefix)
        payload: dict[str, Any] = {"cmd": text, "report": True, "parts": parts}
        if prefix is not None:
            for piece in prefix.chain():
                self._report_prefix(piece)
            payload["env"] = self._environments[prefix.key]
        return self._elaborated(payload, ReportedReply)

    def _elaborated(self, payload: Mapping[str, Any], expected: type[R]) -> R:
        reply = self.ask(payload, expected)
        if isinstance(reply, ErrorReply):
            error = Message(severity="error", data=reply.message)
            raise ElaborationError(payload["cmd"], error)
        return reply

    def reported_once(self, text: str, prefix: Prefix | None) -> ReportedReply:
        """What `reported` returns, cached."""
        key = (prefix.then(text) if prefix else Prefix(text)).key
        if key not in self._replies:
            self._replies[key] = self.reported(text, prefix)
        return self._replies[key]

    def is_same(self, name: str, before: int, after: int) -> bool:
        """Whether a constant of one environment means the same for the kernel in another.

        Args:
            name: The constant.
            before: The number of the one environment.
            after: That of the other, in which both are compared.
        """
        if not self.has_extensions:
            return False
        reply = self.ask({"same": name, "env": after, "other": before}, SameReply)
        return not isinstance(reply, ErrorReply) and reply.same

    def known(self, prefix: Prefix) -> Graph:
        """What a prefix adds to its imports, after `reported` has elaborated it."""
        if self._native is not None:
            return self._native.known(prefix)
        return graph_of([self._reports[piece.key].constants for piece in prefix.chain()])

    def _report_prefix(self, piece: Prefix) -> None:
        if piece.key in self._reports:
            return
        reply = self.reported(piece.text, piece.parent)
        if error := first_error(reply):
            raise ElaborationError(piece.text, error)
        if reply.report.kernel:
            raise ElaborationError(piece.text, Message(severity="error", data=reply.report.kernel))
        self._reports[piece.key] = reply.report
        self.remember(piece, reply.env)

    def environment(self, prefix: Prefix) -> int:
        """The number of the environment after a prefix.

        Raises:
            ElaborationError: There is an error in it.
            ReplError: The process is dead now.
        """
        if prefix.key not in self._environments:
            for piece in prefix.chain():
                if piece.key not in self._environments:
                    reply = self.command(piece.text, piece.parent)
                    if error := first_error(reply):
                        raise ElaborationError(piece.text, error)
                    self.remember(piece, reply.env)
        return self._environments[prefix.key]

    def remember(self, prefix: Prefix, environment: int) -> None:
        """Note the number of an environment that a command has made."""
        self._environments[prefix.key] = environment

    def forget_states(self) -> None:
        """Let the process drop its proof states, where it can.

        Raises:
            ReplError: The process is dead now.
        """
        if self.has_extensions:
            self.ask({"free": {"proofStates": "all"}}, OkReply)

    def has_room(self) -> bool:
        """Whether it has memory left for another list of imports; earlier ones are never freed.

        Raises:
            ReplError: The process is dead now.
        """
        if not self.has_extensions:
            return True
        reply = self.ask({"status": True}, StatusReply)
        return isinstance(reply, StatusReply) and reply.heap < _FULL

    def kill(self) -> None:
        """End the process at once; from any thread."""
        self._process.kill()

    def close(self) -> None:
        """End the process and release what it holds."""
        self._process.close()


def first_error(reply: CommandReply) -> Message | None:
    """The first error message of a command."""
    return next((m for m in reply.messages if m.severity == "error"), None)
