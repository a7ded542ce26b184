"""Find the answers in what a REPL writes."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from bait_lean.errors import ProtocolError

Answer = dict[str, Any]

_OPENING = re.compile(rb'\{\s*("|\}|$)')
"""How an object begins; Lean text that some REPLs echo, `{ x := 1 }`, does not."""

_MAX_ANSWER = 1 << 28
"""Bytes; a library's premises take some 10 MB."""


class AnswerReader:
    """Cuts a stream of bytes into answers.

    An answer is a JSON object: one line, or several lines that end with a blank one, the later of
    them indented. Other lines are noise.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._open: list[bytes] = []
        self._decoder = msgspec.json.Decoder(Answer)

    def feed(self, chunk: bytes) -> None:
        """Add what was read.

        Raises:
            ProtocolError: An answer is longer than any that makes sense.
        """
        self._buffer += chunk
        if len(self._buffer) > _MAX_ANSWER:
            raise ProtocolError(f"Lean wrote a line of more than {_MAX_ANSWER >> 20} MiB")

    def next(self) -> Answer | None:
        """The next complete answer, or None if more has to be read.

        Raises:
            ProtocolError: What looked like an answer is not JSON.
        """
        while (end := self._buffer.find(b"\n", self._searched)) >= 0:
            line = bytes(self._buffer[:end]).rstrip()
            del self._buffer[: end + 1]
            self._searched = 0
            answer = self._take(line)
            if answer is not None:
                return answer
        self._searched = len(self._buffer)
        return None

    def _take(self, line: bytes) -> Answer | None:
        if _OPENING.match(line):
            # Later lines of an answer are indented: what was open before was noise.
            self._open = [line]
            return self._decode(line, final=False) if line.endswith(b"}") else None
        if self._open and not line:
            return self._decode(b"\n".join(self._open), final=True)
        if self._open:
            self._open.append(line)
        return None

    def _decode(self, text: bytes, *, final: bool) -> Answer | None:
        try:
            answer = self._decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if not final:
                return None
            raise ProtocolError(f"Lean's answer is not JSON ({error}): {text[:200]!r}") from error
        self._open = []
        return answer
