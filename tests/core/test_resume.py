"""Runs that are killed, for real and at random moments, and taken up again."""

from __future__ import annotations

import gzip
import json
import random
import resource
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import psutil
import pytest

from bait_core.domain import SearchStatus, Theorem
from bait_core.errors import TraceError
from bait_core.traces import TraceWriter, read_traces

from .whole_runs import WholeRuns, family, workers

MANY = [f"t{number} {number % 7 + 1}" for number in range(40)]
HOW = {
    "threads": ["--workers", "3"],
    "processes": ["--workers", "2", "--execution", "processes"],
}


def names(theorems: Sequence[str]) -> Counter[str]:
    return Counter(theorem.split()[0] for theorem in theorems)


def wait_for_records(runs: WholeRuns, number: int, process: psutil.Popen) -> None:
    while len(runs.records()) < number and process.poll() is None:
        time.sleep(0.01)


def assert_finished(runs: WholeRuns, theorems: Sequence[str] = MANY) -> None:
    """Each theorem has exactly one final record, in one file."""
    [file] = runs.trace_files
    records = list(read_traces(file))  # a torn record would be a warning, and so an error
    assert Counter(record.theorem for record in records) == names(theorems)
    assert {record.status for record in records} == {"proved"}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("seed", range(3))
def test_kill_9_at_random_moments(tmp_path, how, seed):
    """Driver or worker, again and again, until a run gets through."""
    rng = random.Random(f"{how}{seed}")
    runs = WholeRuns(tmp_path, MANY)
    for _ in range(4):
        with runs.start("--resume", *HOW[how]) as process:
            wait_for_records(runs, len(runs.records()) + rng.randrange(1, 8), process)
            time.sleep(rng.random() * 0.05)
            victims = workers(process) if rng.random() < 0.5 else []
            rng.choice(victims or [process]).kill()
            if victims:
                wait_for_records(runs, len(runs.records()) + 2, process)
                process.kill()
            process.wait()
    done = runs.run("--resume", *HOW[how])
    assert done.returncode == 0, done.stderr
    assert f"{len(MANY)} of {len(MANY)} proved" in done.stdout
    assert_finished(runs)


@pytest.mark.parametrize("how", HOW)
def test_nothing_is_left_running_after_kill_9(tmp_path, how):
    runs = WholeRuns(tmp_path, MANY)
    with runs.start(*HOW[how]) as process:
        wait_for_records(runs, 2, process)
        children = family(process)
        process.kill()
        _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


@pytest.mark.parametrize("how", HOW)
def test_ctrl_c_then_resume(tmp_path, how):
    """As in a terminal, every process of the run gets the signal."""
    runs = WholeRuns(tmp_path, MANY)
    with runs.start(*HOW[how]) as process:
        wait_for_records(runs, 3, process)
        for member in family(process):
            member.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    before = runs.records()
    done = runs.run("--resume", *HOW[how])
    assert done.returncode == 0, done.stderr
    final = [record for record in before if record.status != "interrupted"]
    assert f"{len(final)} of {len(MANY)} are done" in done.stderr
    assert_finished(runs)
    after = {record.theorem: record.started for record in runs.records()}
    assert {r.theorem: r.started for r in final}.items() <= after.items()


@pytest.mark.parametrize("how", HOW)
def test_a_spent_budget_then_resume(tmp_path, how):
    """What was not begun has no record, and what was under way no final one."""
    theorems = MANY[:24]
    runs = WholeRuns(tmp_path, theorems)
    slow = ("-o", "environment.seconds=0.15")
    done = runs.run("--total-seconds", "3", "--json", *slow, *HOW[how])
    assert done.returncode == 1, done.stderr
    told = {theorem["name"]: theorem["status"] for theorem in json.loads(done.stdout)["theorems"]}
    searched = {record.theorem for record in runs.records() if record.status == "proved"}
    assert {name for name, status in told.items() if status == "proved"} == searched
    assert set(told.values()) <= {"proved", "interrupted", "unsearched"}
    assert "unsearched" in told.values()
    assert len(runs.records()) < len(theorems)
    done = runs.run("--resume", *slow, *HOW[how])
    assert f"{len(searched)} of {len(theorems)} are done" in done.stderr or not searched
    assert done.returncode == 0, done.stderr
    assert_finished(runs, theorems)


