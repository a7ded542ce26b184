"""What breaks while a real HOL Light works: servers, workers, memory, alarms, clients."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from bait_core.domain import Failed, FailureKind, Goal, Proved
from bait_core.errors import ProverCrashError
from bait_core.execution import SearchJob
from bait_core.plugins.config import PluginConfig
from bait_core.processes import ProverProcess
from bait_core.proof_search import SearchSettings
from bait_holist.environment.environment import HolistEnvironment
from bait_holist.environment.options import HolistOptions
from bait_holist.environment.session import HolistSession
from bait_holist.errors import ConnectionLostError
from bait_holist.prover import running
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.connector import Connector
from bait_holist.prover.launch import Server

from .conftest import MEMORY
from .provers import apply, run, session

ADD_SYM = "!m n. m + n = n + m"


class Doorway:
    """Starts servers that are doors to the loaded one: a process and a socket of their own.

    What is behind is a real HOL Light, without the minutes that loading it would take.
    """

    def __init__(self, folder: Path, behind: Server) -> None:
        self._folder = folder
        self._behind = behind
        self.servers: list[Server] = []

    def start(self, **_: object) -> Server:
        folder = self._folder / str(len(self.servers))
        folder.mkdir()
        path = folder / "socket"
        path.symlink_to(self._behind.socket)
        process = ProverProcess(["/bin/sleep", "1000"])
        self.servers.append(Server(psutil.Process(process.pid), path, folder, process))
        return self.servers[-1]


@pytest.fixture
def doorway(
    hol_light: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Doorway]:
    doorway = Doorway(tmp_path, hol_light)
    monkeypatch.setattr("bait_holist.prover.connector.start", doorway.start)
    monkeypatch.setattr(running, "find", lambda: None)
    yield doorway
    for server in doorway.servers:
        server.stop()


def kill_server(server: Server) -> None:
    server.process.kill()
    server.process.wait()
    server.socket.unlink()


def remove_socket(server: Server) -> None:
    server.socket.unlink()


@pytest.mark.parametrize("harm", [kill_server, remove_socket])
def test_a_lost_server_is_started_again_and_the_session_goes_on(
    doorway: Doorway, harm: Callable[[Server], None]
) -> None:
    with closing(HolistEnvironment(HolistOptions(statement=ADD_SYM))) as environment:
        [theorem] = environment.theorems()
        proving = environment.start(theorem)
        assert len(doorway.servers) == 1
        harm(doorway.servers[0])
        os.kill(proving._worker.greeting.pid, signal.SIGKILL)
        assert isinstance(apply(proving, proving.root, "CONJ_TAC"), Failed)
        assert isinstance(apply(proving, proving.root, "ARITH_TAC"), Proved)
        assert len(doorway.servers) == 2
        assert not doorway.servers[0].is_alive()
        proving.close()
    assert not doorway.servers[1].is_alive()


def test_a_named_server_that_is_gone_is_told(hol_light: Server, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    path.symlink_to(hol_light.socket)
    with closing(HolistEnvironment(HolistOptions(statement=ADD_SYM, server=path))) as environment:
        proving = environment.start(next(iter(environment.theorems())))
        path.unlink()
        os.kill(proving._worker.greeting.pid, signal.SIGKILL)
        with pytest.raises(ProverCrashError, match="no HOL Light listens") as error:
            apply(proving, proving.root, "ARITH_TAC")
    assert "bait holist start" in error.value.hint


def test_what_listens_may_be_something_else(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            client, _ = listening.accept()
            with client:
                client.sendall(b"(hello 7)\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ConnectionLostError, match="not a HOL Light of this version"):
            ProverConnection(path)
        thread.join()


def test_a_search_goes_on_when_its_workers_are_killed(
    hol_light: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = []
    number = HolistSession._number

    def kill_now_and_then(self: HolistSession, goal: Goal) -> int:
        known = number(self, goal)
        if random.random() < 0.1:
            killed.append(self._worker.greeting.pid)
            os.kill(killed[-1], signal.SIGKILL)
        return known

    monkeypatch.setattr(HolistSession, "_number", kill_now_and_then)
    random.seed(7)
    job = SearchJob(
        environment=PluginConfig(name="holist", server=str(hol_light.socket), theorems=["MULT_0"]),
        model=PluginConfig(name="holist-tactics"),
        search=PluginConfig(name="breadth-first"),
        settings=SearchSettings(seconds=30, expansions=8, tactic_seconds=0.1),
    )
    [record] = run(job)
    assert record.status in ("proved", "failed"), record.message
    crashes = [edge for edge in record.edges if edge.outcome == FailureKind.CRASH]
    assert 3 < len(crashes) <= len(killed) < len(record.edges) / 2


def test_memory_is_limited_and_the_session_goes_on(hol_light: Server) -> None:
    powers = "; ".join(f"2 EXP {exponent}" for exponent in range(200_000, 200_200))
    with session(hol_light, statement=f"[{powers}] = []", memory=MEMORY) as proving:
        outcome = apply(proving, proving.root, "CONV_TAC NUM_REDUCE_CONV", timeout=60)
        assert isinstance(outcome, Failed)
        assert (outcome.kind, outcome.message) == (FailureKind.ERROR, "out of memory")
        assert not isinstance(apply(proving, proving.root, "CONJ_TAC"), Proved)


@pytest.mark.parametrize(
    ("statement", "tactic"),
    [
        ("?n. n < n", "ITAUT_TAC"),
        ("?n. n < n", "TRY ITAUT_TAC"),
        ("?n. n < n", "REPEAT (TRY ITAUT_TAC)"),
        ("?n:num. n = SUC n", "METIS_TAC [ADD_SYM; ADD_ASSOC; MULT_SYM; MULT_ASSOC; LE_TRANS]"),
        ("?n:num. n = SUC n", "MESON_TAC [ADD_SYM; ADD_ASSOC; MULT_SYM; MULT_ASSOC; LE_TRANS]"),
        ("!m n. m + n = n + SUC m", "REPEAT (ONCE_REWRITE_TAC [ADD_SYM])"),
        ("!m n. m + n = n + SUC m", "TRY (CONV_TAC (REPEATC ALL_CONV))"),
    ],
)
def test_no_tactic_can_swallow_the_alarm(hol_light: Server, statement: str, tactic: str) -> None:
    with session(hol_light, statement=statement) as proving:
        pid = proving._worker.greeting.pid
        outcome = apply(proving, proving.root, tactic, timeout=0.5)
        assert isinstance(outcome, Failed)
        assert outcome.kind in (FailureKind.TIMEOUT, FailureKind.ERROR), outcome
        assert proving._worker.greeting.pid == pid, "it had to be killed"


def test_clients_that_say_nothing_keep_nobody_waiting(hol_light: Server) -> None:
    with ExitStack() as stack:
        for _ in range(50):
            silent = stack.enter_context(socket.socket(socket.AF_UNIX))
            silent.connect(str(hol_light.socket))
        with session(hol_light, statement=ADD_SYM) as proving:
            assert isinstance(apply(proving, proving.root, "ARITH_TAC"), Proved)


def test_a_closed_environment_starts_nothing(doorway: Doorway) -> None:
    connector = Connector()
    connector.close()
    connector.close()
    with pytest.raises(ProverCrashError, match="is closed"):
        connector.connect()
    assert not doorway.servers


def test_a_client_that_reads_late_gets_each_byte_once(hol_light: Server) -> None:
    """Although signals interrupt the worker while it waits to send the rest."""
    replies = []
    for seconds in (0, 4):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(os.fspath(hol_light.socket))
            with client.makefile("rb") as stream:
                stream.readline()  # the greeting
                client.sendall(b"(library)\n")
                time.sleep(seconds)
                replies.append(stream.readline())
    assert len(replies[0]) > 1_000_000
    assert replies[0] == replies[1]
