"""What it costs to accept a proof by what Lean's environment holds.

Compared, in one Lean process and in turn, for each hole of a file: elaborating the declaration with
its proof and asking `#print axioms` about its name, which is what a check by name does and is no
evidence; and the acceptance of BAIT, which elaborates the declaration with its hole open and with
its proof, reports what both add, sends all of it through the kernel once more, and judges. The same
for the whole filled file: by name, each declaration is elaborated alone, then the whole file with
and without its proofs. Each figure is the median of the rounds.

    python benchmarks/lean_acceptance.py [--rounds 10]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bait_core.domain import Goal
from bait_lean.checking.filling import FilledDocument
from bait_lean.environment.environment import LeanEnvironment, edits_in_document
from bait_lean.environment.options import LeanOptions
from bait_lean.holes.task import ProofTask
from bait_lean.prover.prover import Prover
from bait_lean.source.document import Piece
from bait_lean.source.placing import fill_places
from bait_lean.source.prefix import Prefix
from bait_lean.source.script import ScriptLine

TARGET = 2.0
"""How many times as long as the check by name the acceptance may take."""
GOAL = Goal("none", "")

PROOFS = {
    "size_pos": ("(t : Tree) : 0 < t.size", "cases t <;> simp [Tree.size] <;> omega"),
    "mirror_size": (
        "(t : Tree) : t.mirror.size = t.size",
        (
            "induction t with\n| leaf => rfl\n"
            "| node l x r ihl ihr => simp [Tree.mirror, Tree.size]; omega"
        ),
    ),
    "mirror_mirror": (
        "(t : Tree) : t.mirror.mirror = t",
        "induction t with\n| leaf => rfl\n| node l x r ihl ihr => simp_all [Tree.mirror]",
    ),
    "sum_comm": ("(a b c : Nat) (h : a < b) : a + c < c + b", "omega"),
    "bounds": ("(x y : Int) (h : 2 * x + 1 = y) : ¬ 2 * x = y", "omega"),
    "lengths": (
        "(xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length",
        "simp [Nat.add_comm]",
    ),
    "logic": ("(p q r : Prop) (h : p ∧ q → r) (hp : p) (hq : q) : r", "grind"),
    "decided": (": ∀ a b : Fin 12, a + b = b + a", "decide"),
    "by_term": ("(p q : Prop) (h : p ∧ q) : q ∧ p", "exact ⟨h.2, h.1⟩"),
    "map_map'": ("(xs : List Nat) : (xs.map id).map id = xs", "induction xs <;> simp_all"),
}
HEAD = """inductive Tree where
  | leaf : Tree
  | node : Tree → Nat → Tree → Tree
def Tree.size : Tree → Nat
  | leaf => 1
  | node l _ r => l.size + 1 + r.size
def Tree.mirror : Tree → Tree
  | leaf => leaf
  | node l x r => node r.mirror x l.mirror
"""
TEXT = HEAD + "".join(
    f"theorem {name} {what} := by\n  sorry\n" for name, (what, _) in PROOFS.items()
)


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


class Subject:
    """The holes of the file, and the one process in which both ways are taken."""

    def __init__(self, folder: Path) -> None:
        file = folder / "File.lean"
        file.write_text(TEXT)
        self.environment = LeanEnvironment(LeanOptions(file=file, command_timeout=600))
        self.entries = self.environment._all()
        self.checker = self.environment._checker
        self.prover: Prover = self.checker._living_prover()
        self.document = next(iter(self.entries.values())).document

    def task(self, name: str) -> ProofTask:
        """The hole of a theorem."""
        entry = self.entries[name]
        context = entry.proved.context(entry.hole.piece)
        return ProofTask(entry.document, entry.hole, context.prefix, context.forbidden)

    def filled(self, piece: Piece) -> str:
        """A piece with the proof of its hole."""
        scripts = {
            entry.hole.place: PROOFS[name][1]
            for name, entry in self.entries.items()
            if entry.hole.piece is piece
        }
        return fill_places(piece.text, scripts)

    def check_by_name(self, name: str) -> None:
        """Elaborate the filled declaration and ask for the axioms of its name."""
        task = self.task(name)
        self.ask_by_name(self.filled(task.hole.piece), task.prefix, [name])

    def ask_by_name(self, text: str, prefix: Prefix | None, names: Sequence[str]) -> Prefix:
        """Elaborate a text and ask for axioms after it."""
        reply = self.prover.command(text, prefix)
        after = prefix.then(text) if prefix else Prefix(text)
        self.prover.remember(after, reply.env)
        for name in names:
            self.prover.command(f"#print axioms {name}", after)
        return after

    def check(self, name: str) -> None:
        """Have the checker accept the proof, with nothing remembered of the declaration."""
        self.prover._replies.clear()
        lines = [ScriptLine(line, GOAL) for line in PROOFS[name][1].split("\n")]
        result = self.checker.check(self.task(name), lines)
        assert result.accepted, result.message

    def check_file_by_name(self) -> None:
        """Elaborate the filled file in pieces, asking for axioms, then it and the open one."""
        prefix: Prefix | None = None
        for piece in self.document.pieces:
            names = [declaration.name for declaration in piece.declarations]
            prefix = self.ask_by_name(self.filled(piece), prefix, names)
        self.prover.command("".join(map(self.filled, self.document.pieces)), None)
        self.prover.command(self.document.text, None)

    def check_file(self) -> None:
        """Accept the whole filled file."""
        self.prover._replies.clear()
        changes = edits_in_document(
            {name: (entry.hole, PROOFS[name][1]) for name, entry in self.entries.items()}
        )
        FilledDocument(self.document, changes, frozenset()).verify(self.prover)


def measure(subject: Subject, rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """Seconds by name and by acceptance, for each hole and the file, in turn."""
    ways: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        name: (partial(subject.check_by_name, name), partial(subject.check, name))
        for name in subject.entries
    }
    ways["the whole file"] = (subject.check_file_by_name, subject.check_file)
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ways}
    for number in range(-1, rounds):
        for name, both in ways.items():
            for way in (0, 1) if number % 2 else (1, 0):
                spent = seconds(both[way])
                if number >= 0:  # the first round warms up
                    times[name][way].append(spent)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        subject = Subject(Path(folder))
        try:
            times = measure(subject, rounds)
        finally:
            subject.environment.close()
    table = Table("hole", "by name, ms", "accepted, ms", "ratio", title=f"{rounds} rounds, medians")
    total = [0.0, 0.0]
    for name, (by_name, accepted) in times.items():
        medians = statistics.median(by_name), statistics.median(accepted)
        if name != "the whole file":
            total = [sum(pair) for pair in zip(total, medians, strict=True)]
        table.add_row(name, *(f"{m * 1e3:.1f}" for m in medians), f"{medians[1] / medians[0]:.2f}")
    table.add_row("all holes", *(f"{m * 1e3:.1f}" for m in total), f"{total[1] / total[0]:.2f}")
    console = Console()
    console.print(table)
    console.print(f"Target: at most {TARGET:g} times for all holes, and for the whole file.")


if __name__ == "__main__":
    main()
