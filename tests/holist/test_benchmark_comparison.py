"""Comparing HOList's database with HOL Light: each class, and that every entry is in one."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from bait_holist.benchmark.comparison import Match, compare, comparison_table
from bait_holist.benchmark.database import TheoremDatabase
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.library import Library
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.launch import Server
from bait_holist.prover.replies import Fact
from bait_holist.terms import canonical, parse

DATABASE = Path(__file__).parents[2].parent / "shared/data/holist/theorem_database_v1.1.textpb.xz"


def forall(name: str, type_: str, body: str) -> str:
    return f"(a (c (fun (fun {type_} (bool)) (bool)) !) (l (v {type_} {name}) {body}))"


def equal(left: str, right: str, type_: str) -> str:
    return (
        f"(a (a (c (fun {type_} (fun {type_} (bool))) =) (v {type_} {left})) (v {type_} {right}))"
    )


def reflexive(name: str, type_: str) -> str:
    return forall(name, type_, equal(name, name, type_))


FALSE = "(c (bool) F)"


@pytest.mark.parametrize(
    ("conclusion", "function", "match"),
    [
        pytest.param(reflexive("x", "A"), "TAC_PROOF", Match.SAME, id="same"),
        pytest.param(
            reflexive("x", "?12"), "TAC_PROOF", Match.TYPE_VARIABLES, id="other type variable"
        ),
        pytest.param(reflexive("y", "A"), "TAC_PROOF", Match.VARIABLES, id="other variable"),
        pytest.param(reflexive("y", "B"), "TAC_PROOF", Match.VARIABLES, id="both other"),
        pytest.param(reflexive("b", "(bool)"), "TAC_PROOF", Match.LEMMA, id="lemma"),
        pytest.param(
            reflexive("n", "(num)"), "specification", Match.SPECIFICATION, id="specification"
        ),
        pytest.param(reflexive("n", "(num)"), "TAC_PROOF", Match.ABSENT, id="other type"),
        pytest.param(FALSE, "TAC_PROOF", Match.ABSENT, id="false"),
    ],
)
def test_an_entry_is_in_the_first_class_that_holds(
    conclusion: str, function: str, match: Match
) -> None:
    fact = Fact(0, "EQ_REFL", "a.ml", 1, parse(reflexive("x", "A")), "!x. x = x")
    entry = pb.Theorem(conclusion=conclusion, proof_function=function)
    found = compare([entry], Library([fact], "2"), [reflexive("p", "(bool)")])
    assert {name: len(entries) for name, entries in found.items() if entries} == {match: 1}


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        pytest.param(
            forall("x", "A", forall("y", "A", equal("x", "y", "A"))),
            forall("y", "A", forall("x", "A", equal("y", "x", "A"))),
            True,
            id="binders renamed",
        ),
        pytest.param(
            forall("x", "A", forall("y", "A", equal("x", "y", "A"))),
            forall("x", "A", forall("y", "A", equal("y", "x", "A"))),
            False,
            id="swapped",
        ),
        # The inner binder hides the outer one.
        pytest.param(
            forall("x", "A", forall("x", "A", equal("x", "x", "A"))),
            forall("x", "A", forall("y", "A", equal("x", "x", "A"))),
            False,
            id="hidden by the inner binder",
        ),
        # Variables of one name and two types differ.
        pytest.param(
            forall("x", "A", forall("x", "B", equal("x", "x", "A"))),
            forall("x", "A", forall("y", "B", equal("x", "x", "A"))),
            True,
            id="one name, two types",
        ),
        pytest.param(equal("x", "y", "A"), equal("u", "v", "B"), True, id="free variables"),
        pytest.param(
            equal("x", "y", "A"), equal("u", "u", "A"), False, id="free variables made one"
        ),
        pytest.param(equal("x", "y", "A"), equal("x", "y", "(num)"), False, id="another type"),
        pytest.param(
            forall("x", "A", equal("x", "y", "A")),
            forall("y", "A", equal("y", "y", "A")),
            False,
            id="captured variable",
        ),
        pytest.param(
            forall("x", "A", forall("y", "B", equal("x", "x", "A"))),
            forall("x", "A", forall("y", "A", equal("x", "x", "A"))),
            False,
            id="type of a binder",
        ),
    ],
)
def test_terms_are_the_same_up_to_names_only(left: str, right: str, same: bool) -> None:
    assert (canonical(parse(left)) == canonical(parse(right))) is same


def test_the_table_shows_counts_shares_and_short_examples() -> None:
    entries = [pb.Theorem(pretty_printed=f"|- [{'x' * size}]\n  = y") for size in (300, 1, 2)]
    console = Console(record=True, width=200)
    console.print(comparison_table({Match.SAME: entries, Match.ABSENT: entries[:1]}))
    text = console.export_text()
    assert "4 statements" in text
    assert "75.0%" in text
    assert "|- [x] = y" in text
    assert "x" * 101 not in text


@pytest.mark.hol
def test_the_core_theorems_in_the_running_hol_light(
    hol_light: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not DATABASE.exists():
        pytest.skip("HOList's theorem database is not here")
    monkeypatch.setenv("BAIT_HOME", str(tmp_path))
    worker = ProverConnection(hol_light.socket)
    library = Library(worker.library(), worker.greeting.version)
    worker.close()
    database = TheoremDatabase.load(DATABASE)
    found = compare(database.select(tag=pb.Theorem.THEOREM, library="core"), library, [])
    assert sum(len(entries) for entries in found.values()) == 2_320
    assert len(found[Match.SAME]) > 1_300
    assert len(found[Match.SPECIFICATION]) == 45
