"""HOList servers as an environment: ours, over loopback, with the real HOL Light behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from bait_core.domain import (
    Failed,
    FailureKind,
    Outcome,
    Proof,
    ProofStep,
    Proved,
    Subgoals,
)
from bait_core.errors import ProverCrashError, TheoremError
from bait_core.execution import SearchJob
from bait_core.plugins.config import PluginConfig
from bait_core.proof_search import SearchSettings
from bait_holist.benchmark.database import TheoremDatabase
from bait_holist.benchmark.writing import database_of, write_database
from bait_holist.environment.environment import make_environment
from bait_holist.environment.options import HolistOptions
from bait_holist.environment.remote import RemoteEnvironment
from bait_holist.environment.remote_session import RemoteSession, TheoremRegistry, holist_form
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.client import RemoteProver
from bait_holist.holist_protocol.server import serving
from bait_holist.library import Library
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.connector import Connector
from bait_holist.prover.launch import Server
from bait_holist.terms import fingerprint

from .provers import run

BOOL2 = "(fun (bool) (fun (bool) (bool)))"
P = "(v (bool) p)"
P_IMPLIES_P = f"(a (a (c {BOOL2} ==>) {P}) {P})"


@pytest.fixture(scope="module")
def database(hol_light: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as a HOList database."""
    path = tmp_path_factory.mktemp("database") / "library.textpb"
    with closing(ProverConnection(hol_light.socket)) as worker:
        write_database(database_of(Library(worker.library(), "")), path)
    return path


@pytest.fixture(scope="module")
def address(hol_light: Server) -> Iterator[str]:
    with (
        closing(Connector(server=hol_light.socket)) as connector,
        serving(connector, port=0) as (_, port),
    ):
        yield f"127.0.0.1:{port}"


def open_environment(**options: object) -> RemoteEnvironment:
    environment = make_environment(HolistOptions.model_validate(options))
    assert isinstance(environment, RemoteEnvironment)
    return environment


def fingerprint_of(database: Path, name: str) -> str:
    theorems = TheoremDatabase.load(database).theorems
    return str(next(t.fingerprint for t in theorems if t.name == name))


def apply(session: RemoteSession, tactic: str) -> Outcome:
    [outcome] = session.run_tactics(session.root, [tactic], 5)
    return outcome


def test_the_server_takes_all_of_the_librarys_database(address: str, database: Path) -> None:
    theorems = TheoremDatabase.load(database).theorems
    with closing(RemoteProver(address)) as prover:
        answers = [prover.register(theorem) for theorem in theorems]
    assert len(answers) > 2_500
    assert not [answer.error_msg for answer in answers if answer.error_msg]
    assert [a.fingerprint for a in answers] == [t.fingerprint for t in theorems]


def test_search_proves_theorems_at_a_server(address: str, database: Path) -> None:
    names = [fingerprint_of(database, name) for name in ("ADD_SYM", "IN_DIFF", "NOT_SUC")]
    job = SearchJob(
        environment=PluginConfig(
            name="holist",
            address=address,
            database=str(database),
            theorems=names,
        ),
        model=PluginConfig(name="holist-tactics"),
        search=PluginConfig(name="best-first"),
        settings=SearchSettings(seconds=60, tactic_seconds=0.5),
    )
    records = run(job)
    assert [record.status for record in records] == ["proved"] * 3
    for record in records:
        assert record.proof is not None
        assert record.proof.accepted
        assert record.proof.script


