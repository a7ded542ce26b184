r"""S-expressions, the exact form of HOL Light's terms on the wire and in keys.

A bare atom is one or more characters other than ASCII's space, parentheses, double quote and
control characters; a backslash stands for itself, as in HOList's `/\`. Any other atom is quoted,
with the escapes `\"`, `\\`, `\n`, `\t`, `\r` and `\xHH` for a byte of its UTF-8.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from bait_holist.errors import SexpError

Sexp: TypeAlias = str | tuple["Sexp", ...]
"""An atom or a list."""

MAX_SIZE = 16 * 1024 * 1024
MAX_DEPTH = 10_000
_MAX_PLAIN_SIZE = 1024 * 1024

_TOKEN = re.compile(r'([()])|([^ ()"\x00-\x1f\x7f]+)|"((?:[^"\\]|\\.)*)"|( +)', re.DOTALL)
_BARE = re.compile(r'[^ ()"\x00-\x1f\x7f]+')
_ESCAPE = re.compile(r"((?:\\x[0-9a-fA-F]{2})+)|\\(.)", re.DOTALL)
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_NOT_PLAIN = re.compile(r'["\x00-\x1f\x7f]')
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_NAMES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def parse(text: str) -> Sexp:
    """Read one S-expression.

    Raises:
        SexpError: The text is malformed, larger than 16 MiB or nested deeper than 10,000.
    """
    if len(text) > MAX_SIZE:
        raise SexpError(f"an S-expression of {len(text)} characters is too large")
    return _parse_plain(text) or _parse_any(text)


def _parse_plain(text: str) -> Sexp | None:
    """Parse texts without quotes several times faster; None for all others, malformed ones too."""
    if len(text) > _MAX_PLAIN_SIZE or _NOT_PLAIN.search(text):
        return None
    open_lists: list[list[Sexp]] = [[]]
    for word in text.replace("(", " ( ").replace(")", " ) ").split(" "):
        if word == "(":
            open_lists.append([])
        elif word == ")":
            closed = tuple(open_lists.pop())
            if not open_lists:
                return None
            open_lists[-1].append(closed)
        elif word:
            open_lists[-1].append(word)
        if len(open_lists) > MAX_DEPTH:
            return None
    return open_lists[0][0] if len(open_lists) == len(open_lists[0]) == 1 else None


def _parse_any(text: str) -> Sexp:
    reader = _SexpReader(text)
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _malformed(text, position)
        reader.take(match)
        position = match.end()
    return reader.result()


class _SexpReader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[list[Sexp]] = [[]]

    def take(self, match: re.Match[str]) -> None:
        parenthesis, bare, quoted, _ = match.groups()
        if parenthesis == "(":
            self._open.append([])
            if len(self._open) > MAX_DEPTH + 1:
                raise SexpError(f"an S-expression is nested deeper than {MAX_DEPTH}")
        elif parenthesis:
            if len(self._open) == 1:
                raise _malformed(self._text, match.start())
            closed = tuple(self._open.pop())
            self._open[-1].append(closed)
        elif bare:
            self._open[-1].append(bare)
        elif quoted is not None:
            self._open[-1].append(_unescape(quoted, self._text, match.start()))

    def result(self) -> Sexp:
        if len(self._open) != 1 or len(self._open[0]) != 1:
            raise _malformed(self._text, len(self._text))
        return self._open[0][0]


def to_text(sexp: Sexp) -> str:
    """Write an S-expression, with one space between items."""
    parts: list[str] = []
    stack: list[Sexp | None] = [sexp]
    space = ""
    while stack:
        item = stack.pop()
        if item is None:
            parts.append(")")
        elif isinstance(item, str):
            parts += (space, atom(item))
        else:
            parts += (space, "(")
            stack.append(None)
            stack.extend(reversed(item))
            space = ""
            continue
        space = " "
    return "".join(parts)


@lru_cache(maxsize=4096)
def atom(text: str) -> str:
    """An atom as it is written: bare if it can be, otherwise quoted."""
    return text if _BARE.fullmatch(text) else quote(text)


def quote(text: str) -> str:
    """A text as a quoted atom."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _NAMES.get(character) or f"\\x{ord(character):02x}"


def _unescape(quoted: str, text: str, position: int) -> str:
    if "\\" not in quoted:
        return quoted

    def replace(match: re.Match[str]) -> str:
        several_bytes, code = match.groups()
        if several_bytes:
            together = bytes.fromhex(several_bytes.replace("\\x", ""))
            return together.decode("utf-8", "surrogateescape")
        if code not in _PLAIN:
            raise _malformed(text, position)
        return _PLAIN[code]

    return _ESCAPE.sub(replace, quoted)


def _malformed(text: str, position: int) -> SexpError:
    near = text[max(0, position - 20) : position + 20]
    return SexpError(f"not an S-expression: unexpected text at character {position}, near {near!r}")
