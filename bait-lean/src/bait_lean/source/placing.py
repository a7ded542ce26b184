"""Putting a script in the place of a `sorry`, with the layout that Lean's grammar asks for.

A block of tactics ends where the line or the indentation ends, and many tactics go on over a
comma or a bar. So a script is put in brackets where what stands around it could become part of
it, or the other way round; elsewhere it stands as people write it.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bait_core import Edit, apply_edits
from bait_lean.source.declarations import DECLARATIONS
from bait_lean.source.lexer import Token, TokenKind, code, tokenize

_OPENS_TERM = frozenset({":=", "=>", "exact", "from", "<|"})
_OPENS_SEQUENCE = frozenset(
    {"by", "=>", "·", "(", "{", "|", "then", "else", "do", "try", "repeat", "repeat'", "focus",
     "all_goals", "any_goals", "first", "solve", "decreasing_by"}
)  # fmt: skip
"""Words after which Lean takes any number of tactics, aligned with the first."""
_BRACKETS = {"(": ")", "[": "]", "@[": "]", "{": "}", "⟨": "⟩", "⟦": "⟧", "⟪": "⟫", "⦃": "⦄"}
_CLOSES = frozenset(_BRACKETS.values())
_JOINS = frozenset({";", "<;>"})
_SPLITS = _JOINS | {"|", "=>"}

_BESIDE = frozenset({",", ";", "<;>", "|", ":", "then", "else", "with"})
"""Words that are no part of a plain tactic before them."""
_BEGINS_LINE = frozenset(_BRACKETS) | {"|", "·", "@", "←", "¬", "∃", "∀", "‹"}
"""Symbols that begin something of its own on a line of their own."""

_PLAIN_HEADS = frozenset(
    {"exact", "apply", "refine", "simp", "simp_all", "dsimp", "rw", "grind", "unfold", "decide"}
)
"""Tactics whose arguments are terms and brackets."""
_PLAIN_SYMBOLS = frozenset({".", "@", "_"})
_OPEN_ENDED = frozenset(
    {"by", "fun", "match", "nomatch", "nofun", "show", "from", "have", "let", "suffices", "if",
     "then", "else", "do", "calc", "intro", "with", "using"}
)  # fmt: skip
_TAKES_PATTERNS = frozenset({"rcases", "rintro", "obtain", "rsuffices", "ext", "rcongr", "intro"})
"""Tactics that go on over a `|` wherever it stands; others heed its column."""

_FOCUSES = frozenset({"by", "=>", "·", "<;>"})
"""Words after which a sequence of tactics has one goal."""
_SEES_ALL_GOALS = frozenset(
    {"all_goals", "any_goals", "on_goal", "pick_goal", "swap", "rotate_left", "rotate_right",
     "repeat", "repeat'", "iterate", "case", "case'", "done"}
)  # fmt: skip
"""Tactics that mean something else where there are other goals."""


@dataclass(frozen=True, slots=True)
class Place:
    """A `sorry` in a text: its offset, and whether it stands where Lean expects a term."""

    offset: int
    is_term: bool


def edits(text: str, scripts: Mapping[Place, str]) -> list[Edit]:
    """What to replace in `text`, one edit for each place, from left to right.

    The layout of a script takes account of those before it on the same line.
    """
    tokens = code(tokenize(text))
    found: list[Edit] = []
    line = ""
    end = 0
    for place in sorted(scripts, key=lambda place: place.offset):
        line = _last_line(line + text[end : place.offset])
        site = _Site(text, tokens, place.offset, line)
        write = _write_term if place.is_term else _write_tactics
        start, new = write(site, scripts[place].split("\n"))
        end = site.hole.end
        found.append(Edit(start, end, new))
        line = _last_line(line[: len(line) - (place.offset - start)] + new)
    return found


def fill_places(text: str, scripts: Mapping[Place, str]) -> str:
    """`text` with every place of `scripts` replaced by its tactics."""
    return apply_edits(text, edits(text, scripts))


class _Site:
    """What stands around a `sorry`.

    Args:
        text: The text that it is in.
        tokens: The tokens of `text`.
        offset: Where it begins.
        line: What comes before it on its line, with scripts in their places.
    """

    def __init__(self, text: str, tokens: list[Token], offset: int, line: str) -> None:
        index = bisect.bisect_left(tokens, offset, key=lambda token: token.start)
        self.hole = _token_at(text, tokens, index, offset)
        self.before = tokens[index - 1] if index else None
        self.column = len(line)
        self.begins_line = not line.strip()
        self.indent = _value_indent(text, tokens, index)
        after = next((token for token in tokens[index : index + 2] if token.start > offset), None)
        self.after = after
        self.ends_line = after is None or "\n" in text[self.hole.end : after.start]
        self.column_after = after.start - text.rfind("\n", 0, after.start) - 1 if after else 0
        self.follows_by = (
            self.before is not None
            and self.before.text == "by"
            and text[self.before.end : offset].isspace()
        )

    @property
    def word_before(self) -> str:
        return self.before.text if self.before is not None else ""

    @property
    def word_after(self) -> str:
        """What comes next, if it is on the same line or could go on what stands here."""
        if self.after is None:
            return ""
        begins_line = (
            self.after.kind is not TokenKind.SYMBOL
            or self.after.text[0] == "#"
            or self.after.text in _BEGINS_LINE | _CLOSES
        )
        return "" if self.ends_line and begins_line else self.after.text

    @property
    def is_closed(self) -> bool:
        """Whether a closing bracket comes next, which nothing before it can take."""
        if self.after is None:
            return False
        # In an interpolated string the bracket belongs to the next part of the string.
        is_string = self.after.kind is TokenKind.STRING and self.after.text[0] == "}"
        return is_string or self.after.text in _CLOSES

    def runs_on(self, lines: list[str]) -> bool:
        """Whether what comes next could become part of a script that stands here."""
        if self.after is None or self.is_closed:
            return False
        if self.ends_line and self.after.text == "|":
            last = lines[-1] if _last_tactic(lines) else " ".join(lines)
            takes_any = any(token.text in _TAKES_PATTERNS for token in tokenize(last))
            return takes_any or (self.column_after >= self.column and not _is_plain(lines))
        if self.word_after in _JOINS and (len(lines) > 1 or lines[0].startswith("·")):
            return True
        return bool(self.word_after) and not (self.word_after in _BESIDE and _is_plain(lines))

    def splits(self, lines: list[str]) -> bool:
        """Whether a script would not be one tactic for what comes before the place."""
        if self.word_before in _JOINS and self.begins_line:
            return len(lines) > 1 or " " in lines[0]
        if self.word_before in _OPENS_SEQUENCE or self.begins_line:
            return False
        return len(lines) > 1 or any(token.text in _SPLITS for token in tokenize(lines[0]))


def _token_at(text: str, tokens: list[Token], index: int, offset: int) -> Token:
    """The token at an offset, also where Lean reads one in what was taken for a string."""
    if index < len(tokens) and tokens[index].start == offset:
        return tokens[index]
    return replace(tokenize(text[offset:])[0], start=offset)


def _value_indent(text: str, tokens: list[Token], index: int) -> int | None:
    """The usual indentation of a declaration's value, if the token is all of that value."""
    end = index - 1 if index and tokens[index - 1].text == "by" else index
    if not end or tokens[end - 1].text != ":=":
        return None
    keyword = next((i for i in reversed(range(end)) if tokens[i].text in DECLARATIONS), None)
    if keyword is None:
        return None
    depth = 0
    for token in tokens[keyword : end - 1]:
        depth += (token.text in _BRACKETS) - (token.text in _CLOSES)
        if depth == 0 and token.text in {":=", "by", "where"}:
            return None
    start = text.rfind("\n", 0, tokens[keyword].start) + 1
    line = text[start : tokens[keyword].start]
    return len(line) - len(line.lstrip()) + 2 if depth == 0 else None


