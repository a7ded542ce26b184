"""What `bait prove` tells in the end, to people and to programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bait_core.cli.prove.replacement import Replacement
from bait_core.cli.rendering import (
    CONDITIONAL,
    axioms_used,
    code,
    indented,
    rests_on,
    status_style,
    verdict,
)
from bait_core.domain import SOUND, Foundations, SearchStatus, Theorem
from bait_core.traces import TraceRecord

_INDENT = len(CONDITIONAL) + 1
UNSEARCHED = "unsearched"
"""The status of a theorem whose search was not begun when the run ended."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one theorem.

    Attributes:
        status: How its search ended: `proved`, `failed`, `timeout`, `error`, `interrupted`; or
            `unsearched`, if it was not begun.
        foundations: What it rests on with this proof, in the filled file if there is one.
        replacement: Where the proof goes in the file; None if it goes nowhere.
    """

    theorem: Theorem
    status: str
    message: str = ""
    proof: str = ""
    seconds: float = 0.0
    expansions: int = 0
    foundations: Foundations = SOUND
    replacement: Replacement | None = None

    @property
    def verdict(self) -> str:
        """The status, or `conditional`: `proved` is said only of what rests on nothing open."""
        return verdict(self.status, self.foundations)

    @property
    def is_proved(self) -> bool:
        """Whether the theorem is proved, and not only its hole."""
        return self.verdict == SearchStatus.PROVED

    @property
    def is_left(self) -> bool:
        """Whether the theorem is still to be searched."""
        return self.status in {UNSEARCHED, SearchStatus.INTERRUPTED}


def result_of(record: TraceRecord) -> Result:
    """What became of the theorem of a record."""
    accepted = record.proof if record.status == SearchStatus.PROVED else None
    return Result(
        Theorem(record.theorem, record.statement, record.source),
        record.status,
        record.message,
        accepted.script if accepted else "",
        record.seconds,
        record.expansions,
        accepted.foundations if accepted else SOUND,
    )


def complete(theorems: Iterable[Theorem], results: Mapping[str, Result]) -> list[Result]:
    """The results in order, those theorems included that were not begun when the run ended."""
    return [
        results.get(theorem.name) or Result(theorem, UNSEARCHED, "not begun: the run ended before")
        for theorem in theorems
    ]


def as_json(results: Sequence[Result], file: Path | None) -> dict[str, Any]:
    """The object that `bait prove --json` writes.

    Args:
        results: What became of the theorems.
        file: The file that they are from; None if they are from none.
    """
    return {
        "schema": 1,
        "theorems": [
            {
                "name": result.theorem.name,
                "status": result.verdict,
                "proof": result.proof or None,
                "seconds": round(result.seconds, 3),
                "expansions": result.expansions,
                "message": result.message,
                "file": str(file) if file else None,
                "edit": result.replacement.as_json() if result.replacement else None,
                **asdict(result.foundations),
            }
            for result in results
        ],
    }


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Each theorem with its proof, or why there is none; then a summary line."""
    for result in results:
        console.print(
            Text.assemble(
                (f"{result.verdict:{_INDENT}}", f"bold {status_style(result.verdict)}"),
                (result.theorem.name, "bold"),
                f"  {result.seconds:.1f} s, {result.expansions} expansions",
                (f"  {result.theorem.source}", "dim"),
            )
        )
        if result.message:
            console.print(indented(result.message, _INDENT))
        if result.verdict == CONDITIONAL:
            console.print(indented(f"proved, but {rests_on(result.foundations)}", _INDENT))
        if axioms := axioms_used(result.foundations):
            console.print(indented(axioms, _INDENT))
        if result.proof:
            console.print(indented(code(result.proof), _INDENT))
    console.print(Text(_summary(results), "bold"))


def _summary(results: Sequence[Result]) -> str:
    proved = sum(result.is_proved for result in results)
    conditional = sum(result.verdict == CONDITIONAL for result in results)
    rest = f", {conditional} more if what is open gets proved" if conditional else ""
    left = sum(result.is_left for result in results)
    partial = f"; {left} not searched to the end, --resume goes on with them" if left else ""
    return f"{proved} of {len(results)} proved{rest}{partial}"