def limit_file_size() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_full_disk_then_resume(tmp_path):
    """A limit on the size of files stands for the disk: some records can't be written."""
    runs = WholeRuns(tmp_path, MANY)
    done = subprocess.run(
        runs.arguments("--workers", "2"),
        env=runs.site.environment(200),
        preexec_fn=limit_file_size,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0  # the proofs were found
    assert "can't be written" in done.stderr
    recorded = len(runs.records())
    assert 0 < recorded < len(MANY)
    done = runs.run("--resume")
    assert f"{recorded} of {len(MANY)} are done" in done.stderr
    assert_finished(runs)


def test_a_torn_record_is_dropped_with_a_warning(tmp_path):
    runs = WholeRuns(tmp_path, MANY[:3])
    runs.run()
    [file] = runs.trace_files
    file.write_bytes(file.read_bytes()[:-20])
    done = runs.run("--resume")
    assert "Warning" in done.stderr
    assert "torn" in done.stderr
    assert "2 of 3 are done" in done.stderr
    assert_finished(runs, MANY[:3])


def test_damaged_files_cost_no_other_run(tmp_path):
    """Junk beside the run's file, and a bit of its own that was flipped."""
    runs = WholeRuns(tmp_path, MANY[:3])
    runs.run()
    [file] = runs.trace_files
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    junk = runs.traces / "3000-01-01_00-00-00.jsonl.gz"
    junk.write_bytes(b"junk")
    done = runs.run("--resume")
    assert done.returncode == 0, done.stderr
    assert "2 of 3 are done" in done.stderr
    assert f"{file}: left out" in done.stderr
    assert f"{junk} is not a trace file" in runs.site.run("traces", str(junk)).stderr
    junk.unlink()
    assert_finished(runs, MANY[:3])


def test_a_finished_run_is_shown_again_and_searches_nothing(tmp_path):
    runs = WholeRuns(tmp_path, MANY[:3])
    runs.run()
    before = runs.records()
    output = tmp_path / "filled"
    done = runs.run("--resume", "--output", str(output))
    assert "3 of 3 proved" in done.stdout
    assert runs.records() == before
    assert output.read_text("utf-8") == "t0 1: 1 steps\nt1 2: 2 steps\nt2 3: 3 steps\n"


def test_without_a_run_to_resume_one_begins(tmp_path):
    runs = WholeRuns(tmp_path, MANY[:2])
    done = runs.run("--resume")
    assert done.returncode == 0
    assert_finished(runs, MANY[:2])


def test_other_settings_are_another_run(tmp_path):
    """But where and how many at a time may change."""
    runs = WholeRuns(tmp_path, MANY[:2])
    runs.run()
    runs.run("--resume", "--workers", "2", *HOW["processes"])
    assert len(runs.trace_files) == 1
    runs.run("--resume", "--seed", "1")
    assert len(runs.trace_files) == 2


def test_theorems_that_changed_are_searched_again(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1", "b 1", "gone 1"])
    runs.run()
    runs.file.write_text("a 1\nb 2\nnew 1\n", "utf-8")
    done = runs.run("--resume")
    assert "1 of 3 are done" in done.stderr
    assert_finished(runs, ["a 1", "b 2", "new 1"])
    assert {r.theorem: len(r.goals) for r in runs.records()} == {"a": 1, "b": 2, "new": 1}


def test_a_run_under_way_cannot_be_taken_over(tmp_path):
    runs = WholeRuns(tmp_path, MANY)
    with runs.start("-o", "environment.seconds=0.05") as process:
        wait_for_records(runs, 2, process)
        done = runs.run("--resume", "-o", "environment.seconds=0.05")
    assert done.returncode == 2
    assert "another process is writing" in done.stderr


def test_what_cannot_be_copied_is_left_as_it_was(tmp_path, monkeypatch):
    runs = WholeRuns(tmp_path, MANY[:3])
    runs.run()
    [file] = runs.trace_files
    before = file.read_bytes()

    def full(*arguments: object, **options: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gzip, "compress", full)
    with (
        closing(TraceWriter(file)) as writer,
        pytest.raises(TraceError, match="No space left"),
    ):
        writer.keep_final([Theorem("t0", "t0 1")])
    assert file.read_bytes() == before
    assert [path.name for path in Path(runs.traces).iterdir()] == [file.name]


def test_only_the_first_final_record_of_a_theorem_is_kept(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1", "b 1"])
    runs.run()
    [file] = runs.trace_files
    one, two = read_traces(file)
    path = tmp_path / "x.jsonl.gz"
    writer = TraceWriter(path)
    interrupted = msgspec.structs.replace(one, status=SearchStatus.INTERRUPTED.value)
    for record in (interrupted, two, one, two):
        writer.append(record)
    assert writer.keep_final([Theorem("a", "a 1"), Theorem("b", "b 1")]) == {"a", "b"}
    writer.close()
    assert list(read_traces(path)) == [two, one]
