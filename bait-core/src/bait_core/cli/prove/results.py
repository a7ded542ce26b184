"""What `bait prove` tells in the end, to people and to programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from bait_core.cli.rendering import code, indented, status_style
from bait_core.domain import Theorem
from bait_core.prover import SearchStatus
from bait_core.traces import TraceRecord


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one theorem; `status` is `proved`, `failed`, `timeout` or `error`."""

    theorem: Theorem
    status: str
    message: str = ""
    proof: str = ""
    seconds: float = 0.0
    expansions: int = 0


def result_of(record: TraceRecord) -> Result:
    """What became of the theorem of a record."""
    accepted = record.proof if record.status == SearchStatus.PROVED else None
    interrupted = record.status == SearchStatus.INTERRUPTED
    return Result(
        Theorem(record.theorem, record.statement, record.source),
        "error" if interrupted else record.status,
        record.message,
        accepted.script if accepted else "",
        record.seconds,
        record.expansions,
    )


def complete(theorems: Iterable[Theorem], results: Mapping[str, Result]) -> list[Result]:
    """The results in order, those theorems included that were not begun when the run ended."""
    return [
        results.get(theorem.name)
        or Result(theorem, "error", "not begun: the run was stopped before")
        for theorem in theorems
    ]


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """The object that `bait prove --json` writes."""
    return {
        "schema": 1,
        "theorems": [
            {
                "name": result.theorem.name,
                "status": result.status,
                "proof": result.proof or None,
                "seconds": round(result.seconds, 3),
                "expansions": result.expansions,
                "message": result.message,
            }
            for result in results
        ],
    }


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Each theorem with its proof, or why there is none; then a summary line."""
    for result in results:
        console.print(
            Text.assemble(
                (f"{result.status:8}", f"bold {status_style(result.status)}"),
                (result.theorem.name, "bold"),
                f"  {result.seconds:.1f} s, {result.expansions} expansions",
                (f"  {result.theorem.source}", "dim"),
            )
        )
        if result.message:
            console.print(indented(result.message, 9))
        if result.proof:
            console.print(indented(code(result.proof), 9))
    proved = sum(result.status == "proved" for result in results)
    console.print(Text(f"{proved} of {len(results)} proved", "bold"))
