"""The embedded server under abuse: malformed requests, runaways, crashes, many calls."""

from __future__ import annotations

import subprocess
from itertools import permutations
from unittest.mock import ANY

import pytest

from bait_lean.embedded.node import node_executable
from tests.lean.server_process import MAIN, LeanServer, lean_folder

pytestmark = pytest.mark.lean


def alive(server: LeanServer) -> bool:
    return bool(server.step(server.hole("example : 1 = 1"), "rfl").get("goals") == [])


@pytest.mark.parametrize(
    "data",
    [
        b'{"cmd": \n\n',
        b"nonsense\n\n",
        b"{bad}\n\n",
        b"[1, 2]\n\n",
        b'"text"\n\n',
        b'\xff\xfe{"cmd": 1}\n\n',
        b'{"nothing": 1}\n\n',
        b'{"tactic": 3, "proofState": 0}\n\n',
        b'{"tactic": "simp", "proofState": "x"}\n\n',
        b'{"tactic": "simp", "proofState": 1e9}\n\n',
        b'{"tactic": "simp", "proofState": "__proto__"}\n\n',
        b'{"tactic": "simp"}\n\n',
        b'{"cmd": "#check Nat", "env": -1}\n\n',
        b'{"cmd": "#check Nat", "env": 0.5}\n\n',
        b'{"cmd": ["#check Nat"]}\n\n',
        b'{"cmd": "#check Nat", "timeout": "soon"}\n\n',
        b'{"cmd": "#check Nat", "timeout": -1}\n\n',
        b'{"policy": 7}\n\n',
        b'{"policy": {"names": "x"}}\n\n',
        b'{"free": {"proofStates": 5}}\n\n',
        b'{"constant": "No.such", "env": 0}\n\n',
        b'{"axioms": "", "env": 0}\n\n',
        b'{"uses": "Nat.add_comm", "env": 0, "policy": 99}\n\n',
        b'{"premises": true, "env": "length"}\n\n',
    ],
    ids=repr,
)
def test_a_bad_request_gets_one_error(lean_server: LeanServer, data: bytes) -> None:
    answer = lean_server.send(data)
    assert set(answer) == {"message"}
    assert alive(lean_server)


def test_a_request_may_span_lines_or_fill_one(lean_server: LeanServer) -> None:
    assert "version" in lean_server.send(b'{\n  "status":\n  true\n}\n\n')
    assert "version" in lean_server.send(b'{"status": true}\n')
    assert "version" in lean_server.send(b'{"status": true}\r\n\r\n')
    lean_server.send(b'{"status": true}\n{"free": {}}\n')
    assert lean_server.read() == {"ok": True}


def test_a_malformed_line_does_not_swallow_the_next_request(lean_server: LeanServer) -> None:
    assert "message" in lean_server.send(b'{"cmd" "x"}\n{"free": {}}\n')
    assert lean_server.read() == {"ok": True}


@pytest.mark.parametrize(
    "text",
    ["\ud800", "\x00", "\u2028", "«", "\ufeff", pytest.param("𝔘" * 1000, id="long")],
)
def test_odd_characters_are_answered(lean_server: LeanServer, text: str) -> None:
    hole = lean_server.hole("example : 1 = 1")
    assert "message" in lean_server.step(hole, f"exact {text}")
    assert "env" in lean_server.ask(cmd=f"theorem {text} : 1 = 1 := rfl")
    assert alive(lean_server)


def test_a_megabyte_of_text(lean_server: LeanServer) -> None:
    hole = lean_server.hole("example : 1 = 1")
    assert lean_server.step(hole, "-- " + "x" * 1_000_000 + "\nrfl")["goals"] == []
    assert "message" in lean_server.step(hole, "x" * 1_000_000)
    assert "message" in lean_server.step(hole, "(" * 500_000 + "rfl" + ")" * 500_000)
    assert "message" in lean_server.ask(cmd="example : 1 = 1 := " + "(" * 9999 + "rfl" + ")" * 9999)
    assert alive(lean_server)


@pytest.mark.parametrize(
    "tactic",
    [
        'dbg_trace "{\\"env\\": 1}"',
        'trace "\\n{\\"env\\": 1}\\n"',
        'run_tac IO.println "{\\"env\\": 1}"',
        'exact dbgTrace "{\\"env\\": 1}" fun _ => rfl',
    ],
)
def test_output_of_lean_is_not_an_answer(lean_server: LeanServer, tactic: str) -> None:
    answer = lean_server.step(lean_server.hole("example : 1 = 1"), tactic)
    assert "env" not in answer
    assert alive(lean_server)


def test_output_of_commands_is_a_message(lean_server: LeanServer) -> None:
    answer = lean_server.ask(cmd='#eval IO.println "{\\"proofState\\": 1}"')
    assert "env" in answer
    assert "proofState" not in answer
    assert alive(lean_server)


