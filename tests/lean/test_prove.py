"""`bait prove` and a real Lean, as users run them."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from bait_core.traces import TraceRecord, read_traces

from .proving import needs_lean

pytestmark = needs_lean

HEAD = "-- Grüße: untouched\r\nnamespace A\r\nvariable {α : Type}   \r\n"
TAIL = "\r\n\r\n   -- the end, without a line end"
HOLES = [
    "def twice (n : Nat) : Nat := n + n\r\n",
    "theorem twice_even (n : Nat) : twice n % 2 = 0 := by\r\n  sorry\r\n",
    "theorem wrong (n : Nat) : twice n = n := sorry\r\n",
    "theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q :=\r\n  ⟨by sorry, sorry⟩\r\n",
    "end A",
]
HARD = (
    "theorem easy (a b : Nat) : a + b = b + a := by sorry\n"
    "theorem hard (f : Nat → Nat) (h : ∀ n, f (n + 1) > f (f n)) (n : Nat) : f n = n := by sorry\n"
    "theorem never_begun (p : Prop) (h : p) : p := by sorry\n"
)


class Bait:
    """`bait` in processes of their own, with the installed Lean and folders of the test's."""

    def __init__(self, folder: Path) -> None:
        self.traces = folder / "traces"

    def command(self, *arguments: object) -> list[str]:
        main = "from bait_core.cli.main import main; main()"
        return [sys.executable, "-c", main, *map(str, arguments)]

    def prove(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command("prove", *arguments, "--traces", self.traces),
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command("prove", *arguments, "--traces", self.traces),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )

    def records(self) -> list[TraceRecord]:
        return list(read_traces(self.traces))


@pytest.fixture
def bait(tmp_path: Path) -> Bait:
    return Bait(tmp_path)


def theorems(output: str) -> dict[str, dict[str, Any]]:
    answer = json.loads(output)
    assert answer.keys() == {"schema", "theorems"}
    assert answer["schema"] == 1
    keys = {"name", "status", "proof", "seconds", "expansions", "message"}
    keys |= {"file", "edit", "axioms", "open"}
    assert all(theorem.keys() == keys for theorem in answer["theorems"])
    return {theorem["name"]: theorem for theorem in answer["theorems"]}


def wait_for(what: str, process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if what in line:
            return
    pytest.fail(f"{what!r} was never shown")


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children(recursive=True))


def test_a_statement(bait: Bait) -> None:
    result = bait.prove("theorem t (a b : Nat) : a + b = b + a")
    assert result.returncode == 0
    assert "theorem t (a b : Nat) : a + b = b + a := by" in result.stdout
    assert "1 of 1 proved" in result.stdout


def test_a_file_is_filled_and_the_rest_stays_byte_for_byte(bait: Bait, tmp_path: Path) -> None:
    file = tmp_path / "Holes.lean"
    text = HEAD + "".join(HOLES) + TAIL
    file.write_text(text, "utf-8", newline="")
    result = bait.prove(
        file, "--write", "--json", "--seconds", 60, "--expansions", 3, "--workers", 2
    )
    assert result.returncode == 1, result.stderr
    found = theorems(result.stdout)
    statuses = {name: theorem["status"] for name, theorem in found.items()}
    assert statuses == {
        "A.twice_even": "proved",
        "A.wrong": "failed",
        "A.both:1": "proved",
        "A.both:2": "proved",
    }
    assert found["A.wrong"]["proof"] is None
    assert found["A.twice_even"]["expansions"] <= 3
    filled = file.read_bytes().decode("utf-8")
    proof = found["A.twice_even"]["proof"].replace("\n", "\r\n  ")
    assert HOLES[1].replace("sorry", proof) in filled
    assert filled.startswith(HEAD + HOLES[0])
    assert HOLES[2] in filled
    assert filled.endswith(HOLES[4] + TAIL)
    assert {record.theorem: record.status for record in bait.records()} == statuses
    again = bait.prove(file, "--only", "A.both", "--json")
    assert (again.returncode, "no hole" in again.stderr) == (2, True)


