"""The client of REPL processes, against small programs that behave in all sorts of ways."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.errors import ProverStartError
from bait_lean.errors import ProtocolError, ReplCrashError, ReplTimeoutError
from bait_lean.process.framing import AnswerReader
from bait_lean.process.messages import CommandReply, ErrorReply, TacticReply, parse
from bait_lean.process.repl import ReplProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")

LONG = 60.0
PRELUDE = """
import json, os, signal, subprocess, sys, time
def requests():
    text = ""
    for line in sys.stdin:
        if line.strip():
            text += line
        else:
            yield json.loads(text)
            text = ""
def answer(**reply):
    sys.stdout.write(json.dumps(reply) + "\\n\\n")
    sys.stdout.flush()
"""

Repl = Callable[..., ReplProcess]


@pytest.fixture
def repl(tmp_path: Path) -> Iterator[Repl]:
    started: list[ReplProcess] = []

    def start(program: str, **options: Any) -> ReplProcess:
        script = tmp_path / f"repl{len(started)}.py"
        script.write_text(PRELUDE + textwrap.dedent(program))
        started.append(ReplProcess([sys.executable, str(script)], **options))
        return started[-1]

    yield start
    for process in started:
        process.close()


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"
        time.sleep(0.01)


ECHO = "for request in requests(): answer(echo=request)"


def test_answers_belong_to_their_requests(repl: Repl) -> None:
    process = repl(ECHO)
    for number in range(50):
        assert process.request({"n": number, "text": "∀ x"}, LONG) == {
            "echo": {"n": number, "text": "∀ x"}
        }
    assert process.alive


def test_noise_is_ignored_and_answers_may_span_lines(repl: Repl) -> None:
    process = repl(r"""
        for request in requests():
            print("[DEBUG] noise\n\n{noise}\n", end="")
            print(json.dumps({"echo": request, "list": [1, {"a": 2}]}, indent=1) + "\r\n\r\n")
            sys.stdout.flush()
    """)
    for number in range(3):
        assert process.request({"n": number}, LONG)["echo"] == {"n": number}


@given(st.lists(st.integers(1, 40)), st.booleans(), st.booleans())
def test_cutting_the_stream_does_not_matter(cuts: list[int], indent: bool, noisy: bool) -> None:
    answers = [{"n": n, "text": "∀ {x}\n\n{", "inner": {"a": [n]}} for n in range(3)]
    text = "".join(
        ("noise\n\n{ x := 1 }\n\n{}}\n" if noisy else "")
        + json.dumps(answer, indent=1 if indent else None)
        + "\n\n"
        for answer in answers
    ).encode()
    reader, found = AnswerReader(), []
    for size in [*cuts, len(text)]:
        reader.feed(text[:size])
        text = text[size:]
        while (answer := reader.next()) is not None:
            found.append(answer)
    assert found == answers


def test_timeout_kills_the_process_and_its_children(repl: Repl) -> None:
    process = repl("""
        child = subprocess.Popen(["sleep", "1000"])
        for request in requests():
            if "hang" in request: time.sleep(1000)
            answer(child=child.pid)
    """)
    child = process.request({}, LONG)["child"]
    with pytest.raises(ReplTimeoutError, match=r"within 0\.1 s"):
        process.request({"hang": True}, 0.1)
    wait_until(lambda: gone(process.pid) and gone(child))
    assert not process.alive
    with pytest.raises(ReplCrashError):
        process.request({}, LONG)


def test_a_process_that_keeps_talking_noise_times_out_too(repl: Repl) -> None:
    process = repl("while True: print('noise', flush=True)")
    with pytest.raises(ReplTimeoutError):
        process.request({}, 0.2)


def test_exit_is_reported_with_code_and_standard_error(repl: Repl) -> None:
    process = repl("""
        next(requests())
        sys.stderr.write("x" * 100_000 + "\\nout of luck\\n")
        sys.exit(70)
    """)
    with pytest.raises(ReplCrashError, match="exit code 70: out of luck") as caught:
        process.request({}, LONG)
    assert caught.value.exit_code == 70
    assert caught.value.stderr.endswith("out of luck")
    assert len(caught.value.stderr) < 10_000


def test_a_signal_is_reported(repl: Repl) -> None:
    process = repl("next(requests()); os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(ReplCrashError, match="signal 9") as caught:
        process.request({}, LONG)
    assert caught.value.exit_code == -signal.SIGKILL


def test_death_between_requests_is_a_crash_of_the_next(repl: Repl) -> None:
    process = repl(ECHO)
    process.request({}, LONG)
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not process.alive)
    with pytest.raises(ReplCrashError, match="signal 9"):
        process.request({}, LONG)


@pytest.mark.parametrize("end", ["kill", "close"])
def test_another_thread_may_end_it_during_a_request(repl: Repl, end: str) -> None:
    process = repl("for request in requests(): time.sleep(1000)")
    threads = [threading.Timer(0.2, getattr(process, end)) for _ in range(2)]
    for thread in threads:
        thread.start()
    with pytest.raises(ReplCrashError, match="ended during a request"):
        process.request({}, LONG)
    for thread in threads:
        thread.join()
    process.close()
    process.kill()
    assert gone(process.pid)


def test_many_threads_may_share_it(repl: Repl) -> None:
    process = repl(ECHO)
    wrong = []

    def ask(thread: int) -> None:
        for number in range(50):
            sent = {"thread": thread, "n": number}
            if process.request(sent, LONG) != {"echo": sent}:
                wrong.append(sent)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_big_requests_and_a_talkative_process_do_not_block_each_other(repl: Repl) -> None:
    process = repl("""
        sys.stderr.write("e" * 1_000_000)
        sys.stdout.write("noise\\n" * 200_000)
        for request in requests():
            sys.stderr.write("e" * 1_000_000)
            answer(length=len(request["text"]))
    """)
    for _ in range(2):
        assert process.request({"text": "a" * 1_000_000}, LONG) == {"length": 1_000_000}


@pytest.mark.parametrize("where", ["itself", "child"])
def test_memory_limit(repl: Repl, where: str) -> None:
    process = repl(
        """
        eat = "x = bytearray(300_000_000); import time; time.sleep(1000)"
        request = next(requests())
        exec(eat) if request["where"] == "itself" else subprocess.run([sys.executable, "-c", eat])
        """,
        memory_limit=200_000_000,
    )
    with pytest.raises(ReplCrashError, match="its limit is 200 MB"):
        process.request({"where": where}, LONG)
    assert gone(process.pid)


def test_memory_is_watched_across_short_requests(repl: Repl) -> None:
    process = repl(
        """
        kept = []
        for request in requests():
            kept.append(b"x" * 1_000_000)
            answer(kept=len(kept))
        """,
        memory_limit=100_000_000,
    )

    def feed() -> None:
        for _ in range(5_000):
            process.request({}, LONG)

    with pytest.raises(ReplCrashError, match="its limit"):
        feed()


@pytest.mark.parametrize("busy", ["time.sleep(1000)", "while True: pass", "sys.stdin.read()"])
def test_nothing_outlives_a_killed_parent(tmp_path: Path, busy: str) -> None:
    script = tmp_path / "repl.py"
    script.write_text(PRELUDE + f"answer(pid=os.getpid())\n{busy}\n")
    program = """if True:
        import sys, time
        from bait_lean.process.repl import ReplProcess
        process = ReplProcess([sys.executable, sys.argv[1]])
        print(process.receive(60)["pid"], flush=True)
        time.sleep(1000)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(script)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        group = [p.pid for p in psutil.Process(pid).children(recursive=True)] + [pid]
        assert not any(map(gone, group))
        parent.kill()
    wait_until(lambda: all(map(gone, group)))


