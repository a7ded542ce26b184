"""How proofs and statuses look in a terminal."""

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
    """Text moved to the right, without blanks behind its lines."""
    return Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, columns), expand=False)


def code(text: str) -> Text:
    """Proof text with the colours of its syntax; Lean's serve other provers, too."""
    highlighted = Syntax(text, "lean", background_color="default").highlight(text)
    highlighted.rstrip()
    return highlighted


def rests_on(foundations: Foundations) -> str:
    """What a theorem rests on that is not proved yet; empty if it is all proved."""
    return f"rests on what is open: {', '.join(foundations.open)}" if foundations.open else ""


def axioms_used(foundations: Foundations) -> str:
    """The axioms of the user's own that a theorem uses; empty if it uses none."""
    plural = "s" if len(foundations.axioms) > 1 else ""
    return f"uses the axiom{plural} {', '.join(foundations.axioms)}" if foundations.axioms else ""
