"""Cutting text into tokens as Lean does."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from bait_lean.source.commands import is_hole, scan
from bait_lean.source.lexer import TokenKind, components, tokenize

from .server_process import LeanServer

NAMES = [
    "théorème",
    "größe.łatwe",
    "a.«b c».d",
    "«a.b».c",
    "«».x",
    "«a«b»",
    "«a\nb».c",
    "«a»b",
    "a.1",
    "x.fst.2",
    "a.",
    "a..b",
    "fo!",
    "h'",
    "h?.x'!",
    "x₁ᵢ.ⱼ",
    "αλ",
    "aΠ",
    "aΣ",
    "a×b",
    "a÷",
    "zⱼ",
    "𝒜.ℕ",
    "_x._",
    "sorry.trans",
    "a.sorry",
]
FIRST = "aZéßÿÀŁſαωΩϻἀ῾ℂ⅏𝒜𝖟"
REST = "9'!?₀₉ₐᵢᵪⱼ"
"""With `FIRST` the ends of Lean's ranges; their neighbours follow, but for operators."""
BOUNDARIES = "»\u00bf÷\u0180ΐλΠΣϼỿ῿\u20ff⅐\U0001d49b\U0001d5a0₊₏₝ᵡᵫⱻⱽ"


def random_names(seed: int, number: int) -> Iterator[str]:
    """Texts that begin with a name, whatever may come then."""
    choice = random.Random(seed)

    def part() -> str:
        if choice.random() < 0.15:
            inside = "".join(choice.choices(FIRST + BOUNDARIES + ". '\"`-", k=choice.randrange(4)))
            return f"«{inside.replace('»', '')}»"
        letters = choice.choices(
            [FIRST, REST, BOUNDARIES, None], [4, 4, 1, 2], k=choice.randrange(5)
        )
        return choice.choice(FIRST) + "".join(
            choice.choice(kind) if kind else chr(choice.randrange(0xA0, 0x3000)) for kind in letters
        )

    for _ in range(number):
        yield ".".join(part() for _ in range(choice.choice([1, 1, 2, 3])))


def lean_names(server: LeanServer, names: list[str]) -> list[str]:
    """The name that each of some texts begins with, as Lean reads it."""
    lines: dict[int, str] = {}
    found: dict[str, str] = {}
    text = ""
    for name in names:
        lines[text.count("\n") + 1] = name
        text += f"#check {name} z\n"
    rows = text.split("\n")
    for message in server.ask(cmd=text)["messages"]:
        start, end = message["pos"], message["endPos"]
        if message["data"].startswith("Unknown identifier") and start["column"] == len("#check "):
            row = rows[start["line"] - 1 : end["line"]]
            row[-1] = row[-1][: end["column"]]
            found.setdefault(lines[start["line"]], "\n".join(row)[start["column"] :])
    return [found.get(name, "") for name in names]


@pytest.mark.parametrize("names", [NAMES, list(random_names(16, 600))], ids=["chosen", "random"])
@pytest.mark.lean
def test_names_end_where_lean_ends_them(lean_server: LeanServer, names: list[str]) -> None:
    ours = [tokenize(f"{name} z")[0] for name in names]
    assert [token.text for token in ours] == lean_names(lean_server, names)
    assert all(token.kind is TokenKind.IDENTIFIER for token in ours)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.«b.c».d", ["a", "«b.c»", "d"]),
        ("théorème", ["théorème"]),
        ("``a.b", ["a", "b"]),
        ("«».x", ["«»", "x"]),
    ],
)
def test_components_keep_dots_in_quotes(name: str, parts: list[str]) -> None:
    assert components(name) == parts


HOLES = [
    ("exact sorry", 1),
    ("admit", 1),
    ("`sorry = `sorry", 0),
    ("``sorry", 0),
    ("`(tactic| sorry)", 1),
    ("«sorry»", 0),
    ("a.sorry.b", 0),
    ('"{sorry}"', 0),
    ('s!"{xs[1]\'(by sorry)} sorry"', 1),
    ('m! "{f "sorry" {x := sorry}}{sorry} sorry"', 2),
    ('s!"a\\{sorry} \\" {s!"{sorry}"}"', 1),
    ('throwError "{sorry}"', 1),
    ('panic! "{sorry}"', 0),
    ('m.get! "{" sorry "}"', 1),
    ('s!"{sorry', 0),
    ('x! "{" sorry', 1),
    ("1sorry", 1),
    ("0xa sorry", 1),
]


@pytest.mark.parametrize(("text", "number"), HOLES, ids=[text for text, _ in HOLES])
def test_holes_are_words_of_the_program(text: str, number: int) -> None:
    assert sum(is_hole(token) for token in tokenize(text)) == number


def test_names_with_accents_and_quotes_are_whole() -> None:
    text = (
        "namespace «a.b».é\ntheorem théorème.«c.d» : p := by sorry\nend «a.b».é\n"
        "theorem x : y := (z).end\ntheorem _root_.«a b» : p := admit\n"
    )
    commands = [command for command in scan(text) if command.declarations]
    names = [declaration.name for command in commands for declaration in command.declarations]
    assert names == ["«a.b».é.théorème.«c.d»", "x", "«a b»"]
    assert [len(command.holes) for command in commands] == [1, 0, 1]
