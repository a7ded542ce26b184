"""The wire of a worker: hostile input gets an error, and never a proof."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pytest

from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.launch import Server

pytestmark = pytest.mark.hol

FALSE = "(g () (c (bool) F))"
MUTATIONS = 10_000
NOT = "(a (c (fun (bool) (bool)) ~) "
DEEP = f"(goal (g () {NOT * 4_000}(c (bool) F){')' * 4_002}"


@contextmanager
def raw(server: Server) -> Iterator[tuple[socket.socket, BinaryIO]]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(server.socket))
        with connection.makefile("rb") as lines:
            assert lines.readline().startswith(b"(bait-holist 2 ")
            yield connection, lines


def mutate(text: bytes, rng: random.Random) -> bytes:
    """The text with one to four small changes, and no line break."""
    data = bytearray(text)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                data[place:place] = rng.choice((b"(", b")", b'"', b"\\", b" ", b"`", b"[", b"]"))
            case 1:
                del data[place : place + rng.randint(1, 8)]
            case 2:
                data[place : place + 1] = bytes([rng.randrange(256)])
            case _:
                other = rng.randrange(len(data) + 1)
                data[place:place] = data[other : other + rng.randint(1, 20)]
    return bytes(data).replace(b"\n", b" ")


def test_mutated_requests_get_answers_and_no_false_proofs(hol_light: Server) -> None:
    rng = random.Random(7)
    requests = [
        b'(apply 0 "REWRITE_TAC [ADD_CLAUSES; GSYM EXP]" 0.2)',
        b'(apply 0 "MP_TAC (SPEC `(c (num) _0)` LE_REFL)" 0.2)',
        b'(apply 0 "FIRST_X_ASSUM (MP_TAC o MATCH_MP LT_IMP_LE)" 0.2)',
        b"(check " + FALSE.encode() + b' (("GEN_TAC" 1) ("ARITH_TAC" 0)) 0.2)',
        b"(goal (g ((h a (c (bool) T))) (a (c (fun (bool) (bool)) ~) (c (bool) F))))",
        b'(parse "!x. x + 0 = x")',
        b"(register 5 (c (bool) F))",
    ]
    with raw(hol_light) as (connection, lines):
        connection.sendall(b"(goal " + FALSE.encode() + b")\n")
        assert lines.readline().startswith(b"(goal (0 ")
        for _ in range(MUTATIONS):
            request = mutate(rng.choice(requests), rng)
            connection.sendall(request + b"\n")
            reply = lines.readline()
            assert reply.endswith(b")\n"), request
            if request.startswith(b"(apply 0 "):
                assert not reply.startswith(b"(proved"), request
            if request.startswith(b"(check " + FALSE.encode()):
                assert not reply.startswith(b"(accepted"), request
    assert hol_light.is_alive()


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        pytest.param("(" * 100_000, "nested too deeply", id="parentheses"),
        pytest.param("(goal " + "(a " * 9_000 + ")" * 9_000, "error", id="deep goal"),
        pytest.param(DEEP, "(goal (0 ", id="deep theorem"),
        ('(apply 999 "ARITH_TAC" 1)', "no goal 999"),
        ('(apply x "ARITH_TAC" 1)', "not a number"),
        ("(register 1 (c (bool) F))", "unknown"),
    ],
)
def test_hostile_requests(hol_light: Server, request_: str, answer: str) -> None:
    with raw(hol_light) as (connection, lines):
        connection.sendall(request_.encode() + b"\n")
        assert answer in lines.readline().decode()
        connection.sendall(b'(parse "T")\n')
        assert lines.readline().startswith(b"(term (c (bool) T)")


def test_a_line_that_is_too_large_ends_the_session_only(hol_light: Server) -> None:
    with raw(hol_light) as (connection, lines):
        connection.sendall(b"(" * (16 * 1024 * 1024 + 65_536))
        assert b"toolarge" in lines.readline()
    ProverConnection(hol_light.socket).close()


def test_fingerprints_name_library_theorems_only(hol_light: Server) -> None:
    worker = ProverConnection(hol_light.socket)
    term, _ = worker.parse("!m n. m + n = n + m")
    assert worker.register(123, term) == "ADD_SYM"
    goal = worker.goal(f"(g () {term})")
    [known, unknown] = worker.apply(
        goal.number, ["MATCH_ACCEPT_TAC THM 123", "MATCH_ACCEPT_TAC THM 124"], 5.0
    )
    assert not known.failure
    assert unknown.failure == "rejected"
    worker.close()