def test_lean_cannot_write_to_the_library(lean_server: LeanServer) -> None:
    folder = lean_folder()
    assert folder is not None
    lean_server.ask(cmd='#eval IO.FS.writeFile "/lean/lib/lean/intruder" "x"')
    lean_server.ask(cmd='#eval IO.FS.removeFile "/lean/lib/lean/Init.olean"')
    assert not (folder / "lib/lean/intruder").exists()
    assert (folder / "lib/lean/Init.olean").exists()


@pytest.mark.parametrize(
    "tactic",
    [
        "repeat (have : True := trivial)",
        "simp [show ∀ x : Nat, x = x + 0 from fun _ => rfl]",
        "exact absurd (by decide : (List.range 100000000).length = 3) (by simp)",
        "iterate 100000000 (have : True := trivial)",
    ],
)
def test_runaways_end(lean_server: LeanServer, tactic: str) -> None:
    answer = lean_server.step(lean_server.hole("example : 1 = 2"), tactic, timeout=5)
    assert answer["message"].startswith("Lean error:\n")
    assert alive(lean_server)


def test_a_deep_recursion_is_survived_or_fatal() -> None:
    folder = lean_folder()
    if folder is None:
        pytest.skip("needs an installed Lean")
    with LeanServer(folder) as server:
        hole = server.hole("example : ∀ n : Nat, n < 10000 → (n * n + n) % 2 = 0")
        deep = "set_option maxRecDepth 100000000 in decide"
        answer = server.step(hole, deep, timeout=30)
        assert "message" in answer
        if answer.get("fatal"):
            assert server.wait() == 70
        else:
            assert alive(server)


def test_before_imports_fill_the_memory_a_new_process_is_asked_for() -> None:
    folder = lean_folder()
    if folder is None:
        pytest.skip("needs an installed Lean")
    modules = ("Std.Data.HashMap", "Std.Data.TreeMap", "Std.Time", "Std.Sync", "Lean.Elab")
    lists = ["\n".join(f"import {m}" for m in chosen) for chosen in permutations(modules, 2)]
    with LeanServer(folder) as server:
        kept = 1  # the imports of the self-test
        for imports in lists:
            answer = server.ask(cmd=f"{imports}\nexample : 1 + 1 = 2 := by omega")
            if "fatal" in answer:
                break
            assert set(answer) == {"env"}
            kept += 1
        assert answer == {"message": ANY, "fatal": True}
        assert f"after {kept} lists" in answer["message"]
        assert "started again" in answer["message"]
        assert server.wait() == 70


def test_freeing_gives_memory_back(lean_server: LeanServer) -> None:
    lean_server.ask(free={"proofStates": "all"})
    assert lean_server.ask(status=True)["proofStates"] == 0
    hole = lean_server.hole("example (a b : Nat) : a + b = b + a")
    for _ in range(50):
        lean_server.step(hole, "induction a", parts=True)
    assert lean_server.ask(status=True)["proofStates"] == 151
    assert lean_server.ask(free={"proofStates": "all"}) == {"ok": True}
    assert lean_server.ask(status=True)["proofStates"] == 0
    assert lean_server.step(hole, "skip") == {"message": "Unknown proof state."}


def test_memory_does_not_grow_without_bound(lean_server: LeanServer) -> None:
    """Freed states cost little: 500 of them less than 100 MB."""
    hole = lean_server.hole("example (a b c : Nat) : a + b + c = c + b + a")

    def steps(count: int) -> int:
        for _ in range(count):
            answer = lean_server.step(hole, "simp [Nat.add_assoc]; rw [Nat.add_comm]; skip")
            lean_server.ask(free={"proofStates": [answer["proofState"]]})
        heap: int = lean_server.ask(status=True)["heap"]
        return heap

    warm = steps(100)
    assert steps(500) - warm < 100_000_000


def test_many_alternating_calls(lean_server: LeanServer) -> None:
    """200 rounds of five tactics: 1,000 calls on one process."""
    order = lean_server.hole("example (a b c : Nat) (h : a < b) (k : b < c) : a < c")
    commute = lean_server.hole("example (x y : Nat) : x * y = y * x")
    truth = lean_server.hole("example : 1 = 2")
    for _ in range(200):
        assert lean_server.step(commute, "exact?", timeout=60)["goals"] == []
        assert lean_server.step(order, "omega", timeout=60)["goals"] == []
        assert lean_server.step(order, "grind", timeout=60)["goals"] == []
        assert "message" in lean_server.step(truth, "repeat (have : True := trivial)", timeout=60)
        assert lean_server.step(truth, "simp_all", timeout=60)["goals"] == ["⊢ False"]
    assert alive(lean_server)


def test_the_end_of_input_ends_the_server() -> None:
    folder = lean_folder()
    if folder is None:
        pytest.skip("needs an installed Lean")
    with LeanServer(folder) as server:
        assert server.close_input() == 0


def test_wrong_arguments_and_a_wrong_folder(tmp_path: object) -> None:
    def status(*arguments: str) -> int:
        command = [str(node_executable()), str(MAIN), *arguments]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        return done.returncode

    assert status() == 64
    assert status("--nope") == 64
    assert status("--lean", str(tmp_path)) == 69
