"""Rendering of proofs and statuses in a terminal."""

from __future__ import annotations

from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from bait_core.domain import CONDITIONAL, Foundations

_STYLES = {
    "proved": "green",
    "accepted": "green",
    CONDITIONAL: "yellow",
    "subgoals": "cyan",
    "open": "yellow",
    "failed": "yellow",
    "timeout": "yellow",
}


def status_style(status: str) -> str:
    """The colour of a theorem's, goal's or tactic's status."""
    return _STYLES.get(status, "red")


def indented(text: Text | str, columns: int) -> Padding:
    """Indented text without trailing whitespace."""
    return Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, columns), expand=False)


def code(text: str) -> Text:
    """Proof text with syntax highlighting; Lean's highlighter also works for other provers."""
    highlighted = Syntax(text, "lean", background_color="default").highlight(text)
    highlighted.rstrip()
    return highlighted


def rests_on(foundations: Foundations) -> str:
    """The unproved dependencies of a theorem; empty if there are none."""
    return f"rests on what is open: {', '.join(foundations.open)}" if foundations.open else ""


def axioms_used(foundations: Foundations) -> str:
    """The user's own axioms that a theorem uses; empty if it uses none."""
    plural = "s" if len(foundations.axioms) > 1 else ""
    return f"uses the axiom{plural} {', '.join(foundations.axioms)}" if foundations.axioms else ""
