"""HOList's protocol in both directions, with the real HOL Light behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import grpc
import psutil
import pytest

from bait_core.errors import ProverStartError
from bait_holist.errors import RemoteError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.client import RemoteProver
from bait_holist.holist_protocol.messages import key_of
from bait_holist.holist_protocol.proof_assistant_pb2_grpc import ProofAssistantServiceStub
from bait_holist.holist_protocol.server import serving
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.connector import Connector
from bait_holist.prover.launch import Server
from bait_holist.terms import fingerprint, to_text

PROTOCOL = Path(sys.modules[RemoteProver.__module__].__file__ or "").parent

BOOL2 = "(fun (bool) (fun (bool) (bool)))"
IMPLIES = f"(c {BOOL2} ==>)"
AND = rf"(c {BOOL2} /\)"
P, Q = "(v (bool) p)", "(v (bool) q)"


def binary(operator: str, left: str, right: str) -> str:
    return f"(a (a {operator} {left}) {right})"


P_AND_Q = binary(AND, P, Q)
SWAP = binary(IMPLIES, P_AND_Q, binary(AND, Q, P))
NUM = "(num)"
LESS = f"(c (fun {NUM} (fun {NUM} (bool))) <)"
EXISTS = f"(c (fun (fun {NUM} (bool)) (bool)) ?)"
HARD = f"(a {EXISTS} (l (v {NUM} n) (a (a {LESS} (v {NUM} n)) (v {NUM} n))))"
"""On which ITAUT_TAC does not end."""


def goal(conclusion: str, *hypotheses: str) -> pb.Theorem:
    return pb.Theorem(conclusion=conclusion, hypotheses=hypotheses)


@pytest.fixture
def connector(hol_light: Server) -> Iterator[Connector]:
    connector = Connector(server=hol_light.socket)
    yield connector
    connector.close()


@pytest.fixture
def port(connector: Connector) -> Iterator[int]:
    with serving(connector, port=0) as (_, port):
        yield port


@pytest.fixture
def prover(port: int) -> Iterator[RemoteProver]:
    with closing(RemoteProver(f"127.0.0.1:{port}")) as prover:
        yield prover


@pytest.fixture(scope="module")
def statements(hol_light: Server) -> dict[str, str]:
    """The library's statements by name."""

    worker = ProverConnection(hol_light.socket)
    facts = {fact.name: to_text(fact.sexp) for fact in worker.library()}
    worker.close()
    return facts


def test_the_generated_code_is_that_of_the_contract(tmp_path: Path) -> None:
    pytest.importorskip("grpc_tools", reason="grpcio-tools is not installed")
    contract = tmp_path / "bait_holist" / "holist_protocol" / "proof_assistant.proto"
    contract.parent.mkdir(parents=True)
    contract.write_bytes((PROTOCOL / contract.name).read_bytes())
    outputs = [f"--{kind}_out={tmp_path}" for kind in ("python", "pyi", "grpc_python")]
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{tmp_path}", *outputs, str(contract)]
    subprocess.run(command, check=True, timeout=60)
    generated = sorted(contract.parent.glob("*_pb2*"))
    assert len(generated) == 3
    for file in generated:
        assert file.read_text() == (PROTOCOL / file.name).read_text(), file.name


def test_goals_come_as_holist_sends_them(prover: RemoteProver) -> None:
    response = prover.apply(goal(SWAP), "DISCH_TAC")
    [left] = response.goals.goals
    assert left.tag == pb.Theorem.GOAL
    assert (left.conclusion, list(left.hypotheses)) == (binary(AND, Q, P), [P_AND_Q])
    assert "q /\\ p" in left.pretty_printed
    response = prover.apply(left, "CONJ_TAC")
    assert [g.conclusion for g in response.goals.goals] == [Q, P]
    assert [list(g.hypotheses) for g in response.goals.goals] == [[P_AND_Q]] * 2


def test_a_proved_goal_is_an_empty_list(prover: RemoteProver) -> None:
    response = prover.apply(goal(SWAP), "ITAUT_TAC")
    assert response.WhichOneof("result") == "goals"
    assert not response.goals.goals


def test_the_newest_hypothesis_is_the_first(prover: RemoteProver) -> None:
    nested = binary(IMPLIES, P, binary(IMPLIES, Q, P))
    [one] = prover.apply(goal(nested), "DISCH_TAC").goals.goals
    [two] = prover.apply(one, "DISCH_TAC").goals.goals
    assert list(two.hypotheses) == [Q, P]
    assert not prover.apply(two, "ACCEPT_TAC ASSUM 1").goals.goals


