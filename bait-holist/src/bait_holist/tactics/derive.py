"""How `templates.json` is made from recorded human steps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from bait_holist.tactics.templates import TERM_SOURCES

_WORD = re.compile(r"`[^`]*`|\"[^\"]*\"|[A-Za-z_][\w']*|\[|\]|[^\s]")
_LIST = re.compile(r"\[ ?(?:(?:GSYM )?\?(?: ; )?)+ ?\]")


def template_of(tactic: str, theorems: Collection[str]) -> str | None:
    """The tactic with its theorems and terms left out; None if nobody could fill the gaps."""
    words = [_gap(word, theorems) for word in _WORD.findall(tactic)]
    text = _LIST.sub("[?]", " ".join(words))
    text = text.replace("[ ]", "[]").replace("( ", "(").replace(" )", ")")
    if text.count("?") + text.count("!") > 1:
        return None
    return None if "!" in text and text.partition(" ")[0] not in TERM_SOURCES else text


def _gap(word: str, theorems: Collection[str]) -> str:
    if word.startswith("`"):
        return "!"
    return "?" if word in theorems else word


def derive_templates(
    tactics: Iterable[str], theorems: Collection[str], least: int
) -> list[tuple[str, int]]:
    """Templates that occur at least `least` times, with their counts, most frequent first."""
    templates = (template_of(tactic, theorems) for tactic in tactics)
    counts = Counter(template for template in templates if template is not None)
    return [(text, count) for text, count in counts.most_common() if count >= least]
