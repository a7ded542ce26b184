"""A connection to one worker, a fork of the loaded HOL Light."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from bait_core.processes import limit_address_space
from bait_holist.errors import ConnectionLostError, RequestError, ServerGoneError
from bait_holist.prover.replies import (
    AppliedTactic,
    Axiom,
    CheckedProof,
    Fact,
    GoalTable,
    Greeting,
    KnownGoal,
    parse_applied,
    parse_checked,
    parse_fact,
    parse_greeting,
)
from bait_holist.terms import Sexp, parse, quote, to_text

REQUEST_TIMEOUT = 60.0

_WINDOW = 65_536  # bytes in flight; they fit into a socket's buffer, so sending never blocks
_CHUNK = 1 << 16
_GRACE = 2.0
_ADDRESS_SPACE = 4  # times the heap limit


class ProverConnection:
    """A connection to a worker of its own. Used by one thread at a time.

    Args:
        path: The server's socket.
        memory: Heap limit in MiB; the worker's address space is limited to four times as much.

    Raises:
        ServerGoneError: Nothing listens on the socket.
    """

    def __init__(self, path: Path, memory: int = 0) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._buffer = b""
        self._goals = GoalTable()
        try:
            self._socket.settimeout(REQUEST_TIMEOUT)
            self._socket.connect(os.fspath(path))
        except OSError as error:
            self._socket.close()
            raise ServerGoneError(
                f"no HOL Light listens on {path}: {error}",
                hint="Start one with `bait holist start`.",
            ) from error
        self._pid = 0
        try:
            self.greeting: Greeting = parse_greeting(self._receive(REQUEST_TIMEOUT))
        except BaseException:
            self._socket.close()
            raise
        self._pid = self.greeting.pid
        if memory:
            limit_address_space(self._pid, memory * _ADDRESS_SPACE * 1024 * 1024)

    def admit(self, index: int, forbidden: Sequence[str]) -> None:
        """Allow only theorems bound before `index` that state none of `forbidden`.

        Args:
            index: Binding index; -1 for no limit.
            forbidden: Statements, as terms.
        """
        self._ask(f"(admit {index} ({' '.join(forbidden)}))")

    def goal(self, key: str) -> KnownGoal:
        """Introduce a goal to the worker."""
        self._send(_bytes(f"(goal {key})\n"), REQUEST_TIMEOUT)
        line = self._receive_line(REQUEST_TIMEOUT)
        if not line.startswith("(goal "):
            _checked(parse(line))
        return self._goals.read(line, len("(goal "))[0]

    def parse(self, text: str) -> tuple[str, str]:
        """Parse a closed proposition in HOL Light's syntax: its S-expression and printed form.

        Raises:
            RequestError: It is not well-formed, not of type bool, or has free variables.
        """
        reply = self._ask(f"(parse {quote(text)})")
        return to_text(reply[1]), str(reply[2])

    def apply(self, goal: int, tactics: Sequence[str], seconds: float) -> Iterator[AppliedTactic]:
        """Apply each tactic to the goal; yields the replies in order, as they arrive.

        Raises:
            ConnectionLostError: The worker died, or was killed for not answering within
                2 * seconds + 2 of wall time; the tactic whose reply is missing is to blame.
        """
        requests = [_bytes(f"(apply {goal} {quote(t)} {seconds:.6f})\n") for t in tactics]
        limit = 2 * seconds + _GRACE
        sent = in_flight = 0
        for answered, request in enumerate(requests):
            while sent < len(requests) and (
                sent == answered or in_flight + len(requests[sent]) <= _WINDOW
            ):
                self._send(requests[sent], limit)
                in_flight += len(requests[sent])
                sent += 1
            line = self._receive_line(limit)
            in_flight -= len(request)
            yield self._applied(line)

    def check(self, goal: str, steps: Sequence[tuple[str, int]], seconds: float) -> CheckedProof:
        """Replay a proof.

        Args:
            goal: Key of the goal.
            steps: Tactics depth first, each with its number of subgoals.
            seconds: CPU time limit for each tactic.
        """
        request = f"(check {goal} ({_steps(steps)}) {seconds:.6f})"
        return parse_checked(self._ask(request, _proof_limit(len(steps), seconds)))

    def script(self, name: str, goal: str, steps: Sequence[tuple[str, int]]) -> str:
        """A proof as a script for HOL Light itself."""
        request = f"(script {quote(name)} {goal} ({_steps(steps)}))"
        return str(self._ask(request, _proof_limit(len(steps), REQUEST_TIMEOUT))[1])

    def library(self) -> list[Fact]:
        """The theorems of the library, in binding order."""
        return [parse_fact(item) for item in self._ask("(library)")[1:]]

    def axioms(self) -> list[Axiom]:
        """The axioms of the theory, newest first."""
        return [Axiom(item[0], str(item[1])) for item in self._ask("(axioms)")[1:]]

    def register(self, fingerprint: int, term: str) -> str:
        """Let `THM fingerprint` mean the library theorem with this statement; returns its name.

        Raises:
            RequestError: The library has no such theorem.
        """
        return str(self._ask(f"(register {fingerprint} {term})")[1])

    @property
    def is_closed(self) -> bool:
        """Whether the connection was closed or lost."""
        return self._socket.fileno() < 0

    def close(self) -> None:
        """Disconnect; the worker then ends by itself. Any number of times."""
        self._socket.close()

    def kill(self) -> None:
        """End the worker now."""
        self.close()
        if self._pid:
            try:
                os.kill(self._pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def _ask(self, request: str, limit: float = REQUEST_TIMEOUT) -> Sexp:
        self._send(_bytes(f"{request}\n"), limit)
        return _checked(self._receive(limit))

    def _send(self, line: bytes, limit: float) -> None:
        try:
            self._socket.settimeout(limit)
            self._socket.sendall(line)
        except OSError as error:
            self._lose(f"can't be written to: {error}")

    def _receive_line(self, limit: float) -> str:
        deadline = time.monotonic() + limit
        pieces = [self._buffer]
        while b"\n" not in pieces[-1]:
            left = deadline - time.monotonic()
            if left <= 0:
                self._lose(f"did not answer within {limit:g} s", timed_out=True)
            try:
                self._socket.settimeout(left)
                piece = self._socket.recv(_CHUNK)
            except TimeoutError:
                continue
            except OSError as error:
                self._lose(f"can't be read from: {error}")
            if not piece:
                self._lose("ended")
            pieces.append(piece)
        line, _, self._buffer = b"".join(pieces).partition(b"\n")
        return line.decode("utf-8", "surrogateescape")

    def _applied(self, line: str) -> AppliedTactic:
        if not line.startswith("(subgoals "):
            return parse_applied(_checked(parse(line)))
        _, seconds, _ = line.split(" ", 2)
        return AppliedTactic(
            float(seconds), self._goals.read(line, len("(subgoals  ") + len(seconds))
        )

    def _receive(self, limit: float) -> Sexp:
        return parse(self._receive_line(limit))

    def _lose(self, what: str, *, timed_out: bool = False) -> NoReturn:
        self.kill()
        raise ConnectionLostError(f"a worker of HOL Light {what}", timed_out=timed_out)


def _bytes(request: str) -> bytes:
    try:
        return request.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character, which no name of HOL Light's has
        return request.encode("utf-8", "surrogatepass")


def _steps(steps: Sequence[tuple[str, int]]) -> str:
    return " ".join(f"({quote(tactic)} {count})" for tactic, count in steps)


def _proof_limit(steps: int, seconds: float) -> float:
    return 2 * seconds * steps + REQUEST_TIMEOUT + 120


def _checked(reply: Sexp) -> Sexp:
    if reply[0] == "error":
        raise RequestError(str(reply[1]), str(reply[2]))
    return reply
