"""Lean's tokens, as far as text has to be cut up without Lean's help.

Lean's grammar can be extended by every file, so nothing is ever accepted because of what is read
here: the lexer finds comments, strings, identifiers and brackets, and Lean has the last word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_LETTER = (
    "A-Za-z_\u03b1-\u03ba\u03bc-\u03fb\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9"
    "\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
)
_REST = f"{_LETTER}0-9'!?\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c"
_PART = f"(?:«[^»\n]*»|[{_LETTER}][{_REST}]*)"

_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<line_comment>--[^\n]*)
  | (?P<block>/-)
  | (?P<raw>r(?P<hashes>\#*)"(?s:.*?)"(?P=hashes))
  | (?P<string>"(?s:\\.|[^"\\])*")
  | (?P<char>'(?:\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|.)|[^\\'\n])')
  | (?P<identifier>{_PART}(?:\.{_PART})*)
  | (?P<number>[0-9][0-9A-Za-z_]*(?:\.[0-9]+)?)
  | (?P<symbol>:=|=>|<;>|<\||@\[|\#[a-z_]+|.)
    """,
    re.VERBOSE,
)
_BLOCK_EDGE = re.compile(r"/-|-/")


class Kind(Enum):
    """The kinds of token."""

    COMMENT = auto()
    DOC = auto()
    """A doc comment `/-- ... -/`, which belongs to the declaration after it."""
    STRING = auto()
    CHAR = auto()
    IDENTIFIER = auto()
    """Keywords too: Lean keeps no fixed list of them."""
    NUMBER = auto()
    SYMBOL = auto()
    UNTERMINATED = auto()
    """A comment or string without its end; it takes the rest of the text."""


_KINDS = {
    "line_comment": Kind.COMMENT,
    "raw": Kind.STRING,
    "string": Kind.STRING,
    "char": Kind.CHAR,
    "identifier": Kind.IDENTIFIER,
    "number": Kind.NUMBER,
    "symbol": Kind.SYMBOL,
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `start` and `end` count code points."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return self.start + len(self.text)


def tokenize(text: str) -> list[Token]:
    """Cut `text` into tokens; white space is left out, comments are not."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None, "the last alternative matches everything"  # noqa: S101
        name = match.lastgroup or ""
        if name == "block":
            token = _block_comment(text, position)
        elif match.group() == '"':
            token = Token(Kind.UNTERMINATED, text[position:], position)
        elif name == "space":
            position = match.end()
            continue
        else:
            token = Token(_KINDS[name], match.group(), position)
        tokens.append(token)
        position = token.end
    return tokens


def _block_comment(text: str, start: int) -> Token:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/-" else -1
        if depth == 0:
            body = text[start : edge.end()]
            is_doc = body.startswith("/--") and body != "/--/"
            return Token(Kind.DOC if is_doc else Kind.COMMENT, body, start)
    return Token(Kind.UNTERMINATED, text[start:], start)


def code(tokens: list[Token]) -> list[Token]:
    """The tokens without plain comments."""
    return [token for token in tokens if token.kind is not Kind.COMMENT]
