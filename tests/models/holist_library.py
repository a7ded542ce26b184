"""A library and examples small enough to train on in a second."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec

from bait_core.training import write_examples
from bait_holist.human_proofs.records import End, LibraryTheorem
from bait_models.trace_processors.holist import HolistExample

BOOL = "(bool)"
NOT = "(c (fun (bool) (bool)) ~)"
AND = "(c (fun (bool) (fun (bool) (bool))) /\\)"


def variable(name: str) -> str:
    return f"(v {BOOL} {name})"


def negated(term: str) -> str:
    return f"(a {NOT} {term})"


def both(first: str, second: str) -> str:
    return f"(a (a {AND} {first}) {second})"


STATEMENTS = {
    "NOT_1": negated(variable("p")),
    "NOT_2": negated(negated(variable("p"))),
    "AND_1": both(variable("p"), variable("q")),
    "AND_2": both(variable("q"), negated(variable("p"))),
    "LATE": negated(both(variable("p"), variable("q"))),
}
STEPS = [
    (negated(variable("x")), ("~",), "REWRITE_TAC [?]", ("NOT_1",)),
    (negated(negated(variable("x"))), ("~",), "REWRITE_TAC [?]", ("NOT_2",)),
    (both(variable("x"), variable("y")), ("/\\",), "CONJ_TAC", ()),
    (
        both(negated(variable("x")), negated(variable("y"))),
        ("/\\", "~"),
        "SIMP_TAC [?*]",
        ("AND_1", "AND_2"),
    ),
]


def write_library(path: Path) -> Path:
    """The theorems, as `bait holist export` writes them."""
    theorems = [
        LibraryTheorem(index, name, "a.ml", index, statement, name)
        for index, (name, statement) in enumerate(STATEMENTS.items())
    ]
    lines = (msgspec.json.encode(record) + b"\n" for record in (*theorems, End()))
    path.write_bytes(gzip.compress(b"".join(lines)))
    return path


def examples() -> list[HolistExample]:
    """Four steps with different tactics and theorems."""
    return [
        HolistExample(f"(g () {goal})", symbols, template, premises, 4)
        for goal, symbols, template, premises in STEPS
    ]


def write_steps(folder: Path, repeats: int = 8) -> Path:
    """The examples, several times."""
    found = [(f"t{n}", example) for n in range(repeats) for example in examples()]
    write_examples(folder, found, 0.3)
    return folder