def test_sessions_answer_like_local_ones(address: str) -> None:
    environment = open_environment(address=address, statement=P_IMPLIES_P)
    with closing(environment):
        [theorem] = environment.theorems()
        session = environment.start(theorem)
        outcome = apply(session, "DISCH_TAC")
        assert isinstance(outcome, Subgoals)
        [goal] = outcome.goals
        assert goal.key == f"(g ({P}) {P})"
        [proved] = session.run_tactics(goal, ["ACCEPT_TAC ASSUM 0"], 5)
        assert isinstance(proved, Proved)
        steps = {
            session.root.key: ProofStep(session.root, "DISCH_TAC", (goal,)),
            goal.key: ProofStep(goal, "ACCEPT_TAC ASSUM 0", ()),
        }
        checked = session.check(Proof(session.root, steps))
        assert (checked.accepted, checked.script) == (True, "DISCH_TAC\nACCEPT_TAC ASSUM 0")
        wrong = {session.root.key: ProofStep(session.root, "ACCEPT_TAC ASSUM 0", ())}
        refused = session.check(Proof(session.root, wrong))
        assert not refused.accepted
        assert "step 1" in refused.message


@pytest.mark.parametrize(
    ("tactic", "kind", "message"),
    [
        ("CONJ_TAC", FailureKind.ERROR, "error: "),
        ("NO_SUCH_TAC", FailureKind.REJECTED, "NO_SUCH_TAC"),
        ("MESON_TAC [ADD_SYM]", FailureKind.REJECTED, "not a tactic in HOList's form"),
        ("ACCEPT_TAC ADD_SYM", FailureKind.REJECTED, "not a tactic in HOList's form"),
        ("CONV_TAC (REWRITE_CONV [THM 1])", FailureKind.REJECTED, "not a tactic in HOList's form"),
        ("", FailureKind.REJECTED, "not a tactic in HOList's form"),
        ("ACCEPT_TAC THM 17", FailureKind.REJECTED, "THM 17 must not be used"),
    ],
)
def test_failures_have_their_kinds(
    address: str, tactic: str, kind: FailureKind, message: str
) -> None:
    with closing(open_environment(address=address, statement=P_IMPLIES_P)) as environment:
        outcome = apply(environment.start(next(iter(environment.theorems()))), tactic)
    assert isinstance(outcome, Failed)
    assert (outcome.kind, message in outcome.message) == (kind, True)


def test_a_proof_uses_earlier_theorems_only(address: str, database: Path) -> None:
    own, earlier, later = (fingerprint_of(database, n) for n in ("ADD_SYM", "ADD", "ADD_ASSOC"))
    environment = open_environment(address=address, database=database, theorems=[own])
    with closing(environment):
        session = environment.start(next(iter(environment.theorems())))
        premises = {premise.name for premise in session.retrieve_premises(session.root).library}
        assert f"THM {earlier}" in premises
        assert premises.isdisjoint({f"THM {own}", f"THM {later}"})
        for number in (own, later):
            outcome = apply(session, f"REWRITE_TAC [THM {earlier}; THM {number}]")
            assert isinstance(outcome, Failed)
            assert "must not be used" in outcome.message
        assert isinstance(apply(session, f"REWRITE_TAC [THM {earlier}]"), Subgoals)


@pytest.mark.parametrize(
    ("tactic", "message"),
    [
        ("ACCEPT_TAC ADD_SYM", "not a tactic in HOList's form"),
        ("ACCEPT_TAC THM {own}", "must not be used"),
        ("ACCEPT_TAC THM \u0661", "not a tactic in HOList's form"),
        ("EXISTS_TAC `\nACCEPT_TAC ADD_SYM\n`", "step 1"),
    ],
)
def test_the_check_looks_at_what_a_proof_uses(
    address: str, database: Path, tactic: str, message: str
) -> None:
    own = fingerprint_of(database, "ADD_SYM")
    with closing(
        open_environment(address=address, database=database, theorems=[own])
    ) as environment:
        session = environment.start(next(iter(environment.theorems())))
        root = session.root
        step = ProofStep(root, tactic.format(own=own), ())
        result = session.check(Proof(root, {root.key: step}))
    assert not result.accepted
    assert message in result.message


def test_a_proof_of_another_goal_is_refused(address: str) -> None:
    with closing(open_environment(address=address, statement=P_IMPLIES_P)) as environment:
        session = environment.start(next(iter(environment.theorems())))
        outcome = apply(session, "DISCH_TAC")
        assert isinstance(outcome, Subgoals)
        [goal] = outcome.goals
        step = ProofStep(goal, "ACCEPT_TAC ASSUM 0", ())
        result = session.check(Proof(goal, {goal.key: step}))
    assert not result.accepted
    assert "another goal" in result.message


