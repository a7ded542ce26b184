"""Where the commands of a Lean text begin, and what they declare.

Only Lean can parse Lean. The scan looks for keywords that start a command wherever they stand
outside brackets, and for weaker signs in the first column; two commands that it takes for one
are harmless. What it says is then put to Lean, piece by piece, and a piece that Lean can't read
is an error that the user sees.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from bait_lean.source.declarations import DECLARATIONS, Declaration, Namespaces
from bait_lean.source.header import read_header
from bait_lean.source.lexer import Token, TokenKind, code, tokenize

_STARTERS = DECLARATIONS | {"mutual", "namespace", "section", "end", "variable", "universe"}
_MODIFIERS = frozenset(
    {"private", "protected", "public", "noncomputable", "unsafe", "partial", "nonrec", "local",
     "scoped", "meta"}
)  # fmt: skip
_LINE_STARTERS = _STARTERS | _MODIFIERS | {
    "open", "export", "set_option", "attribute", "include", "omit", "macro", "macro_rules",
    "syntax", "notation", "infix", "infixl", "infixr", "prefix", "postfix", "elab", "elab_rules",
    "declare_syntax_cat", "initialize", "builtin_initialize", "run_cmd", "run_meta", "run_elab",
    "add_decl_doc", "seal", "unseal", "import", "@[",
}  # fmt: skip
_IN_STARTERS = frozenset(
    {"open", "set_option", "omit", "include", "variable", "attribute", "universe", "unseal",
     "seal", "#guard_msgs"}
)  # fmt: skip
_OPEN = frozenset("([{⟨") | {"@["}
_CLOSE = frozenset(")]}⟩")


@dataclass(frozen=True, slots=True)
class LeanCommand:
    """One command, or several that the scan could not tell apart.

    Attributes:
        start: Offset of its first character.
        end: Offset of the next command, or of the end of the text.
        declarations: What it declares, in order; several in a `mutual` block.
        holes: Offsets of its `sorry` and `admit` tokens.
    """

    start: int
    end: int
    declarations: tuple[Declaration, ...] = ()
    holes: tuple[int, ...] = ()


def scan(text: str, offsets: Sequence[int] | None = None) -> list[LeanCommand]:
    """The commands of `text` after its imports, in order.

    Args:
        text: The text.
        offsets: Where they begin, if Lean has told; else it is guessed.
    """
    tokens = code(tokenize(text))
    starts = _starts(text, tokens) if offsets is None else _at(text, tokens, offsets)
    ends = [*(tokens[index].start for index in starts[1:]), len(text)]
    bounds = [*starts[1:], len(tokens)]
    commands = []
    namespaces = Namespaces()
    for first, bound, end in zip(starts, bounds, ends, strict=False):
        piece = tokens[first:bound]
        commands.append(
            LeanCommand(
                start=tokens[first].start,
                end=end,
                declarations=namespaces.declarations(piece),
                holes=tuple(token.start for token in piece if is_hole(token)),
            )
        )
    return commands


def _at(text: str, tokens: list[Token], offsets: Sequence[int]) -> list[int]:
    """Indices of the tokens at offsets, or of the next ones; what precedes them counts, too."""
    places = [token.start for token in tokens]
    begin = end_of_imports(text)
    found = dict.fromkeys(bisect.bisect_left(places, offset) for offset in (begin, *offsets))
    return [index for index in found if index < len(tokens)]


def is_hole(token: Token) -> bool:
    """Whether a token is `sorry` or `admit`."""
    return token.kind is TokenKind.IDENTIFIER and token.text in {"sorry", "admit"}


def end_of_imports(text: str) -> int:
    """The offset after the last import of `text`; 0 when it has none."""
    return read_header(text).end


def _starts(text: str, tokens: list[Token]) -> list[int]:
    """Indices of the tokens that begin a command."""
    begin = end_of_imports(text)
    starts: list[int] = []
    depth = 0
    in_mutual = False
    for index, token in enumerate(tokens):
        if token.start < begin:
            continue
        first_column = token.start == 0 or text[token.start - 1] == "\n"
        if token.kind is TokenKind.SYMBOL and token.text in _OPEN and not first_column:
            depth += 1
        elif token.kind is TokenKind.SYMBOL and token.text in _CLOSE:
            depth = max(0, depth - 1)
        if not _may_start(tokens, index, first_column=first_column, depth=depth):
            continue
        depth = 1 if token.text == "@[" else 0
        if in_mutual:
            in_mutual = token.text != "end"
            continue
        in_mutual = token.text == "mutual"
        start = _with_modifiers(tokens, index)
        while starts and starts[-1] >= start:
            starts.pop()
        starts.append(start)
    return starts


def _may_start(tokens: list[Token], index: int, *, first_column: bool, depth: int) -> bool:
    token = tokens[index]
    before = tokens[index - 1].text if index else ""
    if token.kind is TokenKind.DOC:
        return first_column
    if token.kind not in {TokenKind.IDENTIFIER, TokenKind.SYMBOL} or before in {
        "deriving",
        "class",
    }:
        return False
    if first_column:
        return (
            token.text in _LINE_STARTERS
            or (token.text[0] == "#" and len(token.text) > 2)
            or [word.text for word in tokens[index : index + 2]] == ["deriving", "instance"]
        )
    if before == "." and tokens[index - 1].end == token.start:
        return False
    return depth == 0 and token.text in _STARTERS and token.text != "lemma"


def _with_modifiers(tokens: list[Token], index: int) -> int:
    """Go back over modifiers, attributes, doc comments and `open ... in` before a keyword."""
    while index > 0:
        before = tokens[index - 1]
        if before.text in _MODIFIERS or before.kind is TokenKind.DOC:
            index -= 1
        elif before.text == "]" and (opening := _attribute(tokens, index - 1)) is not None:
            index = opening
        elif before.text == "in" and (opener := _in_starter(tokens, index - 1)) is not None:
            index = opener
        else:
            break
    return index


def _attribute(tokens: list[Token], index: int) -> int | None:
    depth = 0
    for position in range(index, -1, -1):
        if tokens[position].text == "]":
            depth += 1
        elif tokens[position].text in {"[", "@["}:
            depth -= 1
            if depth == 0:
                return position if tokens[position].text == "@[" else None
    return None


def _in_starter(tokens: list[Token], index: int) -> int | None:
    for position in range(index - 1, -1, -1):
        if tokens[position].text in _IN_STARTERS:
            return position
        if tokens[position].text in DECLARATIONS | {":=", "by"}:
            return None
    return None
