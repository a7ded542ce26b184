"""Choosing a Lean, starting it, and talking to it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

import psutil
import pytest

from bait_core.errors import ProverStartError, StartupCrashError
from bait_lean.embedded.install import Installation, Manifest, find_installation
from bait_lean.embedded.integrity import contents_hash
from bait_lean.embedded.package import LEAN, LEAN_VERSION
from bait_lean.errors import ReplCrashError, ReplTimeoutError
from bait_lean.native.lake import build_repl, find_project
from bait_lean.process.messages import (
    CommandReply,
    ErrorReply,
    StatusReply,
    TacticReply,
    parse,
)
from bait_lean.process.repl import ReplProcess
from bait_lean.prover.backend import (
    Backend,
    BackendOptions,
    EmbeddedBackend,
    NativeBackend,
    choose,
)

from .projects import (
    EMPTY_REPL,
    TOOLCHAIN,
    install_lake,
    make_native_repl,
    make_project,
    make_repl,
)

LONG = 300.0
HOLE = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry"

needs_lean = [
    pytest.mark.lean,
    pytest.mark.skipif(find_installation() is None, reason="needs `bait lean install`"),
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BAIT_LEAN_REPL", raising=False)
    return make_project(tmp_path / "project")


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_lake(tmp_path / "bin", monkeypatch)


@pytest.fixture
def no_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture
def no_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "nothing"))


def repl_of(project: Path, program: str = EMPTY_REPL) -> Path:
    return make_repl(project / ".lake/packages/REPL/.lake/build/bin/repl", program)


# The choice.


def test_the_project_is_found_at_or_above_a_folder(project: Path) -> None:
    (project / "A/B").mkdir(parents=True)
    assert find_project(project) == project
    assert find_project(project / "A/B") == project
    assert find_project(project.parent) is None


def test_native_by_itself_when_all_is_there(project: Path, lake: None) -> None:
    repl = repl_of(project)
    (project / "A").mkdir()
    backend = choose(BackendOptions(project=project / "A", memory_limit=10**9))
    assert backend == NativeBackend(project, repl, memory_limit=10**9)
    assert not backend.has_extensions
    for word in (TOOLCHAIN, str(project), str(repl)):
        assert word in backend.describe()


def test_the_current_folder_is_the_default(
    project: Path, lake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    repl_of(project)
    monkeypatch.chdir(project)
    assert isinstance(choose(BackendOptions()), NativeBackend)


def test_a_repl_from_the_environment(
    project: Path, lake: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repl_of(project)
    other = make_repl(tmp_path / "other/repl", EMPTY_REPL)
    monkeypatch.setenv("BAIT_LEAN_REPL", str(other))
    backend = choose(BackendOptions(project=project))
    assert isinstance(backend, NativeBackend)
    assert backend.repl == other
    named = make_repl(tmp_path / "named/repl", EMPTY_REPL)
    backend = choose(BackendOptions(project=project, repl=named))
    assert isinstance(backend, NativeBackend)
    assert backend.repl == named


@pytest.mark.parametrize("lacking", ["project", "lake", "repl"])
def test_embedded_when_something_is_lacking(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str, no_embedded: None
) -> None:
    if lacking != "lake":
        install_lake(tmp_path / "bin", monkeypatch)
    elif shutil.which("lake"):
        pytest.skip("this machine has a lake")
    if lacking != "repl":
        repl_of(project)
    folder = tmp_path if lacking == "project" else project
    with pytest.raises(ProverStartError, match="neither") as caught:
        choose(BackendOptions(project=folder))
    assert "bait lean install" in caught.value.hint


def test_what_native_lacks_is_told(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_lake: None
) -> None:
    with pytest.raises(ProverStartError, match="not in a Lake project"):
        choose(BackendOptions(backend="native", project=tmp_path))
    with pytest.raises(ProverStartError, match="`lake` is not on the path"):
        choose(BackendOptions(backend="native", project=project))
    install_lake(tmp_path / "bin", monkeypatch)
    with pytest.raises(ProverStartError, match="no built REPL") as caught:
        choose(BackendOptions(backend="native", project=project))
    assert "BAIT_LEAN_REPL" in caught.value.hint
    with pytest.raises(ProverStartError, match="not an executable file"):
        choose(BackendOptions(project=project, repl=project / "lakefile.toml"))
    monkeypatch.setenv("BAIT_LEAN_REPL", str(tmp_path / "missing"))
    with pytest.raises(ProverStartError, match="not an executable file"):
        choose(BackendOptions(project=project))


def test_building_a_repl_without_lean_interact(
    project: Path, lake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lean_interact", None)
    with pytest.raises(ProverStartError, match="lean-interact") as caught:
        choose(BackendOptions(project=project, build_repl=True))
    assert "bait-lean[interact]" in caught.value.hint


def test_lean_interact_failing_to_build_is_told(project: Path, lake: None) -> None:
    pytest.importorskip("lean_interact")
    (project / "lean-toolchain").write_text("nonsense")
    with pytest.raises(ProverStartError, match="could not build a REPL"):
        build_repl(project)


# Starting, without a Lean.


def test_the_native_repl_runs_in_the_project_under_lake(project: Path, lake: None) -> None:
    repl_of(
        project,
        "import json, os, sys\n"
        "for line in sys.stdin:\n"
        "    if line.strip():\n"
        "        print(json.dumps({'env': 0, 'at': [os.getcwd(), os.environ['LAKE']]}) + '\\n',"
        " flush=True)\n",
    )
    with choose(BackendOptions(project=project)).start() as process:
        assert process.request({"cmd": ""}, LONG)["at"] == [str(project), "yes"]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.exit('error: unknown package')", "error: unknown package"),
        ("import time; time.sleep(1000)", "did not answer"),
        ('input(); print(\'{"message": "wrong version"}\\n\', flush=True)', "wrong version"),
        ("input(); print('{\"proofState\": 1}\\n', flush=True)", "not a valid CommandReply"),
    ],
)
def test_a_native_repl_that_does_not_start(
    project: Path, lake: None, program: str, message: str
) -> None:
    repl_of(project, program)
    backend = choose(BackendOptions(project=project, start_timeout=2.0))
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(ProverStartError, match=message):
        backend.start()
    assert set(psutil.Process().children(recursive=True)) <= before


def test_an_embedded_lean_that_lacks_its_files(tmp_path: Path) -> None:
    manifest = Manifest("lean", "0", "", 1, {}, {"lean.js": "0"})
    package = replace(LEAN, contents=contents_hash(manifest.hashes))
    backend = EmbeddedBackend(Installation(tmp_path, manifest, package))
    with pytest.raises(ProverStartError, match=r"has changed since it was installed: lean\.js"):
        backend.start()


# With a real Lean.


@pytest.fixture(scope="module", params=["embedded", "native"])
def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    folder = tmp_path_factory.mktemp("backend")
    with pytest.MonkeyPatch.context() as monkeypatch:
        install_lake(folder / "bin", monkeypatch)
        project = make_project(folder / "project")
        repl = make_native_repl(project / ".lake/packages/repl/.lake/build/bin/repl")
        if request.param == "native":
            monkeypatch.setenv("BAIT_LEAN_REPL", str(repl))
        yield choose(BackendOptions(backend=request.param, project=project))


@pytest.fixture(scope="module")
def lean(backend: Backend) -> Iterator[ReplProcess]:
    with backend.start() as process:
        yield process


class TestRealLean:
    pytestmark = needs_lean

    def test_a_hole_is_filled(self, lean: ReplProcess) -> None:
        command = parse(lean.request({"cmd": HOLE}, LONG), CommandReply)
        assert isinstance(command, CommandReply)
        assert [message.severity for message in command.messages] == ["warning"]
        (hole,) = command.sorries
        assert hole.goal == "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
        assert hole.pos
        assert (hole.pos.line, hole.pos.column) == (2, 2)
        split = self.tactic(lean, hole.proof_state, "constructor")
        assert len(split.goals) == 2
        one = self.tactic(lean, split.proof_state, "exact hp")
        assert len(one.goals) == 1
        done = self.tactic(lean, one.proof_state, "exact hq")
        assert done.goals == ()

    def test_errors_are_answers(self, lean: ReplProcess) -> None:
        command = parse(lean.request({"cmd": HOLE}, LONG), CommandReply)
        assert isinstance(command, CommandReply)
        state = command.sorries[0].proof_state
        failed = parse(lean.request({"tactic": "exact hq", "proofState": state}, LONG), TacticReply)
        assert isinstance(failed, ErrorReply)
        assert failed.message.startswith("Lean error:")
        wrong = parse(lean.request({"cmd": "theorem t : 1 = 2 := rfl"}, LONG), CommandReply)
        assert isinstance(wrong, CommandReply)
        assert wrong.messages[0].severity == "error"

    def test_extensions_are_where_they_are_said_to_be(
        self, backend: Backend, lean: ReplProcess
    ) -> None:
        answer = lean.request({"cmd": HOLE, "parts": True, "unknown": [1]}, LONG)
        assert ("parts" in answer["sorries"][0]) is backend.has_extensions

    def test_a_shared_environment(self, lean: ReplProcess) -> None:
        first = lean.request({"cmd": "def two : Nat := 2"}, LONG)
        answer = lean.request({"cmd": "example : two = 2 := rfl", "env": first["env"]}, LONG)
        assert "messages" not in answer

    @staticmethod
    def tactic(lean: ReplProcess, state: int, text: str) -> TacticReply:
        answer = lean.request({"tactic": text, "proofState": state}, LONG)
        reply = parse(answer, TacticReply)
        assert isinstance(reply, TacticReply)
        return reply


MARK = "BAIT_TEST_FOLDER"


class TestRealProcesses:
    pytestmark = needs_lean

    @pytest.mark.parametrize("backend", ["native"], indirect=True)
    def test_death_and_timeout_leave_nothing(
        self, backend: Backend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        # Other tests start the same programs at the same time: these inherit a mark.
        monkeypatch.setenv(MARK, str(tmp_path))
        with backend.start() as process:
            assert any(is_marked(other, tmp_path) for other in psutil.process_iter())
            os.killpg(process.pid, signal.SIGKILL)
            with pytest.raises(ReplCrashError):
                process.request({"cmd": ""}, LONG)
        with backend.start() as process, pytest.raises(ReplTimeoutError):
            process.request({"cmd": "example : (List.range 10000000).length = 3 := by decide"}, 0)
        mine = [process for process in psutil.process_iter() if is_marked(process, tmp_path)]
        psutil.wait_procs(mine, 30)
        assert not [process for process in mine if is_marked(process, tmp_path)]

    def test_the_memory_limit_holds(self) -> None:
        backend = choose(BackendOptions(backend="embedded", memory_limit=300_000_000))
        with (
            pytest.raises((ProverStartError, ReplCrashError), match="its limit is 300 MB"),
            backend.start() as process,
        ):
            process.request({"cmd": ""}, LONG)

    def test_the_embedded_lean_tells_its_version(self) -> None:
        backend = choose(BackendOptions(backend="embedded"))
        assert LEAN_VERSION in backend.describe()
        with backend.start() as process:
            status = parse(process.request({"status": True}, LONG), StatusReply)
        assert isinstance(status, StatusReply)
        assert LEAN_VERSION.removesuffix("-pre") in status.version


def is_marked(process: psutil.Process, folder: Path) -> bool:
    """Whether a process was started by the test with this folder, and lives."""
    try:
        return bool(process.environ().get(MARK) == str(folder))
    except psutil.Error:
        return False


class TestLeanInteract:
    """lean-interact, as it is, driving the embedded Lean."""

    pytestmark = needs_lean

    def test_it_drives_the_server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        interact = pytest.importorskip("lean_interact")
        monkeypatch.delenv("BAIT_LEAN_REPL", raising=False)
        install_lake(tmp_path / "bin", monkeypatch)
        project = make_project(tmp_path / "project")
        repl = make_project(tmp_path / "repl")
        make_native_repl(repl / ".lake/build/bin/repl")
        config = interact.LeanREPLConfig(
            project=interact.LocalProject(directory=project, auto_build=False),
            local_repl_path=repl,
            build_repl=False,
        )
        with interact.LeanServer(config) as server:
            command = server.run(interact.Command(cmd=HOLE))
            assert not command.has_errors()
            (hole,) = command.sorries
            split = server.run(
                interact.ProofStep(tactic="constructor", proof_state=hole.proof_state)
            )
            assert split.goals == [
                "case left\np q : Prop\nhp : p\nhq : q\n⊢ p",
                "case right\np q : Prop\nhp : p\nhq : q\n⊢ q",
            ]
            done = server.run(
                interact.ProofStep(tactic="all_goals assumption", proof_state=split.proof_state)
            )
            assert done.goals == []
            failed = server.run(interact.ProofStep(tactic="omega", proof_state=hole.proof_state))
            assert isinstance(failed, interact.interface.LeanError)
            defined = server.run(interact.Command(cmd="def one := 1"))
            used = server.run(interact.Command(cmd="example : one = 1 := rfl", env=defined.env))
            assert not cast("list[object]", used.messages)


class TestDyingAtTheStart:
    pytestmark = needs_lean

    def test_memory_that_does_not_suffice_is_named(self) -> None:
        installation = find_installation()
        assert installation is not None
        backend = EmbeddedBackend(installation, memory_limit=60_000_000)
        with pytest.raises(StartupCrashError, match=r"died while it started.*memory") as caught:
            backend.start()
        assert "Memory may be short" in caught.value.hint

    def test_a_lean_that_is_killed_while_it_starts_is_started_again(self) -> None:
        installation = find_installation()
        assert installation is not None
        killed: list[int] = []

        def kill_the_first() -> None:
            while not killed:
                for child in psutil.Process().children(recursive=True):
                    with suppress(psutil.Error):
                        if any("main.cjs" in word for word in child.cmdline()):
                            killed.append(child.pid)
                            child.kill()
                            return

        killer = threading.Thread(target=kill_the_first)
        killer.start()
        process = EmbeddedBackend(installation).start()
        killer.join()
        assert killed
        answer = process.request({"cmd": "def x := 1"}, LONG)
        assert isinstance(parse(answer, CommandReply), CommandReply)
        process.close()
