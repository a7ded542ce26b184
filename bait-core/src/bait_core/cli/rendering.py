"""How proofs and statuses look in a terminal."""

from __future__ import annotations

from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

_STYLES = {
    "proved": "green",
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
