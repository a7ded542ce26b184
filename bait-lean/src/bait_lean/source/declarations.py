"""The names of declarations, as far as keywords and namespaces show them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bait_lean.source.lexer import Token, TokenKind, components

DECLARATIONS = frozenset(
    {"theorem", "lemma", "def", "abbrev", "example", "instance", "opaque", "axiom", "structure",
     "class", "inductive", "coinductive"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration inside a command.

    Attributes:
        keyword: `theorem`, `def`, `example`, ...
        name: With its namespaces; empty for examples and unnamed instances.
        start: Offset of the keyword.
        end: Offset after the name, or after the keyword if there is no name.
    """

    keyword: str
    name: str
    start: int
    end: int

    def moved(self, by: int) -> Declaration:
        """The same declaration in a text that begins elsewhere."""
        return replace(self, start=self.start + by, end=self.end + by)


class Namespaces:
    """Follows `namespace`, `section` and `end`, so that declarations get their full names."""

    def __init__(self) -> None:
        self._scopes: list[str] = []

    def declarations(self, tokens: list[Token]) -> tuple[Declaration, ...]:
        """What the next command, given by its tokens, declares."""
        words = [token.text for token in tokens]
        if words[0] == "namespace" and len(words) > 1:
            self._scopes.extend(components(words[1]))
        elif words[0] == "end":
            for _ in _name_after(tokens, 0):
                if self._scopes:
                    self._scopes.pop()
        elif "section" in words and not DECLARATIONS & set(words):
            self._scopes.extend("" for _ in _name_after(tokens, words.index("section")))
        return tuple(self._find(tokens))

    def _find(self, tokens: list[Token]) -> list[Declaration]:
        found: list[Declaration] = []
        for index, token in enumerate(tokens):
            if token.text not in DECLARATIONS or token.kind is not TokenKind.IDENTIFIER:
                continue
            after = tokens[index + 1] if index + 1 < len(tokens) else None
            if index and tokens[index - 1].text == "deriving":
                continue
            if token.text == "class" and after is not None and after.text in DECLARATIONS:
                continue
            declaration = Declaration(token.text, "", token.start, token.end)
            if after is not None and after.text == "(":
                after = _after_priority(tokens, index + 1)
            if after is not None and after.kind is TokenKind.IDENTIFIER and token.text != "example":
                declaration = replace(declaration, name=self._full(after.text), end=after.end)
            found.append(declaration)
        return found

    def _full(self, name: str) -> str:
        if name.startswith("_root_."):
            return name.removeprefix("_root_.")
        return ".".join([*(scope for scope in self._scopes if scope), name])


def _after_priority(tokens: list[Token], index: int) -> Token | None:
    """The name after `instance (priority := low)`, if there is one."""
    if tokens[index].text != "(" or index + 1 >= len(tokens):
        return None
    if tokens[index + 1].text != "priority":
        return None
    closing = next((i for i in range(index, len(tokens)) if tokens[i].text == ")"), None)
    return tokens[closing + 1] if closing is not None and closing + 1 < len(tokens) else None


def _name_after(tokens: list[Token], index: int) -> list[str]:
    """The components of the name after `section` or `end`; one empty one if it has no name."""
    after = tokens[index + 1 : index + 2]
    if after and after[0].kind is TokenKind.IDENTIFIER:
        return components(after[0].text)
    return [""]
