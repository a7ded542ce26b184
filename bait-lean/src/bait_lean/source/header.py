"""The header of a Lean text: its imports."""

from __future__ import annotations

from dataclasses import dataclass

from bait_lean.source.lexer import TokenKind, code, tokenize


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a text imports.

    Attributes:
        module: Its name, without guillemets.
        start: Offset of the name.
    """

    module: str
    start: int


@dataclass(frozen=True, slots=True)
class Header:
    """What comes before the first command.

    Attributes:
        imports: In order; without those that Lean adds by itself.
        end: The offset after it; 0 when the text has none.
    """

    imports: tuple[Import, ...]
    end: int


def read_header(text: str) -> Header:
    """The header of a text."""
    imports: list[Import] = []
    end = 0
    names_module = False
    for token in code(tokenize(text)):
        if names_module:
            if token.kind is not TokenKind.IDENTIFIER:
                break
            if token.text != "all":
                name = token.text.replace("«", "").replace("»", "")
                imports.append(Import(name, token.start))
                end = token.end
                names_module = False
        elif token.text == "import":
            names_module = True
        elif token.text in {"module", "prelude"} and not imports:
            end = token.end
        elif token.text not in {"public", "meta"}:
            break
    return Header(tuple(imports), end)