def entry(conclusion: str) -> pb.Theorem:
    number = fingerprint(conclusion)
    return pb.Theorem(conclusion=conclusion, tag=pb.Theorem.THEOREM, fingerprint=number)


def test_what_follows_the_same_theorem_in_other_words_is_no_premise(tmp_path: Path) -> None:
    path = tmp_path / "database.textpb"
    first, target = entry("(c (bool) T)"), entry(P_IMPLIES_P)
    alias = entry(P_IMPLIES_P.replace(P, "(v (bool) q)"))
    between = entry(f"(a (a (c {BOOL2} =) {P}) {P})")
    write_database(pb.TheoremDatabase(theorems=[first, alias, between, target]), path)
    with closing(open_environment(address="127.0.0.1:1", database=path)) as environment:
        theorem = next(t for t in environment.theorems() if t.name == str(target.fingerprint))
        session = environment.start(theorem)
        names = [premise.name for premise in session.retrieve_premises(session.root).library]
        assert names == [f"THM {first.fingerprint}"]
        for hidden in (alias, between, target):
            outcome = apply(session, f"ACCEPT_TAC THM {hidden.fingerprint}")
            assert isinstance(outcome, Failed)
            assert "must not be used" in outcome.message


def test_a_server_that_calls_a_theorem_otherwise_does_not_know_it(address: str) -> None:
    misnamed = pb.Theorem(conclusion="(c (bool) T)", fingerprint=17)
    with closing(RemoteProver(address)) as prover:
        assert "its fingerprint there is " in TheoremRegistry(prover).register(misnamed)
        right = pb.Theorem(conclusion="(c (bool) T)", fingerprint=fingerprint("(c (bool) T)"))
        assert TheoremRegistry(prover).register(right) == ""


def test_theorems_are_chosen_by_name_file_split_and_limit(database: Path) -> None:
    options = {"address": "127.0.0.1:1", "database": database}
    with closing(open_environment(**options, files=["arith.ml"], split="test")) as environment:
        theorems = environment.theorems()
    assert 0 < len(theorems) < 200
    assert all("arith.ml" in theorem.source for theorem in theorems)
    with closing(open_environment(**options, limit=3)) as environment:
        assert len(environment.theorems()) == 3
    with (
        closing(open_environment(**options, theorems=["17"])) as environment,
        pytest.raises(TheoremError, match="no theorem 17"),
    ):
        environment.theorems()


def test_a_server_that_goes_away(hol_light: Server) -> None:
    with closing(Connector(server=hol_light.socket)) as connector:
        with serving(connector, port=0) as (_, port):
            environment = open_environment(address=f"127.0.0.1:{port}", statement=P_IMPLIES_P)
            session = environment.start(next(iter(environment.theorems())))
            assert isinstance(apply(session, "DISCH_TAC"), Subgoals)
        with pytest.raises(ProverCrashError, match="can't be reached"):
            apply(session, "DISCH_TAC")
        environment.close()


@pytest.mark.parametrize(
    "options",
    [
        {"address": "nowhere"},
        {"address": "http://a:1", "statement": P},
        {"address": "a:1"},
        {"database": "x.textpb"},
        {"address": "a:1", "statement": P, "server": "socket"},
    ],
)
def test_options_that_contradict_each_other(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HolistOptions.model_validate(options)


@pytest.mark.parametrize(
    ("tactic", "sent"),
    [
        ("REWRITE_TAC [THM 1;THM 2]", "REWRITE_TAC [ THM 1 ; THM 2 ]"),
        ("EXISTS_TAC `(v (num) [;])`", "EXISTS_TAC `(v (num) [;])`"),
        ("GEN_TAC", "GEN_TAC"),
    ],
)
def test_tactics_are_sent_in_holists_form(tactic: str, sent: str) -> None:
    assert holist_form(tactic) == sent
