"""The whole library with the real HOL Light; takes some minutes."""

from __future__ import annotations

import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from bait_core.traces import read_traces
from bait_holist.human_proofs import (
    export_human_proofs,
    rates_by_file,
    read_human_proofs,
    read_library_theorems,
)

HOL = Path(os.environ.get("HOLLIGHT_DIR", "/usr/share/hol-light"))

pytestmark = [
    pytest.mark.hol,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        not os.environ.get("BAIT_WHOLE_LIBRARY"),
        reason="takes four minutes; set BAIT_WHOLE_LIBRARY to run it",
    ),
    pytest.mark.skipif(not (HOL / "hol.ml").is_file(), reason=f"HOL Light is not in {HOL}"),
]


@pytest.fixture(scope="module")
def told() -> list[tuple[str, int]]:
    return []


@pytest.fixture(scope="module")
def export(tmp_path_factory, told):
    folder = tmp_path_factory.mktemp("export")
    return export_human_proofs(HOL, lambda what, count: told.append((what, count)), folder)


def test_most_steps_are_expressible_and_reproduced(export):
    rates = rates_by_file(read_human_proofs(export.proofs)).total
    assert rates.proofs > 2000
    assert rates.steps > 14_000
    assert rates.reproduced >= 0.85 * rates.steps
    assert rates.reproduced >= 0.99 * rates.expressible
    assert rates.proved_again >= 0.85 * rates.proofs


def test_steps_form_the_proof(export):
    for proof in read_human_proofs(export.proofs):
        made = {0}.union(*(step.subgoals for step in proof.steps))
        assert made == set(range(len(proof.goals)))
        assert proof.script is None or sorted(proof.script) == list(range(len(proof.steps)))


def test_theorems_are_in_binding_order(export):
    theorems = list(read_library_theorems(export.theorems))
    assert len(theorems) > 2900
    assert all(first.index < second.index for first, second in pairwise(theorems))
    named = {theorem.name: theorem for theorem in theorems}
    proofs = [p for p in read_human_proofs(export.proofs) if p.name in named]
    same = [p for p in proofs if named[p.name or ""].statement == p.statement]
    assert len(same) > 0.95 * len(proofs)
    assert all(named[p.name or ""].line == p.line for p in same if p.file != "itab.ml")


def test_traces_hold_the_proofs_under_names_of_their_own(export):
    names = Counter(trace.theorem for trace in read_traces(export.traces))
    assert len(names) == rates_by_file(read_human_proofs(export.proofs)).total.proofs
    assert max(names.values()) == 1


def test_a_second_time_nothing_is_recorded(export, told):
    before = len(told)
    again = export_human_proofs(HOL, lambda *_: told.append(("", 0)), export.proofs.parent)
    assert again == export
    assert len(told) == before > 0
