"""What BAIT's Python side costs beside HOL Light: tactics per second by session and by bare socket.

The bare socket sends the same requests to a worker of the same server and reads as many lines,
without looking into them. Both are measured in turns, and the best of several runs counts. The
last row is the first tactic on many different goals, whose replies describe goals that are new.

    python benchmarks/hol_light_speed.py [--seconds 1] [--repeats 5]
"""

from __future__ import annotations

import argparse
import itertools
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bait_core.domain import Failed, Goal, Theorem
from bait_holist.environment.environment import HolistEnvironment
from bait_holist.environment.options import HolistOptions
from bait_holist.environment.session import HolistSession
from bait_holist.prover import running
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.launch import start
from bait_holist.terms import quote, write_key

TACTICS = ("GEN_TAC", "STRIP_TAC", "REWRITE_TAC [ADD_CLAUSES]")
THEOREM = "ADD_ASSOC"
LIMIT = 5.0


class BareSocket:
    """A worker's socket, and nothing else."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rb")
        self._file.readline()

    def ask(self, requests: list[bytes]) -> list[bytes]:
        self._socket.sendall(b"".join(requests))
        return [self._file.readline() for _ in requests]

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def rate(call: Callable[[], int], seconds: float) -> float:
    """How much `call` does in a second."""
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        done += call()
    return done / (time.perf_counter() - start)


def rates(
    session: HolistSession, bare: BareSocket, tactic: str, batch: int, seconds: float
) -> tuple[float, float]:
    """Rates of the bare socket and of the session, for one tactic on one goal."""
    requests = [f"(apply 0 {quote(tactic)} {LIMIT:.6f})\n".encode()] * batch
    tactics = [tactic] * batch

    def by_socket() -> int:
        assert not any(reply.startswith((b"(failed", b"(error")) for reply in bare.ask(requests))
        return batch

    def by_session() -> int:
        outcomes = session.run_tactics(session.root, tactics, LIMIT)
        assert not any(isinstance(outcome, Failed) for outcome in outcomes)
        return batch

    return rate(by_socket, seconds), rate(by_session, seconds)


def new_goals(session: HolistSession, bare: BareSocket, keys: list[str]) -> tuple[float, float]:
    """Rates for one tactic on each of many goals, which are made known first."""
    goals = [Goal(key, "") for key in keys]
    start = time.perf_counter()
    for key in keys:
        [reply] = bare.ask([f"(goal {key})\n".encode()])
        number = reply.removeprefix(b"(goal (").split()[0].rstrip(b")").decode()
        bare.ask([f'(apply {number} "GEN_TAC" {LIMIT:.6f})\n'.encode()])
    middle = time.perf_counter()
    for goal in goals:
        session.run_tactics(goal, ["GEN_TAC"], LIMIT)
    end = time.perf_counter()
    return len(keys) / (middle - start), len(keys) / (end - middle)


def keys_of_library(path: Path) -> list[str]:
    """Keys of the library's theorems that begin with a quantifier."""
    with closing(ProverConnection(path)) as worker:
        facts = [fact for fact in worker.library() if fact.text.startswith("!")]
    return [write_key((), fact.sexp) for fact in facts]


def best(measurements: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The best of each kind."""
    bare, session = zip(*measurements, strict=True)
    return max(bare), max(session)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    found = running.find()
    server = found[1] if found else start(owned=True)
    try:
        Console().print(measure(server.socket, arguments.seconds, arguments.repeats))
    finally:
        if not found:
            server.stop()


def measure(path: Path, seconds: float, repeats: int) -> Table:
    """The table, for a running server."""
    environment = HolistEnvironment(HolistOptions(theorems=(THEOREM,), server=path))
    with closing(environment), closing(environment.start(Theorem(THEOREM, ""))) as session:
        rows: list[tuple[str, str, tuple[float, float]]] = []
        with closing(BareSocket(path)) as bare:
            bare.ask([f"(goal {session.root.key})\n".encode()])
            for tactic, batch in itertools.product(TACTICS, (1, 32)):
                measured = [rates(session, bare, tactic, batch, seconds) for _ in range(repeats)]
                rows.append((tactic, str(batch), best(measured)))
        keys = keys_of_library(path)
        measured = []
        for _ in range(repeats):
            with (
                closing(BareSocket(path)) as bare,
                closing(environment.start(Theorem(THEOREM, ""))) as fresh,
            ):
                measured.append(new_goals(fresh, bare, keys))
        rows.append((f"GEN_TAC on {len(keys)} goals", "1", best(measured)))
    table = Table(title="Tactics per second, one worker")
    for column in ("tactic", "at once", "bare socket", "session", "share"):
        table.add_column(column, justify="left" if column == "tactic" else "right")
    for what, size, (bare_rate, session_rate) in rows:
        share = f"{session_rate / bare_rate:.0%}"
        table.add_row(what, size, f"{bare_rate:,.0f}", f"{session_rate:,.0f}", share)
    return table


if __name__ == "__main__":
    main()
