"""How much of the human proofs the tactic language covers, by file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bait_holist.human_proofs.records import HumanProof


@dataclass(slots=True)
class Rates:
    """Numbers of proofs and steps.

    Attributes:
        linear: Proofs whose steps form a linear script.
        proved_again: Proofs whose linear script alone proves the theorem.
        expressible: Steps that the tactic language can express.
        reproduced: Steps whose text in it gives the same subgoals.
    """

    proofs: int = 0
    linear: int = 0
    proved_again: int = 0
    steps: int = 0
    expressible: int = 0
    reproduced: int = 0

    def add(self, proof: HumanProof) -> None:
        """Count one more proof."""
        self.proofs += 1
        self.linear += proof.script is not None
        self.proved_again += proof.linear_script is not None
        self.steps += len(proof.steps)
        self.expressible += sum(step.is_expressible for step in proof.steps)
        self.reproduced += sum(step.is_reproduced for step in proof.steps)


@dataclass(slots=True)
class FileRates:
    """Rates of human proofs, in total and by file, and of proof procedures."""

    total: Rates = field(default_factory=Rates)
    files: dict[str, Rates] = field(default_factory=dict)
    procedural: Rates = field(default_factory=Rates)


def rates_by_file(proofs: Iterable[HumanProof]) -> FileRates:
    """Count proofs and steps by file, in the order in which the library loads the files."""
    rates = FileRates()
    for proof in proofs:
        if proof.is_procedural:
            rates.procedural.add(proof)
        else:
            rates.total.add(proof)
            rates.files.setdefault(proof.file, Rates()).add(proof)
    return rates


def rates_table(rates: FileRates) -> str:
    """The rates as a Markdown table: a row for each file, then the total."""
    head = ["file", "proofs", "proved again", "steps", "expressible", "reproduced"]
    rows = [_row(name, file) for name, file in rates.files.items()]
    rows.append(_row("total", rates.total))
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _row(name: str, rates: Rates) -> list[str]:
    proofs, steps = max(rates.proofs, 1), max(rates.steps, 1)
    return [
        name,
        str(rates.proofs),
        f"{rates.proved_again / proofs:.1%}",
        str(rates.steps),
        f"{rates.expressible / steps:.1%}",
        f"{rates.reproduced / steps:.1%}",
    ]