def _write_tactics(site: _Site, lines: list[str]) -> tuple[int, str]:
    if site.word_before not in _FOCUSES and _sees_all_goals(lines):
        lines = [f"· {lines[0]}", *(f"  {line}" for line in lines[1:])]
    if site.splits(lines) or site.runs_on(lines):
        return site.hole.start, f"({_aligned(lines, site.column + 1)})"
    if site.follows_by and len(lines) > 1 and site.indent is not None and not site.begins_line:
        assert site.before is not None  # noqa: S101
        return site.before.end, _block(lines, site.indent)
    return site.hole.start, _aligned(lines, site.column)


def _write_term(site: _Site, lines: list[str]) -> tuple[int, str]:
    if site.word_after:
        is_listed = site.is_closed or site.word_after == ","
        bare = is_listed and site.word_before in {"(", "⟨", "[", ","} and not site.runs_on(lines)
    else:
        bare = site.word_before in _OPENS_TERM and not site.runs_on(lines)
    left, right = ("", "") if bare else ("(", ")")
    if len(lines) > 1 and bare and site.begins_line:
        return site.hole.start, "by" + _block(lines, site.column + 2)
    if len(lines) > 1 and bare and site.indent is not None:
        return site.hole.start, "by" + _block(lines, site.indent)
    body = _aligned(lines, site.column + len(left) + len("by "))
    return site.hole.start, f"{left}by {body}{right}"


def _sees_all_goals(lines: list[str]) -> bool:
    return any(token.text in _SEES_ALL_GOALS for line in lines for token in tokenize(line))


def _is_plain(lines: list[str]) -> bool:
    """Whether a script ends with a tactic that takes no comma, bar or the like."""
    tokens = list(_outside_brackets(tokenize(_last_tactic(lines))))
    if not tokens or tokens[0].kind is not TokenKind.IDENTIFIER:
        return False
    head, *arguments = tokens
    if not arguments:
        return head.text not in _OPEN_ENDED | _TAKES_PATTERNS
    return head.text in _PLAIN_HEADS and all(
        token.text in _PLAIN_SYMBOLS
        if token.kind is TokenKind.SYMBOL
        else token.text not in _OPEN_ENDED
        for token in arguments
    )


def _outside_brackets(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        closes = token.kind is TokenKind.SYMBOL and token.text in _CLOSES
        depth -= closes
        opens = token.kind is TokenKind.SYMBOL and token.text in _BRACKETS
        if depth == 0 and not opens and not closes:
            yield token
        depth += opens


def _last_tactic(lines: list[str]) -> str:
    """The last line without its bullets; empty if it belongs to a tactic of the lines above."""
    body = lines[-1].lstrip(" ·")
    column = len(lines[-1]) - len(body)
    for line in reversed(lines):
        content = line.lstrip(" ·")
        indent = len(line) - len(line.lstrip())
        if content and len(line) - len(content) < column:
            return ""
        column = min(column, indent)
    return body


def _last_line(text: str) -> str:
    return text[text.rfind("\n") + 1 :]


def _aligned(lines: list[str], column: int) -> str:
    return f"\n{' ' * column}".join(lines)


def _block(lines: list[str], indent: int) -> str:
    return "".join(f"\n{' ' * indent}{line}" for line in lines)
