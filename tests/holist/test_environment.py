"""The environment `holist` on a real HOL Light."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from bait_core.domain import Failed, FailureKind, Proof, ProofStep, Proved, Subgoals
from bait_core.errors import ProverCrashError, TheoremError
from bait_holist.environment.environment import HolistEnvironment
from bait_holist.environment.options import HolistOptions
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.installation import find_hol_light
from bait_holist.prover.launch import Server
from tests.holist.provers import apply, prove, session

pytestmark = pytest.mark.hol

ADD_SYM = "!m n. m + n = n + m"
INDUCTION = [
    "INDUCT_TAC",
    "REWRITE_TAC [ADD_CLAUSES]",
    "GEN_TAC",
    "ASM_REWRITE_TAC [ADD_CLAUSES]",
]


def test_a_proof_is_found_checked_and_written(hol_light: Server) -> None:
    with session(hol_light, statement=ADD_SYM) as proving:
        proof = prove(proving, ["X_GEN_TAC `m:num`", "GEN_TAC", "ARITH_TAC"])
        result = proving.check(proof)
        assert result.accepted, result.message
        assert result.script == proving.script(proof)
        assert result.script.startswith("let statement = prove\n (`!m n. m + n = n + m`,")


def test_goals_tell_text_symbols_and_hypotheses(hol_light: Server) -> None:
    with session(hol_light, statement="!n. 0 < n ==> ~(n = 0)") as proving:
        outcome = apply(proving, proving.root, "REPEAT STRIP_TAC")
        assert isinstance(outcome, Subgoals)
        [goal] = outcome.goals
        assert goal.text == "  0 [`0 < n`]\n  1 [`n = 0`]\n\n`F`"
        assert set(goal.symbols) >= {"F", "<", "="}
        assert goal.key.startswith("(g (")


@pytest.mark.parametrize(
    ("tactic", "kind", "message"),
    [
        ("CHEAT_TAC", FailureKind.REJECTED, "neither in the table"),
        ("ACCEPT_TAC (mk_thm ([], `F`))", FailureKind.REJECTED, "neither in the table"),
        ("MP_TAC (new_axiom `F`)", FailureKind.REJECTED, "neither in the table"),
        ("Obj.magic", FailureKind.REJECTED, "no meaning"),
        ("(fun g -> g)", FailureKind.REJECTED, "no meaning"),
        ("ARITH_TAC;; CHEAT_TAC", FailureKind.REJECTED, "unexpected text after"),
        ("", FailureKind.REJECTED, "missing at the end"),
        pytest.param(
            "(" * 5000 + "ARITH_TAC", FailureKind.REJECTED, "nested too deeply", id="deep"
        ),
        pytest.param("[" * 100_000, FailureKind.REJECTED, "more than 10000 words", id="long"),
        ("MATCH_ACCEPT_TAC NO_SUCH_THM", FailureKind.REJECTED, "neither in the table"),
        ("EXISTS_TAC `(v (nope) x)`", FailureKind.REJECTED, "no type is called nope"),
        ("EXISTS_TAC `(c (num) nope)`", FailureKind.REJECTED, "no constant is called nope"),
        ("EXISTS_TAC `(a (v (num) x) (v (num) y))`", FailureKind.REJECTED, "wrong types"),
        ("EXISTS_TAC `(v (num)`", FailureKind.REJECTED, "an early end"),
        ("EXISTS_TAC `1 +`", FailureKind.ERROR, ""),
        ("ARITH_TAC \x00", FailureKind.REJECTED, "no meaning"),
        ("CONJ_TAC", FailureKind.ERROR, ""),
        ("REPEAT ALL_TAC", FailureKind.ERROR, "out of stack"),
    ],
)
def test_what_does_not_apply_says_why(
    hol_light: Server, tactic: str, kind: FailureKind, message: str
) -> None:
    with session(hol_light, statement=ADD_SYM) as proving:
        outcome = apply(proving, proving.root, tactic)
        assert isinstance(outcome, Failed)
        assert outcome.kind == kind
        assert message in outcome.message
        assert isinstance(apply(proving, proving.root, "ARITH_TAC"), Proved)


@pytest.mark.parametrize("tactic", ["CONV_TAC (REPEATC ALL_CONV)", "CONV_TAC NUM_REDUCE_CONV"])
def test_time_limits_hold(hol_light: Server, tactic: str) -> None:
    with session(hol_light, statement="2 EXP (2 EXP 60) = 0") as proving:
        outcome = apply(proving, proving.root, tactic, timeout=0.5)
        assert isinstance(outcome, Failed)
        assert outcome.kind == FailureKind.TIMEOUT
        assert isinstance(apply(proving, proving.root, "MP_TAC TRUTH"), Subgoals)


def worker_processes(server: Server) -> list[psutil.Process]:
    return [p for p in server.process.children() if p.status() != psutil.STATUS_ZOMBIE]


def test_a_killed_worker_is_an_outcome_and_the_session_goes_on(hol_light: Server) -> None:
    with session(hol_light, statement=ADD_SYM) as proving:
        before = {p.pid for p in worker_processes(hol_light)}
        own = proving._worker.greeting.pid
        assert own in before
        timer = threading.Timer(0.5, os.kill, (own, signal.SIGKILL))
        timer.start()
        outcomes = proving.run_tactics(
            proving.root, ["CONV_TAC (REPEATC ALL_CONV)", "ARITH_TAC"], 20.0
        )
        assert isinstance(outcomes[0], Failed)
        assert outcomes[0].kind == FailureKind.CRASH
        assert isinstance(outcomes[1], Proved)


def test_a_worker_whose_client_is_gone_ends_though_it_is_busy(hol_light: Server) -> None:
    with session(hol_light, statement=ADD_SYM) as proving:
        worker = proving._worker
        process = psutil.Process(worker.greeting.pid)
        worker._send(b'(apply 0 "CONV_TAC (REPEATC ALL_CONV)" 200.0)\n', 1.0)
        time.sleep(0.3)
        worker.close()
        process.wait(timeout=20)


def test_two_sessions_do_not_disturb_each_other(hol_light: Server) -> None:
    with (
        session(hol_light, statement=ADD_SYM) as one,
        session(hol_light, statement="!x:num. x = x") as other,
    ):
        assert isinstance(apply(one, one.root, "ARITH_TAC"), Proved)
        assert isinstance(apply(other, other.root, "REWRITE_TAC []"), Proved)
        assert one.root != other.root


@pytest.mark.parametrize("premise", ["ADD_SYM", "ADD_AC", "MULT_SYM"])
def test_a_theorem_can_use_neither_itself_nor_later_ones(hol_light: Server, premise: str) -> None:
    with session(hol_light, theorems=("ADD_SYM",)) as proving:
        names = {p.name for p in proving.retrieve_premises(proving.root).library}
        assert premise not in names
        assert "ADD_CLAUSES" in names
        outcome = apply(proving, proving.root, f"MATCH_ACCEPT_TAC {premise}")
        assert isinstance(outcome, Failed)
        assert outcome.kind == FailureKind.REJECTED
        assert "must not be used" in outcome.message


def test_a_theorem_that_states_the_same_in_other_words_is_not_admitted(hol_light: Server) -> None:
    with closing(ProverConnection(hol_light.socket)) as worker:
        term, _ = worker.parse("!a b. a + b = b + a")
        goal = worker.goal(f"(g () {term})")
        [applied] = worker.apply(goal.number, ["MATCH_ACCEPT_TAC ADD_SYM"], 5.0)
        assert not applied.failure
        worker.admit(-1, [term])
        [applied] = worker.apply(goal.number, ["MATCH_ACCEPT_TAC ADD_SYM"], 5.0)
        assert applied.failure == "rejected"


def test_a_false_proof_is_refused_with_the_step_at_fault(hol_light: Server) -> None:
    with session(hol_light, statement=ADD_SYM) as proving:
        proof = prove(proving, ["GEN_TAC", "GEN_TAC", "ARITH_TAC"])
        last = proof.steps[proof[proof[proof.root].subgoals[0]].subgoals[0].key]
        forged = Proof(
            proof.root,
            {**proof.steps, last.goal.key: ProofStep(last.goal, "REFL_TAC", ())},
        )
        result = proving.check(forged)
        assert not result.accepted
        assert result.culprit == last.goal
        short = Proof(proof.root, {proof.root.key: ProofStep(proof.root, "GEN_TAC", ())})
        assert not proving.check(short).accepted


def test_scripts_prove_the_theorem_in_a_newly_started_hol_light(
    hol_light: Server, tmp_path: Path
) -> None:
    scripts: list[tuple[str, str]] = []
    cases: list[tuple[dict[str, object], list[str]]] = [
        ({"statement": ADD_SYM}, ["X_GEN_TAC `(v (num) k)`", "GEN_TAC", "ARITH_TAC"]),
        ({"theorems": ("ADD_SYM",)}, INDUCTION),
        (
            {"statement": "!p q. p /\\ q ==> q /\\ p"},
            ["GEN_TAC", "GEN_TAC", "DISCH_TAC", "RAW_CONJUNCTS_TAC ASSUM 0", "ASM_REWRITE_TAC [ ]"],
        ),
        ({"statement": "?x:num. x = x"}, ["EXISTS_TAC `(v (num) y)`", "REFL_TAC"]),
    ]
    for options, tactics in cases:
        with session(hol_light, **options) as proving:
            result = proving.check(prove(proving, tactics))
            assert result.accepted, result.message
            name = f"BAIT_{len(scripts)}"
            scripts.append((name, result.script.replace("let statement", f"let {name}")))
    scripts[1] = ("BAIT_1", scripts[1][1].replace("let ADD_SYM", "let BAIT_1"))
    text = "".join(
        f'{script}\nprint_string ("BAIT " ^ string_of_thm {name});;\n' for name, script in scripts
    )
    done = subprocess.run(
        find_hol_light(), input=text, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.stdout.count("BAIT |- ") == len(scripts), done.stdout[-3000:]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("x + 1 = 1", "free variables: x"),
        ("!n. n +", "does not accept"),
        ("3", "not of type bool"),
        ("!x. nope x = x ==> (", "does not accept"),
        ("é", "does not accept"),
    ],
)
def test_statements_that_are_not_usable(hol_light: Server, statement: str, message: str) -> None:
    environment = HolistEnvironment(HolistOptions(server=hol_light.socket, statement=statement))
    with pytest.raises(TheoremError, match=message):
        environment.theorems()


def test_unknown_names_get_suggestions(hol_light: Server) -> None:
    environment = HolistEnvironment(HolistOptions(server=hol_light.socket, theorems=("ADD_SIM",)))
    with pytest.raises(TheoremError, match="ADD_SYM"):
        environment.theorems()
    environment = HolistEnvironment(HolistOptions(server=hol_light.socket, files=("arit",)))
    with pytest.raises(TheoremError, match="arith"):
        environment.theorems()


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    environment = HolistEnvironment(HolistOptions(server=tmp_path / "nothing"))
    with pytest.raises(ProverCrashError, match="bait holist start"):
        environment.theorems()