@pytest.mark.parametrize(
    ("conclusion", "tactic", "message"),
    [
        pytest.param(SWAP, "NO_TAC_OF_THIS_NAME", "rejected: ", id="unknown tactic"),
        pytest.param(SWAP, "CHEAT_TAC", "rejected: ", id="cheating tactic"),
        pytest.param(
            SWAP,
            "REWRITE_TAC [ THM 12 ]",
            "no theorem is registered as THM 12",
            id="unknown theorem",
        ),
        pytest.param(SWAP, "CONJ_TAC", "error: ", id="tactic fails"),
        ("(v (bool", "CONJ_TAC", "not an S-expression"),
        ("", "CONJ_TAC", "not an S-expression"),
        ("(c (bool) nosuchconstant)", "CONJ_TAC", "nosuchconstant"),
        ("(v (num) n)", "CONJ_TAC", "bool"),
        ("(v (bool) p)\n(goal (v (bool) q))", "CONJ_TAC", "not an S-expression"),
        pytest.param("(" * 20_000, "CONJ_TAC", "nested deeper", id="deep goal"),
        pytest.param(SWAP, "MP_TAC " + "(" * 100_000, "rejected: ", id="deep tactic"),
    ],
)
def test_what_can_not_be_done_is_told(
    prover: RemoteProver, conclusion: str, tactic: str, message: str
) -> None:
    response = prover.apply(goal(conclusion), tactic)
    assert response.WhichOneof("result") == "error"
    assert message in response.error
    assert not prover.apply(goal(SWAP), "ITAUT_TAC").error


def test_theorems_are_named_by_their_fingerprints(
    prover: RemoteProver, statements: dict[str, str]
) -> None:
    add_sym = statements["ADD_SYM"]
    registered = prover.register(pb.Theorem(conclusion=add_sym))
    assert (registered.fingerprint, registered.error_msg) == (fingerprint(add_sym), "")
    tactic = f"ACCEPT_TAC THM {registered.fingerprint}"
    assert not prover.apply(goal(add_sym), tactic).error
    assert prover.verify(goal(add_sym), [tactic]).sound


@pytest.mark.parametrize(
    "theorem",
    [goal("(c (bool) F)"), goal(P, P), goal(P), goal("(c")],
    ids=["false", "with a hypothesis", "unproved", "cut off"],
)
def test_only_theorems_of_the_library_are_registered(
    prover: RemoteProver, theorem: pb.Theorem
) -> None:
    response = prover.register(theorem)
    assert response.error_msg
    tactic = f"ACCEPT_TAC THM {response.fingerprint}"
    assert "no theorem is registered" in prover.apply(goal("(c (bool) F)"), tactic).error


def test_registrations_outlive_their_worker(
    connector: Connector, prover: RemoteProver, hol_light: Server, statements: dict[str, str]
) -> None:
    number = prover.register(pb.Theorem(conclusion=statements["ADD_SYM"])).fingerprint
    for child in children(hol_light):
        child.kill()
    psutil.wait_procs(children(hol_light), timeout=5)
    tactic = f"ACCEPT_TAC THM {number}"
    lost = prover.apply(goal(statements["ADD_SYM"]), tactic)
    assert "a worker of HOL Light" in lost.error
    assert not prover.apply(goal(statements["ADD_SYM"]), tactic).error


def children(server: Server) -> list[psutil.Process]:
    return [c for c in server.process.children() if c.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize(
    ("conclusion", "tactics", "message"),
    [
        pytest.param(SWAP, [], "1 goals are left unproved", id="no tactic"),
        pytest.param(
            SWAP,
            ["DISCH_TAC", "CONJ_TAC", "ITAUT_TAC"],
            "1 goals are left unproved",
            id="too few tactics",
        ),
        pytest.param(
            SWAP,
            ["ITAUT_TAC", "ITAUT_TAC"],
            "step 2: no goals are left",
            id="too many tactics",
        ),
        pytest.param(
            SWAP, ["DISCH_TAC", "CONJ_TAC", "REFL_TAC"], "step 3: error: ", id="tactic fails"
        ),
        pytest.param(SWAP, ["CHEAT_TAC"], "step 1: rejected: ", id="cheating tactic"),
        ("(c (bool) F)", ["REFL_TAC"], "step 1: error: "),
        ("(c (bool) F)", ["ACCEPT_TAC (UNDISCH (EQ_IMP_RULE_LEFT _FALSITY_))"], "assumptions"),
        ("(c (bool", ["ITAUT_TAC"], "not an S-expression"),
    ],
)
def test_proofs_that_are_none_are_not_sound(
    prover: RemoteProver, conclusion: str, tactics: list[str], message: str
) -> None:
    response = prover.verify(goal(conclusion), tactics)
    assert not response.sound
    assert message in response.error_msg


def test_a_proof_is_verified_step_by_step(prover: RemoteProver) -> None:
    tactics = ["DISCH_TAC", "CONJ_TAC", "ITAUT_TAC", "ITAUT_TAC"]
    assert prover.verify(goal(SWAP), tactics).sound


def test_the_theorem_must_be_what_the_goal_says(port: int) -> None:
    request = pb.VerifyProofRequest(goal=goal(SWAP), tactics=["ITAUT_TAC"], theorem=goal(P))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        response = ProofAssistantServiceStub(channel).VerifyProof(request)
    assert (response.sound, response.error_msg) == (False, "the theorem does not state the goal")


def slow(prover: RemoteProver, seconds: float) -> pb.ApplyTacticResponse:
    return prover.apply(goal(HARD), "ITAUT_TAC", seconds)


def test_time_limits_are_the_clients(prover: RemoteProver) -> None:
    start = time.monotonic()
    assert slow(prover, 0.2).error.startswith("timeout: ")
    assert time.monotonic() - start < 10
    assert prover.apply(goal(SWAP), "ITAUT_TAC", 0.0).error.startswith("timeout: ")


def test_several_clients_at_once_and_one_that_leaves(port: int) -> None:
    address = f"127.0.0.1:{port}"
    with grpc.insecure_channel(address) as channel:
        request = pb.ApplyTacticRequest(goal=goal(HARD), tactic="ITAUT_TAC", timeout_ms=5000)
        ProofAssistantServiceStub(channel).ApplyTactic.future(request)
        time.sleep(0.3)

    def prove(_: int) -> int:
        with closing(RemoteProver(address)) as prover:
            return sum(not prover.apply(goal(SWAP), "ITAUT_TAC").error for _ in range(25))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(prove, range(4))) == [25] * 4


