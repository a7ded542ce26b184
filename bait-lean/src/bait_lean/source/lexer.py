"""Lean's tokens, as far as text has to be cut up without Lean's help.

Lean's grammar can be extended by every file, so nothing is ever accepted because of what is read
here: the lexer finds comments, strings, identifiers and brackets, and Lean has the last word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_LETTER = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f"
    "\u03b1-\u03ba\u03bc-\u03fb\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9"
    "\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
)
_REST = f"{_LETTER}0-9'!?\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c"
_PART = f"(?:«[^»]*»|[{_LETTER}][{_REST}]*)"
"""A component of a name, by Lean's `isIdFirst` and `isIdRest`; anything may stand in `«»`."""
_NAME = rf"{_PART}(?:\.{_PART})*"

_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<line_comment>--[^\n]*)
  | (?P<block>/-)
  | (?P<raw>r(?P<hashes>\#*)"(?s:.*?)"(?P=hashes))
  | (?P<string>"(?s:\\.|[^"\\])*")
  | (?P<char>'(?:\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|.)|[^\\'\n])')
  | (?P<quoted>``?{_NAME})
  | (?P<identifier>{_NAME})
  | (?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
      |[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?)
  | (?P<symbol>:=|=>|<;>|<\|>|<\||\|>|@\[|\#[a-z_]+|.)
    """,
    re.VERBOSE,
)
_BLOCK_EDGE = re.compile(r"/-|-/")
_COMPONENT = re.compile(_PART)

_CHUNK = re.compile(r'(?s:\\.|[^"\\{])*(?:"|\{)')
"""The rest of an interpolated string, up to its end or to the next term in braces."""
_INTERPOLATES = frozenset({"throwError", "logInfo", "logWarning", "logError", "dbg_trace"})
_TAKES_STRING = frozenset({"panic!", "assert!", "get!", "find!"})


class TokenKind(Enum):
    """The kinds of token."""

    COMMENT = auto()
    DOC = auto()
    """A doc comment `/-- ... -/`, which belongs to the declaration after it."""
    STRING = auto()
    """A string; of an interpolated one each part between the terms, with the braces around."""
    CHAR = auto()
    IDENTIFIER = auto()
    """Keywords too: Lean keeps no fixed list of them."""
    NAME = auto()
    """A quoted name, such as `` `a.b `` or ``` ``a.b ```: data, whatever the name is."""
    NUMBER = auto()
    SYMBOL = auto()
    UNTERMINATED = auto()
    """A comment or string without its end; it takes the rest of the text."""


_KINDS = {
    "line_comment": TokenKind.COMMENT,
    "raw": TokenKind.STRING,
    "string": TokenKind.STRING,
    "char": TokenKind.CHAR,
    "quoted": TokenKind.NAME,
    "identifier": TokenKind.IDENTIFIER,
    "number": TokenKind.NUMBER,
    "symbol": TokenKind.SYMBOL,
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `start` and `end` count code points."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return self.start + len(self.text)


def tokenize(text: str, *, interpolate: bool = True) -> list[Token]:
    """Cut `text` into tokens; white space is left out, comments are not.

    Args:
        text: The text.
        interpolate: Whether the terms in an interpolated string are cut into tokens, too.
    """
    lexer = _Lexer(text, interpolate=interpolate)
    while lexer.position < len(text):
        lexer.advance()
    return lexer.tokens


class _Lexer:
    """Reads a text from left to right; `tokens` is what it has found."""

    def __init__(self, text: str, *, interpolate: bool) -> None:
        self.tokens: list[Token] = []
        self.position = 0
        self._text = text
        self._interpolate = interpolate
        self._strings: list[int] = []
        """For each interpolated string around the position, how many tokens come before it."""
        self._braces: list[int] = []
        """For each of them, how many braces are open in its term."""

    def advance(self) -> None:
        """Read a token, or white space."""
        match = _TOKEN.match(self._text, self.position)
        assert match is not None, "the last alternative matches everything"  # noqa: S101
        name = match.lastgroup or ""
        if name == "space":
            self.position = match.end()
        elif name == "block":
            self._add(_block_comment(self._text, self.position))
        elif match.group().startswith('"') and self._may_interpolate():
            self._strings.append(len(self.tokens))
            self._braces.append(0)
            self._read_chunk()
        elif match.group() == '"':
            self._add(Token(TokenKind.UNTERMINATED, self._text[self.position :], self.position))
        elif self._braces and self._braces[-1] == 0 and match.group() == "}":
            self._read_chunk()
        else:
            if self._braces:
                self._braces[-1] += (match.group() == "{") - (match.group() == "}")
            self._add(Token(_KINDS[name], match.group(), self.position))
        if self.position == len(self._text) and self._strings:
            self._read_again()

    def _add(self, token: Token) -> None:
        self.tokens.append(token)
        self.position = token.end

    def _may_interpolate(self) -> bool:
        before = next((t for t in reversed(self.tokens) if t.kind is not TokenKind.COMMENT), None)
        if not self._interpolate or before is None or before.kind is not TokenKind.IDENTIFIER:
            return False
        if before.text in _INTERPOLATES:
            return True
        is_macro = before.text.endswith("!") and "." not in before.text
        return is_macro and before.text not in _TAKES_STRING

    def _read_chunk(self) -> None:
        """Read a part of an interpolated string, which begins with `"` or `}`."""
        match = _CHUNK.match(self._text, self.position + 1)
        end = match.end() if match else len(self._text)
        self._add(Token(TokenKind.STRING, self._text[self.position : end], self.position))
        if match and self._text[end - 1] == '"':
            self._strings.pop()
            self._braces.pop()

    def _read_again(self) -> None:
        """Take a string that has no end for a plain one, and all those after it."""
        first = self._strings[0]
        self.position = self.tokens[first].start
        del self.tokens[first:]
        self._strings.clear()
        self._braces.clear()
        self._interpolate = False


def _block_comment(text: str, start: int) -> Token:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/-" else -1
        if depth == 0:
            body = text[start : edge.end()]
            is_doc = body.startswith("/--") and body != "/--/"
            return Token(TokenKind.DOC if is_doc else TokenKind.COMMENT, body, start)
    return Token(TokenKind.UNTERMINATED, text[start:], start)


def code(tokens: list[Token]) -> list[Token]:
    """The tokens without plain comments."""
    return [token for token in tokens if token.kind is not TokenKind.COMMENT]


def components(name: str) -> list[str]:
    """The components of a name, those in `«»` with their quotes."""
    return _COMPONENT.findall(name)
