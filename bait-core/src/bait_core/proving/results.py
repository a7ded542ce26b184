"""The results for the theorems to be proved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, overload

from bait_core.domain import (
    CONDITIONAL,
    SOUND,
    Foundations,
    SearchStatus,
    Theorem,
    is_final,
    verdict,
)
from bait_core.notebooks import html_table
from bait_core.proving.replacement import Replacement
from bait_core.traces import TraceRecord

_NOT_BEGUN = "not begun: the run ended before"
UNSEARCHED = "unsearched"
"""The status of a theorem whose search had not begun when the run ended."""


@dataclass(frozen=True, slots=True)
class TheoremResult:
    """The result for one theorem.

    Attributes:
        status: How its search ended: `proved`, `failed`, `timeout`, `error`, `interrupted`,
            `unstarted`; or `unsearched`, if it was not begun.
        foundations: What it rests on with this proof, in the filled file if there is one.
        replacement: Where the proof goes in the file; None if it does not go into one.
    """

    TITLES: ClassVar = ("theorem", "result", "seconds", "expansions")

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
        """The status, or `conditional` if a proved theorem rests on something unproved."""
        return verdict(self.status, self.foundations)

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a table under `TITLES`."""
        return self.theorem.name, self.verdict, f"{self.seconds:.1f}", str(self.expansions)

    @property
    def is_proved(self) -> bool:
        """Whether the theorem itself is proved, not just its hole."""
        return self.verdict == SearchStatus.PROVED

    @property
    def is_left(self) -> bool:
        """Whether the theorem is still to be searched."""
        return self.status == UNSEARCHED or not is_final(self.status)


def result_of(record: TraceRecord) -> TheoremResult:
    """The result for the theorem of a record."""
    accepted = record.proof if record.status == SearchStatus.PROVED else None
    return TheoremResult(
        Theorem(record.theorem, record.statement, record.source),
        record.status,
        record.message,
        accepted.script if accepted else "",
        record.seconds,
        record.expansions,
        accepted.foundations if accepted else SOUND,
    )


def complete(
    theorems: Iterable[Theorem], results: Mapping[str, TheoremResult]
) -> list[TheoremResult]:
    """The results in order, including theorems not begun when the run ended."""
    return [
        results.get(theorem.name) or TheoremResult(theorem, UNSEARCHED, _NOT_BEGUN)
        for theorem in theorems
    ]


class ProofResults(Sequence[TheoremResult]):
    """The results for all theorems, in order; a notebook shows a table.

    Attributes:
        file: The file of the theorems, if any.
        filled: Its text with the proofs, as accepted by a fresh prover; None if there is no file
            or no proof.
        traces: The trace file with the records of the searches.
    """

    def __init__(
        self,
        results: Iterable[TheoremResult],
        *,
        file: Path | None = None,
        filled: str | None = None,
        traces: Path | None = None,
    ) -> None:
        self._results = tuple(results)
        self.file = file
        self.filled = filled
        self.traces = traces

    @overload
    def __getitem__(self, index: int) -> TheoremResult: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[TheoremResult]: ...
    def __getitem__(self, index: int | slice) -> TheoremResult | Sequence[TheoremResult]:
        return self._results[index]

    def __len__(self) -> int:
        return len(self._results)

    @property
    def all_proved(self) -> bool:
        """Whether each theorem is proved and rests on nothing open."""
        return all(result.is_proved for result in self)

    @property
    def summary(self) -> str:
        """One line: how many are proved, and how many are left."""
        proved = sum(result.is_proved for result in self)
        conditional = sum(result.verdict == CONDITIONAL for result in self)
        rest = f", {conditional} more if what they rest on is proved" if conditional else ""
        left = sum(result.is_left for result in self)
        partial = f"; {left} not fully searched (continue with --resume)" if left else ""
        return f"{proved} of {len(self)} proved{rest}{partial}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary}>"

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        lines = [(*result.cells, result.proof or result.message) for result in self]
        return html_table((*TheoremResult.TITLES, "proof"), lines, self.summary)

    def as_json(self) -> dict[str, Any]:
        """The object that `bait prove --json` writes."""
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
                    "file": str(self.file) if self.file else None,
                    "edit": result.replacement.as_json() if result.replacement else None,
                    **asdict(result.foundations),
                }
                for result in self
            ],
        }
