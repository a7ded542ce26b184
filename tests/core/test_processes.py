"""The life of prover processes, with programs that behave in all sorts of ways."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bait_core.errors import ProverStartError, StartupCrashError
from bait_core.processes import (
    MemoryWatch,
    ProverProcess,
    describe_exit,
    end_family,
    find_process,
    limit_address_space,
    log_tail,
    start_with_retries,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX only")

LONG = 60.0
WITH_CHILD = """if True:
    import os, subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    print(child.pid, flush=True)
    time.sleep(1000)
"""

Start = Callable[[str], ProverProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[ProverProcess] = []

    def start(program: str) -> ProverProcess:
        started.append(ProverProcess([sys.executable, "-c", program]))
        return started[-1]

    yield start
    for process in started:
        process.close()


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def group_is_gone(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"
        time.sleep(0.01)


def test_pipes_lead_to_the_program(start: Start) -> None:
    process = start("import sys; print(input()[::-1]); print('also', file=sys.stderr)")
    process.stdin.write(b"abc\n")
    assert process.stdout.readline() == b"cba\n"
    assert process.stderr.readline() == b"also\n"
    assert process.wait(LONG) == process.exit_code == 0
    assert not process.killed


def test_files_in_place_of_pipes(tmp_path: Path) -> None:
    commands, log = tmp_path / "commands", tmp_path / "log"
    commands.write_text("abc\n")
    program = "import sys; print(input(), flush=True); print('also', file=sys.stderr)"
    with (
        commands.open("rb") as stdin,
        log.open("wb") as output,
        ProverProcess([sys.executable, "-c", program], stdin=stdin, output=output) as process,
    ):
        assert process.wait(LONG) == 0
        with pytest.raises(ValueError, match="a file in place"):
            _ = process.stdout
    assert log_tail(log) == "abc\nalso"


def test_environment_and_folder(tmp_path: Path) -> None:
    program = "import os; print(os.environ['WANTED'], os.getcwd())"
    env = os.environ | {"WANTED": "yes"}
    with ProverProcess([sys.executable, "-c", program], env=env, cwd=tmp_path) as process:
        assert process.stdout.readline().decode() == f"yes {tmp_path}\n"


@pytest.mark.parametrize("end", ["kill", "close"])
def test_its_children_end_with_it(start: Start, end: str) -> None:
    process = start(WITH_CHILD)
    child = int(process.stdout.readline())
    for _ in range(2):
        getattr(process, end)()
    assert process.killed
    assert process.wait(LONG) == -signal.SIGKILL
    wait_until(lambda: gone(child) and group_is_gone(process.pid))


def test_children_of_a_program_that_has_ended_are_killed(start: Start) -> None:
    process = start(WITH_CHILD.replace("time.sleep(1000)\n", ""))
    child = int(process.stdout.readline())
    assert process.wait(LONG) == 0
    assert not gone(child)
    process.close()
    wait_until(lambda: gone(child))


def test_a_program_may_wait_for_all_its_children(start: Start) -> None:
    """Nothing that we start for it is one of them."""
    process = start(
        "import os\ntry: os.wait()\nexcept ChildProcessError: print('none', flush=True)"
    )
    assert process.stdout.readline() == b"none\n"


def test_a_program_that_ends_its_own_group_can_still_be_killed(start: Start) -> None:
    process = start("""if True:
        import os, signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(0, signal.SIGTERM)
        print("still here", flush=True)
        signal.pause()
    """)
    assert process.stdout.readline() == b"still here\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(LONG)
    assert not group_is_gone(process.pid)  # the number can't be another's
    process.close()
    wait_until(lambda: group_is_gone(process.pid))


@pytest.mark.parametrize("detached", [False, True])
def test_whether_it_outlives_a_killed_parent(detached: bool) -> None:
    program = f"""if True:
        import sys, time
        from bait_core.processes import ProverProcess
        process = ProverProcess([sys.executable, "-c", sys.argv[1]], detached={detached})
        print(process.pid, int(process.stdout.readline()), flush=True)
        time.sleep(1000)
    """
    with subprocess.Popen(
        [sys.executable, "-c", program, WITH_CHILD], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        leader, child = map(int, parent.stdout.readline().split())
        parent.kill()
        parent.wait()
    if detached:
        time.sleep(0.5)
        assert not gone(leader)
        end_family(psutil.Process(leader))
    wait_until(lambda: gone(leader) and gone(child))


def test_a_family_may_end_by_itself_and_is_killed_otherwise(start: Start) -> None:
    react = """if True:
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: {reaction})
        print("ready", flush=True)
        while True: time.sleep(1000)
    """
    polite = start(react.format(reaction="sys.exit(print('bye'))"))
    stubborn = start(react.format(reaction="print('no', flush=True)"))
    with_child = start(WITH_CHILD)
    child = int(with_child.stdout.readline())
    processes = [polite, stubborn, with_child]
    for process in (polite, stubborn):
        assert process.stdout.readline() == b"ready\n"
    leaders = [psutil.Process(process.pid) for process in processes]
    for leader in [*leaders, *leaders]:
        end_family(leader)
    assert all(gone(pid) for pid in [child, *(leader.pid for leader in leaders)])
    assert polite.stdout.read() == b"bye\n"
    assert stubborn.stdout.read() == b"no\n"


def test_a_process_is_found_by_number_and_start(start: Start) -> None:
    process = start("input()")
    created = psutil.Process(process.pid).create_time()
    found = find_process(process.pid, created)
    assert found is not None
    assert found.pid == process.pid
    assert find_process(process.pid, created - 100) is None
    process.close()
    assert find_process(process.pid, created) is None


@pytest.mark.parametrize("where", ["itself", "child"])
def test_memory_is_watched_with_that_of_children(start: Start, where: str) -> None:
    eat = "kept = bytearray(300_000_000); print('full', flush=True); input()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {eat!r}])"
    process = start(eat if where == "itself" else child)
    process.stdout.readline()
    assert MemoryWatch(process.pid, 200_000_000).excess(LONG).endswith("its limit is 200 MB")
    watch = MemoryWatch(process.pid, 10_000_000_000)
    assert watch.excess(LONG) == ""
    watch.limit = 1
    assert watch.excess(LONG) == ""  # too early to look again
    assert watch.excess(LONG + watch.interval)
    process.close()
    # The process is gone now, and its children soon.
    looks = itertools.count(2 * LONG, watch.interval)
    wait_until(lambda: watch.excess(next(looks)) == "")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_address_space_is_limited_from_outside(start: Start) -> None:
    process = start("""if True:
        input()
        try: bytearray(2_000_000_000)
        except MemoryError: print("refused", flush=True)
    """)
    limit_address_space(process.pid, 1_000_000_000)
    process.stdin.write(b"\n")
    assert process.stdout.readline() == b"refused\n"


def test_what_can_not_be_started(tmp_path: Path) -> None:
    with pytest.raises(ProverStartError, match="no such program"):
        ProverProcess([str(tmp_path / "missing")])
    with pytest.raises(ProverStartError, match="can't be started"):
        ProverProcess([sys.executable], cwd=tmp_path / "missing")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\x00\x01\x02")
    binary.chmod(0o755)
    with ProverProcess([str(binary)]) as process:
        assert b"can't be run" in process.stderr.read()
        assert process.wait(LONG) == 1


def test_how_a_process_ended_in_words(tmp_path: Path) -> None:
    assert describe_exit(-9) == "was killed by signal 9 (SIGKILL)"
    assert describe_exit(-250) == "was killed by signal 250"
    assert describe_exit(3) == "ended with exit code 3"
    assert describe_exit(3, "much\nout of luck\n") == "ended with exit code 3: out of luck"
    log = tmp_path / "log"
    log.write_text("∀" * 1000 + "the end\n")
    assert log_tail(log).endswith("the end")
    assert len(log_tail(log)) < 700


def test_what_dies_while_it_starts_is_started_again():
    attempts = iter([StartupCrashError("once"), StartupCrashError("twice"), "running"])

    def start() -> str:
        attempt = next(attempts)
        if isinstance(attempt, StartupCrashError):
            raise attempt
        return str(attempt)

    assert start_with_retries(start, (0.0, 0.0, 0.0)) == "running"


def test_starting_is_given_up_in_the_end():
    attempts = itertools.count()

    def start() -> None:
        raise StartupCrashError(f"attempt {next(attempts)}")

    with pytest.raises(StartupCrashError, match="attempt 2"):
        start_with_retries(start, (0.0, 0.0))


def test_what_cannot_start_at_all_is_not_tried_again():
    attempts = itertools.count()

    def start() -> None:
        next(attempts)
        raise ProverStartError("it is not installed")

    with pytest.raises(ProverStartError, match="not installed"):
        start_with_retries(start, (60.0,))
    assert next(attempts) == 1
