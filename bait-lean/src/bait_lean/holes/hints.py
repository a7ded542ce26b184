"""Explanations of Lean's errors that are due to which Lean is running."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NATIVE = 'A native Lean can: see "What the embedded Lean can\'t do" in docs/lean.md.'


@dataclass(frozen=True, slots=True)
class _Known:
    """An error that can be explained.

    Attributes:
        pattern: Found in its message.
        hint: The explanation.
    """

    pattern: re.Pattern[str]
    hint: str


_EMBEDDED = (
    _Known(
        re.compile(
            r"Unknown constant `(?:_private\.[^`]*|[^`]*\._[^`]*)`|has not been implemented"
        ),
        "The embedded Lean can't run elaborators, tactics and macros of the file's own that call "
        f"Lean's code: its library comes without it. {_NATIVE}",
    ),
    _Known(
        re.compile(r"error code: 52, function not implemented"),
        f"The embedded Lean can't start programs, such as the SAT solver of `bv_decide`. {_NATIVE}",
    ),
    _Known(
        re.compile(
            r"definition with an exposed body|failed to unfold `|did not delta reduce"
            r"|is not definitionally equal to|did not reduce to `isTrue`"
            r"|^Type mismatch\n  rfl\n"
        ),
        "If the text is right, the embedded Lean may not know the body of a "
        f"definition of the library, such as `Nat.repr`. {_NATIVE}",
    ),
)
_IN_PROJECT = (
    _Known(
        re.compile(r"unknown module prefix|object file '[^']*' of module .* does not exist"),
        "Type `lake build` in the project, and before it `lake exe cache get` for Mathlib's "
        "compiled files; a package that the lakefile does not require has to be added there.",
    ),
)


def hint_for(message: str, *, embedded: bool) -> str:
    """What a user should know about an error message from Lean; "" if nothing special.

    Args:
        message: The message.
        embedded: Whether it is the embedded Lean's.
    """
    known = _EMBEDDED if embedded else _IN_PROJECT
    return next((item.hint for item in known if item.pattern.search(message)), "")
