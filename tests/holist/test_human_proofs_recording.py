"""Recording with the real HOL Light: its first files, which load in seconds, and one of our own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bait_holist.errors import HumanProofsError
from bait_holist.human_proofs.recording import record_library
from bait_holist.terms import parse

HOL = Path(os.environ.get("HOLLIGHT_DIR", "/usr/share/hol-light"))

pytestmark = [
    pytest.mark.hol,
    pytest.mark.skipif(not (HOL / "hol.ml").is_file(), reason=f"HOL Light was not found in {HOL}"),
]

PROOFS = r"""
let PLAIN = prove(`T /\ T`, CONJ_TAC THEN ACCEPT_TAC TRUTH);;

let WITH_PARTS =
  let lemma = prove(`p ==> p`, DISCH_TAC THEN ASM_REWRITE_TAC[]) in
  let gen x = X_GEN_TAC x in
  prove
   (`!a b:bool. (a <=> b) ==> (b <=> a) /\ (p ==> p)`,
    gen `x:bool` THEN MAP_EVERY X_GEN_TAC [`y:bool`] THEN
    TRY(DISCH_TAC THEN NO_TAC) THEN
    (NO_TAC ORELSE DISCH_THEN(fun th -> PURE_REWRITE_TAC[SYM th])) THEN
    MP_TAC(SPEC_ALL lemma) THEN
    W(fun (asl,w) -> ALL_TAC) THEN REWRITE_TAC[]);;

let REFUSED = try prove(`F`, CONJ_TAC) with Failure _ -> TRUTH;;

let PROVE_REFL tm = prove(mk_eq(tm,tm), REFL_TAC);;
let BY_PROCEDURE = PROVE_REFL `p:bool`;;
"""

FINISH = """
Recorder.finish ();;
Sys.command ("cp \\"$BAIT_HOLIST_RECORDING\\" \\"$BAIT_HOLIST_EXPORT\\"");;
exit 0;;
"""


def beginning_of_hol(folder: Path, proofs: str) -> Path:
    """HOL Light up to theorems.ml, and then our own proofs."""
    folder.mkdir()
    for item in HOL.iterdir():
        if item.name != "hol.ml":
            (folder / item.name).symlink_to(item)
    whole = (HOL / "hol.ml").read_text()
    last = 'loads "theorems.ml"'
    (folder / "hol.ml").write_text(f'{whole[: whole.index(last)]}{last};;\nloads "proofs.ml";;\n')
    (folder / "proofs.ml").write_text(proofs)
    return folder


def record(tmp_path: Path, proofs: str) -> dict[str, list[tuple[Any, ...]]]:
    """The recorded proofs of our own file, by the toplevel name around them."""
    finish = tmp_path / "finish.ml"
    finish.write_text(FINISH)
    output = tmp_path / "output"
    folder = beginning_of_hol(tmp_path / "hol", proofs)
    record_library(folder, output, lambda _what, _count: None, finish=finish)
    lines = output.read_text().splitlines()
    assert lines[-1] == "(end)"
    found: dict[str, list[tuple[Any, ...]]] = {}
    for line in lines[:-1]:
        items: Any = parse(line)
        kind, name, binding, file, at, inside, goals, steps = items
        assert kind == "proof"
        if file == "proofs.ml":
            found.setdefault(binding, []).append((name, at, inside, goals, steps))
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return record(tmp_path_factory.mktemp("recorded"), PROOFS)


def test_each_step_has_its_goal_its_text_and_its_subgoals(recorded):
    [(name, at, inside, goals, steps)] = recorded["PLAIN"]
    assert (name, at, inside) == ("PLAIN", "2", "false")
    assert len(goals) == 2  # both halves are the same goal
    assert steps == (
        ("0", "2", "CONJ_TAC", ("tactic", "CONJ_TAC"), ("1", "1")),
        ("1", "2", "ACCEPT_TAC TRUTH", ("tactic", "ACCEPT_TAC TRUTH"), ()),
        ("1", "2", "ACCEPT_TAC TRUTH", ("tactic", "ACCEPT_TAC TRUTH"), ()),
    )


def test_lemmas_in_a_proof_are_proofs_without_a_name(recorded):
    lemma, whole = recorded["WITH_PARTS"]
    assert (lemma[0], lemma[1]) == ("", "5")
    assert (whole[0], whole[1]) == ("WITH_PARTS", "4")


def test_local_values_and_functions_are_said_without_them(recorded):
    steps = recorded["WITH_PARTS"][1][4]
    said = [meaning[1] for _, _, _, meaning, _ in steps if meaning[0] == "tactic"]
    implication = "(a (a (c (fun (bool) (fun (bool) (bool))) ==>) (v (bool) p)) (v (bool) p))"
    assert said == [
        "X_GEN_TAC `(v (bool) x)`",
        "X_GEN_TAC `(v (bool) y)`",
        "DISCH_THEN (PURE_REWRITE_TAC o single o SYM)",
        f"MP_TAC (SPEC_ALL {{{implication}}})",
        "REWRITE_TAC []",
    ]


def test_what_the_language_lacks_is_marked_with_the_reason(recorded):
    steps = recorded["WITH_PARTS"][1][4]
    [(source, meaning)] = [(step[2], step[3]) for step in steps if step[3][0] == "reason"]
    assert source.startswith("W(fun")
    assert meaning[1]


def test_attempts_that_failed_leave_no_steps(recorded):
    sources = [step[2] for step in recorded["WITH_PARTS"][1][4]]
    assert "NO_TAC" not in sources
    assert "DISCH_TAC" not in sources
    assert "REFUSED" not in recorded


def test_proofs_by_functions_are_told_apart(recorded):
    [(_, _, inside, _, _)] = recorded["PROVE_REFL"]
    assert inside == "true"


def test_a_folder_without_hol_light_is_named(tmp_path):
    with pytest.raises(HumanProofsError, match="HOL Light was not found in") as caught:
        record_library(tmp_path, tmp_path / "output", lambda _what, _count: None)
    assert "apt-get install" in caught.value.hint


def test_a_failure_midway_is_reported_and_stops_the_prover(tmp_path):
    finish = tmp_path / "finish.ml"
    finish.write_text('print_endline "stopped here";; exit 3;;\n')
    folder = beginning_of_hol(tmp_path / "hol", "")
    with pytest.raises(HumanProofsError, match=r"code 3(.|\n)*stopped here"):
        record_library(folder, tmp_path / "output", lambda _what, _count: None, finish=finish)


def test_a_prover_that_takes_too_long_is_stopped(tmp_path):
    folder = beginning_of_hol(tmp_path / "hol", "while true do () done;;")
    with pytest.raises(HumanProofsError, match="exceeded its time limit"):
        record_library(folder, tmp_path / "output", lambda _what, _count: None, seconds=6)