def test_an_interrupted_request_ends_the_process(repl: Repl) -> None:
    process = repl("for request in requests(): time.sleep(1000)")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            process.request({}, LONG)
    finally:
        signal.signal(signal.SIGALRM, before)
    wait_until(lambda: gone(process.pid))
    with pytest.raises(ReplCrashError):
        process.request({}, LONG)


def test_what_is_not_json_is_a_protocol_error(repl: Repl) -> None:
    process = repl("next(requests()); print('{ }not json\\n', flush=True); time.sleep(1000)")
    with pytest.raises(ProtocolError, match="not json"):
        process.request({}, LONG)
    wait_until(lambda: gone(process.pid))


def test_what_can_not_be_started(tmp_path: Path) -> None:
    with pytest.raises(ProverStartError, match="no such program"):
        ReplProcess([str(tmp_path / "missing")])
    with pytest.raises(ProverStartError, match="can't be started"):
        ReplProcess([sys.executable], cwd=tmp_path / "missing")
    not_executable_text = tmp_path / "binary"
    not_executable_text.write_bytes(b"\x00\x01\x02")
    not_executable_text.chmod(0o755)
    with (
        ReplProcess([str(not_executable_text)]) as process,
        pytest.raises(ReplCrashError, match="can't be run"),
    ):
        process.request({}, LONG)


def test_the_environment_is_the_given_one(repl: Repl) -> None:
    process = repl("answer(value=os.environ.get('WANTED'))", env={**os.environ, "WANTED": "1"})
    assert process.receive(LONG) == {"value": "1"}


def test_parse() -> None:
    answer = {
        "env": 1,
        "messages": [{"severity": "error", "pos": {"line": 1, "column": 0}, "data": "no"}],
        "sorries": [{"proofState": 0, "goal": "⊢ True"}],
        "unknown": 1,
    }
    reply = parse(answer, CommandReply)
    assert isinstance(reply, CommandReply)
    assert reply.messages[0].end_pos is None
    assert reply.sorries[0].proof_state == 0
    error = parse({"message": "Lean error:\nno", "timeout": True}, TacticReply)
    assert isinstance(error, ErrorReply)
    assert error.timeout


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"proofState": "1", "goals": []},
        {"proofState": 1, "goals": "⊢ True"},
        {"proofState": 1},
        {"message": 3},
    ],
)
def test_an_answer_that_does_not_fit_is_a_protocol_error(answer: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        parse(answer, TacticReply)
