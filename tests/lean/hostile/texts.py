"""The texts that hostile files are made of: `poisons.txt` and its neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Poison:
    """A way to prove anything: a term of type `(0 : Nat) = 1`, and commands that allow for it."""

    fact: str
    text: str


@dataclass(frozen=True, slots=True)
class Shape:
    """Declarations with holes, and a theorem in the same lines that does not rest on them."""

    innocent: str
    text: str


def replaced(text: str, words: dict[str, str]) -> str:
    """A text with something else in the place of `§x` and the like."""
    return re.sub("|".join(sorted(words, key=len, reverse=True)), lambda m: words[m[0]], text)


def _sections(name: str) -> dict[str, str]:
    text = (Path(__file__).parent / name).read_text("utf-8")
    _, *parts = re.split(r"^== (.*)\n", text, flags=re.MULTILINE)
    return {title: part.strip("\n") for title, part in zip(parts[::2], parts[1::2], strict=True)}


def _noted(section: str, note: str, default: str) -> tuple[str, str]:
    """What a line `NOTE: ...` before a text says, and the text."""
    match = re.match(rf"{note}: (.*)\n\n", section)
    return (match[1], section[match.end() :]) if match else (default, section)


def _poisons(name: str) -> dict[str, Poison]:
    sections = _sections(name).items()
    return {title: Poison(*_noted(section, "fact", "§X")) for title, section in sections}


def _shapes(name: str) -> dict[str, Shape]:
    sections = _sections(name).items()
    return {title: Shape(*_noted(section, "innocent", "§y")) for title, section in sections}


POISONS = _poisons("poisons.txt")
KERNEL = _poisons("kernel.txt")
"""Those that change what the kernel does."""

SHAPES = _shapes("shapes.txt")
"""Declarations with holes."""

PROGRAMS = _sections("programs.txt")
"""Files that make `cheat` a term of type `False`."""
