"""From a statement as users type it to a text with one hole."""

from __future__ import annotations

from collections.abc import Sequence

from bait_core import TheoremError
from bait_lean.source.commands import is_hole, scan
from bait_lean.source.declarations import DECLARATIONS
from bait_lean.source.lexer import Token, TokenKind, code, tokenize

BARE_NAME = "statement"
"""The name of a theorem that was given as a mere proposition."""

_HOLE = " by\n  sorry"
_HINT = "Write for example: theorem t (a b : Nat) : a + b = b + a"


def statement_text(statement: str, imports: Sequence[str]) -> str:
    """A Lean text that ends with `statement` and a hole in place of its proof.

    Taken are a `theorem` (also an `example`, `def` or `instance`) without proof, one that ends
    with `:=` or `:= by`, one with a single `sorry`, and a bare proposition, with binders before
    it if it has any. Other commands may come before it.

    Raises:
        TheoremError: The statement has a proof already, or more than one hole.
    """
    text = _without_trailing_comments(statement)
    commands = scan(text)
    tokens = code(tokenize(text))
    holes = sum(is_hole(token) for token in tokens)
    declared = bool(commands and commands[-1].declarations)
    if not tokens or (not declared and holes):
        raise TheoremError(f"the statement can't be read: {_first_line(statement)}", hint=_HINT)
    if not declared:
        colon = "" if _starts_with_binders(tokens) else ": "
        text = f"theorem {BARE_NAME} {colon}{text} :={_HOLE}"
    elif holes == 0:
        value = _value(tokens)
        if value is None:
            text += f" :={_HOLE}"
        elif value in ([], ["by"]):
            text += "\n  sorry" if value else _HOLE
        else:
            raise TheoremError(
                f"the statement has a proof already: {_first_line(text)}",
                hint="Leave out what follows `:=`, or write `sorry` in its place.",
            )
    elif holes > 1:
        raise TheoremError(
            f"the statement has {holes} holes: {_first_line(text)}",
            hint="Put it into a file, which may have any number of holes.",
        )
    header = "".join(f"import {module}\n" for module in imports)
    return f"{header}{text}\n"


def library_text(statement: str, name: str, imports: Sequence[str]) -> str:
    """A Lean text that states a library theorem again, as `name`."""
    header = "".join(f"import {module}\n" for module in imports)
    return f"{header}theorem {name} : {statement} :={_HOLE}\n"


def signature(text: str) -> str:
    """What a declaration says: its text up to the value, without comments before it."""
    tokens = code(tokenize(text))
    start = next((t.start for t in tokens if t.text in DECLARATIONS), 0)
    assign = _assignment([token for token in tokens if token.start >= start])
    return text[start : assign.start if assign else len(text)].strip()


def _value(tokens: list[Token]) -> list[str] | None:
    """The words after the last declaration's `:=`; None if it has no value."""
    keywords = [i for i, token in enumerate(tokens) if token.text in DECLARATIONS]
    tokens = tokens[keywords[-1] :] if keywords else tokens
    assign = _assignment(tokens)
    if assign is None:
        return None
    return [token.text for token in tokens if token.start > assign.start]


def _assignment(tokens: list[Token]) -> Token | None:
    """The `:=`, `|` or `where` that ends a declaration's signature."""
    depth = 0
    for token in tokens:
        depth += (token.text in {"(", "[", "{", "⟨", "@["}) - (token.text in {")", "]", "}", "⟩"})
        if depth == 0 and token.text in {":=", "where"}:
            return token
    return None


def _starts_with_binders(tokens: list[Token]) -> bool:
    """Whether the text is like `(a b : Nat) {p : Prop} : PROPOSITION`."""
    if not tokens or tokens[0].text not in {"(", "{", "[", "⦃"}:
        return False
    depth = 0
    previous = ""
    for token in tokens:
        if token.text in {"(", "{", "[", "⦃"}:
            depth += 1
        elif token.text in {")", "}", "]", "⦄"}:
            depth -= 1
        elif depth == 0:
            return token.text == ":" and previous in {")", "}", "]", "⦄"}
        previous = token.text
    return False


def _without_trailing_comments(text: str) -> str:
    tokens = tokenize(text)
    while tokens and tokens[-1].kind is TokenKind.COMMENT:
        tokens.pop()
    return text[: tokens[-1].end].strip() if tokens else ""


def _first_line(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= 80 else f"{line[:77]}..."
