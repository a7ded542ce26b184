"""Reading exports, counting, and human proofs as traces; no prover needed."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bait_core.traces import decode_record, encode_record
from bait_holist.errors import HumanProofsError
from bait_holist.human_proofs import (
    HumanGoal,
    HumanProof,
    HumanStep,
    LibraryTheorem,
    human_trace,
    human_traces,
    rates_by_file,
    rates_table,
    read_human_proofs,
    read_library_theorems,
)
from bait_holist.human_proofs.records import End

ROOT = HumanGoal("(g () (c (bool) T))", "`T`", ("T",))
LEFT = HumanGoal("(g () (v (bool) p))", "`p`", ())
RIGHT = HumanGoal("(g () (v (bool) q))", "`q`", ())
THEOREM = LibraryTheorem(0, "TRUTH", "bool.ml", 3, "(c (bool) T)", "T")
SPLIT = HumanStep(0, 2, "CONJ_TAC", (1, 2), tactic="CONJ_TAC")
CLOSED = HumanStep(1, 3, "REWRITE_TAC[]", (), tactic="REWRITE_TAC []")
CLOSURE = HumanStep(2, 4, "W(fun g -> ALL_TAC)", (), reason="a function that is not a composition")
OTHER = HumanStep(2, 4, "ALL_TAC", (), tactic="ALL_TAC", deviation="different")


def proof(*steps: HumanStep, **changes: Any) -> HumanProof:
    plain = HumanProof(
        name="A",
        binding="A",
        index=1,
        file="bool.ml",
        line=5,
        is_procedural=False,
        goals=(ROOT, LEFT, RIGHT),
        steps=steps,
        script=tuple(range(len(steps))),
    )
    return msgspec.structs.replace(plain, **changes)


def write(path: Path, *records: object) -> Path:
    with gzip.open(path, "wb") as file:
        file.writelines(msgspec.json.encode(record) + b"\n" for record in records)
    return path


def test_an_export_is_read_as_it_was_written(tmp_path):
    written = proof(SPLIT, CLOSED, CLOSURE, fault="a step can't be expressed")
    path = write(tmp_path / "export.gz", THEOREM, written, End())
    assert list(read_human_proofs(path)) == [written]
    assert list(read_library_theorems(path)) == [THEOREM]


def test_an_export_without_its_end_is_refused(tmp_path):
    path = write(tmp_path / "export.gz", THEOREM, proof(SPLIT))
    with pytest.raises(HumanProofsError, match="incomplete"):
        list(read_human_proofs(path))


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"{}\n"), gzip.compress(b"x")],
    ids=["empty", "plain", "other", "no-json"],  # not the bytes, which hold the time
)
def test_what_is_no_export_is_refused(tmp_path, content):
    path = tmp_path / "export.gz"
    path.write_bytes(content)
    with pytest.raises(HumanProofsError):
        list(read_human_proofs(path))


def test_a_truncated_export_is_refused(tmp_path):
    path = write(tmp_path / "export.gz", THEOREM, proof(SPLIT), End())
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(HumanProofsError):
        list(read_human_proofs(path))


def test_a_missing_export_says_how_to_get_one(tmp_path):
    with pytest.raises(HumanProofsError) as caught:
        list(read_human_proofs(tmp_path / "none.gz"))
    assert "bait holist export" in caught.value.hint


def test_a_script_needs_all_steps_and_the_prover_s_word():
    assert proof(SPLIT, CLOSED).linear_script == [("CONJ_TAC", 2), ("REWRITE_TAC []", 0)]
    assert proof(SPLIT, fault="0 subgoals instead of 1").linear_script is None
    assert proof(SPLIT, script=None).linear_script is None


def test_rates_keep_people_and_procedures_apart():
    rates = rates_by_file(
        [
            proof(SPLIT, CLOSED, CLOSURE, fault="a step can't be expressed"),
            proof(SPLIT, OTHER),
            proof(CLOSED, file="arith.ml", script=None),
            proof(CLOSED, is_procedural=True),
        ]
    )
    assert list(rates.files) == ["bool.ml", "arith.ml"]
    assert (rates.total.proofs, rates.total.linear, rates.total.proved_again) == (3, 2, 1)
    assert (rates.total.steps, rates.total.expressible, rates.total.reproduced) == (6, 5, 4)
    assert rates.procedural.proofs == 1
    assert rates_table(rates).splitlines()[-1] == "| total | 3 | 33.3% | 6 | 83.3% | 66.7% |"


def test_a_trace_has_the_table_s_tactics_where_they_do_the_same():
    record = human_trace(proof(SPLIT, CLOSED, CLOSURE, fault="a step can't be expressed"), "A", {})
    assert decode_record(encode_record(record)) == record
    assert (record.goals[0].text, record.goals[0].symbols) == ("`T`", ("T",))
    assert (record.theorem, record.statement, record.status) == ("A", "`T`", "proved")
    assert [edge.tactic for edge in record.edges] == [
        "CONJ_TAC",
        "REWRITE_TAC []",
        "W(fun g -> ALL_TAC)",
    ]
    assert [edge.outcome for edge in record.edges] == ["subgoals", "proved", "proved"]
    assert record.edges[2].message == "a function that is not a composition"
    assert record.proof is not None
    assert not record.proof.accepted


def test_lemmas_without_a_name_get_different_ones():
    lemma, procedural = proof(SPLIT, name=None), proof(SPLIT, is_procedural=True)
    traces = human_traces([lemma, lemma, procedural, proof(SPLIT), proof(SPLIT)], {})
    names = [trace.theorem for trace in traces]
    assert len(set(names)) == 4
    assert names[2] == "A"
