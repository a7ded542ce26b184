"""Recorded searches: what is in them, and how they survive."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import nullcontext

import msgspec
import pytest

from bait_core.domain import CheckResult, Foundations, Proof, Theorem
from bait_core.errors import TraceError, TraceWarning
from bait_core.execution import Runner, RunSettings
from bait_core.proof_search import Attempt, SearchSettings
from bait_core.proof_search.recording import trace_record
from bait_core.search.best_first import BestFirst, BestFirstOptions
from bait_core.traces import (
    SCHEMA,
    TraceRecord,
    TraceWriter,
    decode_record,
    encode_record,
    read_traces,
)

from .toy import Rules, ToyEnvironment, ToyModel, goal

RULES: Rules = {
    "root": {"split": ["left", "right"]},
    "left": {"close": []},
    "right": {"step": ["left"]},
}


class Keep:
    attempt: Attempt

    def on_start(self, attempt: Attempt) -> None: ...

    def on_step(self, attempt: Attempt) -> None: ...

    def on_end(self, attempt: Attempt) -> None:
        self.attempt = attempt


def record(rules: Rules = RULES) -> TraceRecord:
    environment = ToyEnvironment(rules)
    keep = Keep()
    runner = Runner(
        environment,
        ToyModel(rules),
        lambda: BestFirst(BestFirstOptions()),
        settings=SearchSettings(),
        run=RunSettings(),
        observer=keep,
    )
    runner.run(environment.theorems())
    return trace_record(keep.attempt, {"search": {"name": "best-first"}}, {"bait-core": "0"})


def test_a_record_holds_the_whole_search():
    r = record()
    assert (r.schema, r.theorem, r.statement, r.status) == (SCHEMA, "root", "⊢ root", "proved")
    assert r.configuration == {"search": {"name": "best-first"}}
    assert [goal.key for goal in r.goals] == ["root", "left", "right"]
    assert [goal.distance for goal in r.goals] == [4, 1, 2]
    assert [(e.goal, e.tactic, e.outcome, e.subgoals) for e in r.edges] == [
        (0, "nonsense", "error", ()),
        (0, "split", "subgoals", (1, 2)),
        (1, "nonsense", "error", ()),
        (1, "close", "proved", ()),
        (2, "nonsense", "error", ()),
        (2, "step", "subgoals", (1,)),
    ]
    assert r.edges[0].message == "does not apply"
    assert all(edge.log_probability == -1.0 for edge in r.edges)
    assert [(s.step, s.goal, s.score) for s in r.selections] == [(0, 0, 0), (1, 1, -1), (2, 2, -1)]
    assert r.selections[2].details == {"log_probability": -1.0, "length": 1.0}
    assert r.proof is not None
    assert r.proof.edges == (1, 3, 5)
    assert r.proof.accepted
    assert r.proof.script == "split\n  close\n  step\n  close"
    assert r.timings.prover > 0
    assert r.seconds >= r.timings.search + r.timings.model + r.timings.prover + r.timings.check


def test_a_theorem_that_never_began_has_a_record_too():
    attempt = Attempt(Theorem("t", "⊢ t"), message="no such prover")
    r = trace_record(attempt, {}, {})
    assert (r.goals, r.edges, r.proof, r.message) == ((), (), None, "no such prover")


def test_records_come_back_as_they_were_written(tmp_path):
    writer = TraceWriter(tmp_path / "new" / "a.jsonl.gz")
    first, second = record(), record({"root": {}})
    writer.append(first)
    writer.append(second)
    assert list(read_traces(writer.path)) == [first, second]
    assert list(read_traces(tmp_path)) == [first, second]
    lines = gzip.decompress(writer.path.read_bytes()).splitlines()
    assert [json.loads(line)["theorem"] for line in lines] == ["root", "root"]


def test_records_of_earlier_versions_can_be_read():
    """They know nothing of what theorems rest on."""
    now = record()
    old = json.loads(encode_record(now))
    del old["proof"]["axioms"], old["proof"]["open"]
    assert decode_record(json.dumps(old).encode()) == now


def test_a_record_says_what_the_theorem_rests_on():
    attempt = Attempt(Theorem("t", "⊢ t"), proof=Proof(goal("t"), {}))
    attempt.check = CheckResult(True, "s", foundations=Foundations(("choice",), ("u (line 2)",)))
    proof = trace_record(attempt, {}, {}).proof
    assert proof is not None
    assert (proof.axioms, proof.open) == (("choice",), ("u (line 2)",))


def test_threads_do_not_tear_each_others_records(tmp_path):
    writer, one = TraceWriter(tmp_path / "a.jsonl.gz"), record()
    threads = [
        threading.Thread(target=lambda: list(map(writer.append, [one] * 20))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(read_traces(writer.path)) == [one] * 80


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_torn_last_record_is_dropped_with_a_warning(tmp_path, cut):
    writer, one = TraceWriter(tmp_path / "a.jsonl.gz"), record()
    writer.append(one)
    writer.append(one)
    with writer.path.open("rb+") as file:
        file.truncate(writer.path.stat().st_size - cut)
    with pytest.warns(UserWarning, match="torn"):
        assert list(read_traces(writer.path)) == [one]


def test_kill_9_while_writing_loses_at_most_the_record_being_written(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    code = (
        "import sys, msgspec; from pathlib import Path;"
        "from bait_core.traces import TraceRecord, TraceWriter;"
        "record = msgspec.json.decode(sys.stdin.buffer.read(), type=TraceRecord);"
        "writer = TraceWriter(Path(sys.argv[1]))\n"
        "while True: writer.append(record); print('written', flush=True)"
    )
    one = record()
    process = subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(msgspec.json.encode(one))
        process.stdin.close()
        written = [process.stdout.readline() for _ in range(5)]
        time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        written += process.stdout.readlines()
    with pytest.warns(UserWarning, match="torn") if _is_torn(path) else nullcontext():
        records = list(read_traces(path))
    assert len(records) >= len(written) >= 5
    assert set(map(msgspec.json.encode, records)) == {msgspec.json.encode(one)}


def _is_torn(path) -> bool:
    try:
        gzip.decompress(path.read_bytes())
    except EOFError:
        return True
    return False


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path):
    """A limit on file size stands for the full disk: the write stops in the middle."""
    path = tmp_path / "a.jsonl.gz"
    TraceWriter(path).append(record())
    before = path.read_bytes()
    code = (
        "import resource, signal, sys, msgspec; from pathlib import Path;"
        "from bait_core.errors import TraceError;"
        "from bait_core.traces import TraceRecord, TraceWriter, read_traces;"
        "path = Path(sys.argv[1]); size = path.stat().st_size;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, size + 50))\n"
        "try: TraceWriter(path).append(next(read_traces(path)))\n"
        "except TraceError as error: print(error)"
    )
    output = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert "can't be written" in output.stdout
    assert "--traces" in output.stdout
    assert path.read_bytes() == before


def members(path, *names: str) -> list[bytes]:
    """Write a record for each name, as members of their own; each as it is in the file."""
    writer, found = TraceWriter(path), list[bytes]()
    for name in names:
        before = path.stat().st_size if path.exists() else 0
        writer.append(msgspec.structs.replace(record(), theorem=name))
        found.append(path.read_bytes()[before:])
    writer.close()
    return found


def names(path) -> list[str]:
    return [record.theorem for record in read_traces(path)]


def flipped(member: bytes) -> bytes:
    middle = len(member) // 2
    return member[:middle] + bytes([member[middle] ^ 16]) + member[middle + 1 :]


@pytest.mark.parametrize("spoil", ["flip", "flip last", "junk", "zeros at the end", "cut"])
def test_damage_costs_the_records_that_it_hits(tmp_path, spoil):
    path = tmp_path / "a.jsonl.gz"
    a, b, c = members(path, "a", "b", "c")
    content, left = {
        "flip": (a + flipped(b) + c, ["a", "c"]),
        "flip last": (a + b + flipped(c), ["a", "b"]),
        "junk": (a + b"junk" * 9999 + b + c, ["a", "b", "c"]),
        "zeros at the end": (a + b + c + bytes(4096), ["a", "b", "c"]),
        "cut": (a + b[: len(b) // 2] + c, ["a", "c"]),
    }[spoil]
    path.write_bytes(content)
    with pytest.warns(TraceWarning, match=path.name) as told:
        assert names(path) == left
    if spoil != "flip last":
        place = {"zeros at the end": len(a + b + c)}.get(spoil, len(a))
        assert f"from byte {place} on" in str(told[0].message)


@pytest.mark.parametrize("seed", range(20))
def test_one_flipped_bit_costs_one_record_at_most(tmp_path, seed):
    rng = random.Random(seed)
    path = tmp_path / "a.jsonl.gz"
    content = bytearray(b"".join(members(path, *"abcdefgh")))
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left = names(path)
    assert len(left) >= 7
    assert left == sorted(set(left))


def test_lines_that_are_no_trace_are_passed_over(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    a, b = members(path, "a", "b")
    path.write_bytes(a + gzip.compress(b'{"x": 1}\n[\n') + b)
    with pytest.warns(TraceWarning, match="record 2 of .* is not a trace.*1 more"):
        assert names(path) == ["a", "b"]


def test_what_ordinary_tools_have_written_is_read(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    members(path, "a", "b", "c")
    text = gzip.decompress(path.read_bytes())
    one_member = tmp_path / "one.gz"
    one_member.write_bytes(gzip.compress(text))
    plain = tmp_path / "plain.jsonl"
    plain.write_bytes(text.rstrip())
    assert names(path) == names(one_member) == names(plain) == ["a", "b", "c"]
    one_member.write_bytes(one_member.read_bytes()[:-4])  # as `gzip` that was killed leaves it
    with pytest.warns(TraceWarning, match="torn"):
        assert names(one_member) == ["a", "b"]


def test_a_folder_is_read_past_what_is_no_trace(tmp_path):
    members(tmp_path / "b.jsonl.gz", "b")
    (tmp_path / "a.jsonl.gz").write_bytes(b"junk")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'{"schema": 99}\n'))
    training = tmp_path / "training" / "1" / "tactics"
    (training / "examples").mkdir(parents=True)
    (training / "job.json").write_text("{}")
    (training / "examples" / "train.jsonl.gz").write_bytes(gzip.compress(b"{}\n"))
    with pytest.warns(TraceWarning) as told:
        assert names(tmp_path) == ["b"]
    assert len(told) == 2


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TraceError, match="can't be written to"):
        TraceWriter(tmp_path / "file" / "a.jsonl.gz").append(record())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"plain text", "not a trace file", id="text"),
        pytest.param(gzip.compress(b"{}\n"), "record 1 .* is not a trace", id="no trace"),
        pytest.param(gzip.compress(b'{"schema": 99}\n'), "schema 99, newer than", id="newer"),
    ],
)
def test_what_is_no_trace_is_refused(tmp_path, content, message):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=message):
        list(read_traces(path))
    with pytest.raises(TraceError, match="no trace at"):
        list(read_traces(tmp_path / "missing"))