def test_a_server_that_is_not_there() -> None:
    with closing(RemoteProver("127.0.0.1:1")) as prover, pytest.raises(RemoteError) as error:
        prover.apply(goal(SWAP), "ITAUT_TAC")
    assert "can't be reached" in error.value.message
    assert "bait holist serve" in error.value.hint
    assert not error.value.timed_out


class Stub:
    """A server that fails as it is told to."""

    def __init__(self, code: grpc.StatusCode | None, receive: int = -1) -> None:
        self.code = code
        self.receive = receive

    def __enter__(self) -> str:
        def handle(_: bytes, context: grpc.ServicerContext) -> bytes:
            if self.code is None:
                time.sleep(2)
            else:
                context.abort(self.code, "so it is")
            return b""

        handler = grpc.unary_unary_rpc_method_handler(handle)
        service = "deepmath.ProofAssistantService"
        self.server = grpc.server(
            ThreadPoolExecutor(1), options=[("grpc.max_receive_message_length", self.receive)]
        )
        self.server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler(service, {"ApplyTactic": handler})]
        )
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        return f"127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.server.stop(None).wait()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (grpc.StatusCode.UNIMPLEMENTED, "does not speak HOList's protocol"),
        (grpc.StatusCode.INTERNAL, "failed: so it is"),
    ],
)
def test_failures_of_servers_are_told_apart(code: grpc.StatusCode, message: str) -> None:
    with (
        Stub(code) as address,
        closing(RemoteProver(address)) as prover,
        pytest.raises(RemoteError, match=message),
    ):
        prover.apply(goal(SWAP), "ITAUT_TAC")


def test_a_message_that_is_too_large() -> None:
    with (
        Stub(None, receive=1000) as address,
        closing(RemoteProver(address)) as prover,
        pytest.raises(RemoteError, match="refused a message that is too large"),
    ):
        prover.apply(goal(SWAP), "X" * 2000)


def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bait_holist.holist_protocol.client.QUEUE_SECONDS", 0.1)
    with (
        Stub(None) as address,
        closing(RemoteProver(address)) as prover,
        pytest.raises(RemoteError, match="did not answer in time") as error,
    ):
        prover.apply(goal(SWAP), "ITAUT_TAC", 0.1)
    assert error.value.timed_out


def test_large_goals_are_answered(prover: RemoteProver) -> None:
    conclusion = P
    for _ in range(3000):
        conclusion = binary(AND, P, conclusion)
    large = goal(conclusion, *(f"(v (bool) h{n})" for n in range(1000)))
    response = prover.apply(large, "CONJ_TAC", 60)
    assert len(response.goals.goals) == 2, response.error
    assert len(key_of(response.goals.goals[1])) > 100_000


def test_a_port_that_is_taken(connector: Connector, port: int) -> None:
    with (
        pytest.raises(ProverStartError, match="can't listen") as error,
        serving(connector, port=port),
    ):
        pass
    assert "--port" in error.value.hint


def test_serve_from_the_command_line(hol_light: Server) -> None:
    bait = str(Path(sys.executable).with_name("bait"))
    command = [bait, "holist", "serve", "--port", "0", "--socket", str(hol_light.socket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.partition("connect to ")[2].partition(";")[0]
        with closing(RemoteProver(address)) as prover:
            assert not prover.apply(goal(SWAP), "ITAUT_TAC").error
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout.read() == "Stopped.\n"