def test_ctrl_c_keeps_what_is_done(bait: Bait, tmp_path: Path) -> None:
    file = tmp_path / "Hard.lean"
    file.write_text(HARD, "utf-8")
    process = bait.start(file, "--json", "--output", tmp_path / "Filled.lean")
    wait_for("easy", process)
    time.sleep(1)
    provers = children(process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    found = theorems(output)
    assert found["easy"]["status"] == "proved"
    assert found["hard"]["message"] == "stopped by the user"
    assert found["never_begun"]["message"].startswith("not begun")
    assert "sorry" not in (tmp_path / "Filled.lean").read_text("utf-8").splitlines()[0]
    assert [(r.theorem, r.status) for r in bait.records()] == [
        ("easy", "proved"),
        ("hard", "interrupted"),
    ]
    assert psutil.wait_procs(provers, timeout=10)[1] == []


def test_a_second_ctrl_c_ends_it_at_once(bait: Bait, tmp_path: Path) -> None:
    file = tmp_path / "Loop.lean"
    file.write_text("theorem loop : ∀ n : Nat, n < 10 ^ 9 → n * n % 4 < 2 := by sorry\n")
    process = bait.start(file, "--tactic-seconds", 300, "-o", 'model.disabled=["omega"]')
    deadline = time.monotonic() + 60
    while len(children(process)) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(3)
    provers = children(process)
    process.send_signal(signal.SIGINT)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert psutil.wait_procs(provers, timeout=10)[1] == []


def test_a_file_that_can_not_be_written(bait: Bait, tmp_path: Path) -> None:
    file = tmp_path / "One.lean"
    file.write_text("theorem t : 1 + 1 = 2 := by sorry\n")
    result = bait.prove(file, "--output", tmp_path / "none" / "Out.lean")
    assert result.returncode == 2
    assert "can't be written" in result.stderr
    assert not bait.traces.exists()


def test_a_full_disk_for_traces_costs_no_proof(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    result = Bait(in_the_way).prove("1 + 1 = 2")
    assert result.returncode == 0
    assert "can't be written" in result.stderr


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("Missing.lean", "Missing.lean"),
        ("folder.lean", "is a folder"),
        ("latin.lean", "UTF-8"),
        ("", "empty"),
        ("   ", "empty"),
    ],
)
def test_bad_targets_get_a_clear_answer(
    bait: Bait, tmp_path: Path, target: str, message: str
) -> None:
    (tmp_path / "folder.lean").mkdir()
    (tmp_path / "latin.lean").write_bytes("theorem t : α := by sorry".encode("utf-16"))
    result = bait.prove(tmp_path / target if target.endswith(".lean") else target)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("text", ["", "-- nothing\n", "theorem t : 1 = 1 := rfl\n"])
def test_files_without_holes_are_proved_already(bait: Bait, tmp_path: Path, text: str) -> None:
    file = tmp_path / "Done.lean"
    file.write_text(text)
    result = bait.prove(file, "--json")
    assert (result.returncode, theorems(result.stdout)) == (0, {})


MANY = "".join(
    f"theorem t{n} (a b c : Nat) (h : a < b) : a + {n} < b + c + {n} := by sorry\n"
    for n in range(8)
)


@pytest.mark.parametrize(
    "execution", [("--workers", 2), ("--workers", 2, "--execution", "processes")]
)
def test_provers_and_drivers_that_are_killed_lose_no_theorem(
    bait: Bait, tmp_path: Path, execution: tuple[object, ...]
) -> None:
    """Provers are killed at random moments, then the driver; then the run is taken up."""
    rng = random.Random(str(execution))
    file = tmp_path / "Many.lean"
    file.write_text(MANY)
    with bait.start(file, "--seconds", 60, *execution) as process:
        wait_for("proved", process)
        for _ in range(2):
            time.sleep(rng.random())
            provers = [p for p in children(process) if "node" in p.name()]
            if provers:
                rng.choice(provers).kill()
        wait_for("proved", process)
        process.kill()
    before = len(bait.records())
    result = bait.prove(file, "--seconds", 60, "--json", "--resume", *execution)
    assert f"{before} of 8 are done" in result.stderr
    names = [record.theorem for record in bait.records()]
    assert sorted(names) == [f"t{n}" for n in range(8)]
    found = theorems(result.stdout)
    assert {found[name]["status"] for name in names} <= {"proved", "error"}
    assert sum(theorem["status"] == "proved" for theorem in found.values()) >= 6
    assert len(list(bait.traces.iterdir())) == 1
