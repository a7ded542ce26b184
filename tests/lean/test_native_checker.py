"""The native checker: its program in Lean, and the processes that it compiles and judges in."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bait_core.errors import ProverError, ProverStartError
from bait_lean.errors import ProtocolError, ReplCrashError, ReplTimeoutError
from bait_lean.native.checker import CHECKER, CompileError, NativeChecker
from bait_lean.process.messages import Message
from bait_lean.process.reports import TextReport
from bait_lean.source.positions import Position

from .projects import install_lake, install_lean, make_project
from .proving import needs_lean
from .server_process import LeanServer

LONG = 60.0
PRELUDE = """
import json, os, subprocess, sys, time
from pathlib import Path

arguments = sys.argv[1:]
is_checker = arguments[0] == "--run"
names = [Path(argument).name for argument in arguments]
folder = Path(arguments[-1]).parent

def constant(**fields):
    return dict(name="t", kind="theorem", type="u[]", position=None, internal=False, unsafe=False,
                uses=[], axioms=[], sorries=[]) | fields

def report(*constants, kernel=""):
    print(json.dumps(dict(constants=constants, kernel=kernel)), flush=True)

def compiled(text="compiled", suffix=".olean"):
    (folder / ("BaitCheckedText" + suffix)).write_text(text)
"""
COMPILES = "compiled(); sys.exit(0)"
REPORTS = "report(constant())"

Make = Callable[..., NativeChecker]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def make(tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A checker whose `lean` compiles and checks as two small programs say."""
    install_lake(tmp_path / "bin", monkeypatch)
    project = make_project(tmp_path / "project")

    def checker(
        compiling: str = COMPILES,
        checking: str = REPORTS,
        *,
        seconds: float = LONG,
        memory_limit: int | None = None,
    ) -> NativeChecker:
        program = tmp_path / "lean.py"
        parts = ("if not is_checker:", compiling, "else:", checking)
        indented = "\n".join(
            textwrap.indent(textwrap.dedent(part), "    " * (number % 2))
            for number, part in enumerate(parts)
        )
        program.write_text(PRELUDE + indented + "\n")
        install_lean(tmp_path / "bin", program)
        return NativeChecker(project, seconds=seconds, memory_limit=memory_limit)

    return checker


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + LONG
    with contextlib.suppress(psutil.NoSuchProcess):
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < end, f"process {pid} lives"
            time.sleep(0.01)


def test_a_report_comes_from_the_compiled_file(make: Make, tmp_path: Path) -> None:
    checker = make(
        """
        assert os.getcwd() == str(Path("../project").resolve()), os.getcwd()
        assert names == ["--json", "-R", folder.name, "-o", "BaitCheckedText.olean",
                         "BaitCheckedText.lean"], names
        compiled(Path(arguments[-1]).read_text("utf-8"))
        print(json.dumps(dict(severity="information", data="α", pos=dict(line=2, column=1))))
        """,
        """
        assert names[1:] == ["Checker.lean", "BaitCheckedText.olean"], names
        print("Checker.lean:1:0: warning: something is deprecated")
        report(constant(name=Path(arguments[-1]).read_text(), position=dict(line=1, column=0),
                        sorries=[None, dict(line=1, column=4)]), kernel="no")
        """,
    )
    messages, report = checker.report("théorème")
    assert messages == (Message("info", "α", Position(2, 1)),)
    (constant,) = report.constants
    assert constant.name == "théorème"
    assert constant.type == hashlib.sha256(b"u[]").hexdigest()
    assert constant.value == ""
    assert constant.position == Position(1, 0)
    assert constant.sorries == (None, Position(1, 4))
    assert report.kernel == "no"


def test_nothing_is_left_behind_and_nothing_is_written_in_the_project(
    make: Make, tmp_path: Path, temporary: Path
) -> None:
    before = sorted((tmp_path / "project").rglob("*"))
    make("compiled(); os.chmod(folder, 0)").report("")
    assert sorted((tmp_path / "project").rglob("*")) == before
    assert not [
        path for path in temporary.iterdir() if os.access(path, os.W_OK) and any(path.iterdir())
    ]


def test_an_error_of_lean_s_is_told(make: Make) -> None:
    checker = make(
        """
        for severity, data in (("warning", "hm"), ("error", "unknown x"), ("error", "more")):
            print(json.dumps(dict(severity=severity, data=data, pos=dict(line=1, column=0))))
        compiled()
        sys.exit(1)
        """
    )
    with pytest.raises(CompileError, match="unknown x") as caught:
        checker.report("text")
    assert [message.severity for message in caught.value.messages] == ["warning", "error", "error"]


@pytest.mark.parametrize(
    ("compiling", "told"),
    [
        ("sys.exit('no such module')", "exit code 1: no such module"),
        ("compiled(); os.kill(os.getpid(), 9)", "exit code 137|signal 9"),
        ("sys.exit(0)", "has written nothing"),
        ("os.mkfifo(arguments[-2])", "not a regular file"),
        ("os.mkdir(arguments[-2])", "can't be read"),
        ("os.symlink('/etc/passwd', arguments[-2])", "can't be read"),
        ("compiled(); os.symlink('/etc/passwd', arguments[-2] + '.server')", "can't be read"),
    ],
    ids=["exit", "signal", "nothing", "pipe", "folder", "link", "other-link"],
)
def test_a_text_that_does_not_compile_is_not_judged(make: Make, compiling: str, told: str) -> None:
    with pytest.raises(ProverError, match=told):
        make(compiling).report("text")


FORGED = "report(constant(name='forged'))"


def test_what_a_text_prints_is_no_report(make: Make) -> None:
    _, report = make(f"{FORGED}\ncompiled()\n{FORGED}").report("text")
    assert [constant.name for constant in report.constants] == ["t"]
    for checking in (
        "pass",
        "print('warning')",
        "print('{}')",
        "sys.stdout.buffer.write(b'\\xff')",
    ):
        with pytest.raises(ProtocolError, match="report"):
            make(f"{FORGED}; compiled()", checking).report("text")


def test_garbage_is_no_message(make: Make) -> None:
    checker = make(
        r"""
        sys.stdout.buffer.write(b'\xff\xfe{}\n[1]\n{"severity": "error"}\n\n\0')
        print('{"severity": "fatal", "data": "", "pos": {"line": 1, "column": 0}}')
        compiled()
        """
    )
    messages, _ = checker.report("text")
    assert messages == ()


def test_only_parts_of_the_compiled_file_reach_the_checker(make: Make) -> None:
    checker = make(
        """
        for suffix in (".olean", ".olean.server", ".olean.private", ".ir", "Other.olean"):
            compiled(suffix, suffix)
        """,
        """
        assert len(list(folder.iterdir())) == 3
        report(*(constant(name=Path(argument).read_text()) for argument in arguments[2:]))
        """,
    )
    _, report = checker.report("text")
    names = [constant.name for constant in report.constants]
    assert names == [".olean", ".olean.server", ".olean.private"]


def test_the_children_of_the_compiler_are_killed(make: Make, tmp_path: Path) -> None:
    pid = tmp_path / "child"
    checker = make(
        f"""
        compiled()
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path({str(pid)!r}).write_text(str(child.pid))
        """
    )
    checker.report("text")
    wait_until_gone(int(pid.read_text()))


@pytest.mark.parametrize("where", ["compiling", "checking"])
def test_a_process_that_takes_too_long_is_killed(make: Make, tmp_path: Path, where: str) -> None:
    program = f"""
    Path({str(tmp_path / "pid")!r}).write_text(str(os.getpid()))
    compiled()
    time.sleep(600)
    """
    with pytest.raises(ReplTimeoutError, match="within 3 s"):
        make(**{where: program}, seconds=3.0).report("text")
    wait_until_gone(int((tmp_path / "pid").read_text()))


def test_a_process_that_takes_too_much_memory_is_killed(make: Make) -> None:
    checker = make("block = bytearray(300_000_000); time.sleep(600)", memory_limit=200_000_000)
    with pytest.raises(ReplCrashError, match="its limit is 200 MB"):
        checker.report("text")


def test_a_process_that_never_stops_writing_is_killed(make: Make) -> None:
    checker = make("while True: os.write(1, bytes(1 << 16))")
    with pytest.raises(ReplCrashError, match="it wrote more than"):
        checker.report("text")


def test_a_checker_that_fails_says_why(make: Make) -> None:
    with pytest.raises(ProverError, match="uncaught exception: two constants") as caught:
        make(checking="sys.exit('uncaught exception: two constants')").report("text")
    assert "Checker.lean" in caught.value.hint


def test_a_project_without_lake_is_told(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProverStartError, match="lake"):
        NativeChecker(tmp_path, seconds=LONG).report("text")
    assert not any(temporary.iterdir())


def report_of_two_theorems(checker: NativeChecker) -> TextReport:
    messages, report = checker.report(
        "theorem two : 1 + 1 = 2 := rfl\n"
        "theorem open_one (p : Prop) (h : ¬¬p) : p := sorry\n"
        "theorem classical (p : Prop) (h : ¬¬p) : p := Classical.not_not.mp h\n"
    )
    assert [m.severity for m in messages] == ["warning"]
    return report


def check_two_theorems(report: TextReport) -> None:
    assert report.kernel == ""
    own = {constant.name: constant for constant in report.constants if not constant.internal}
    assert list(own) == ["two", "open_one", "classical"]
    assert {constant.kind for constant in own.values()} == {"theorem"}
    assert own["open_one"].position == Position(2, 0)
    assert own["open_one"].sorries == (Position(2, 45),)
    assert own["open_one"].type == own["classical"].type != own["two"].type
    assert not any(constant.uses or constant.unsafe for constant in own.values())


class TestWithTheEmbeddedLean:
    pytestmark = needs_lean

    def test_the_checker_s_own_text_has_no_errors(self, lean_server: LeanServer) -> None:
        answer = lean_server.ask(cmd=CHECKER.read_text("utf-8"))
        assert "messages" not in answer
        answer = lean_server.ask(cmd="#check (main : List String → IO Unit)", env=answer["env"])
        assert [message["severity"] for message in answer["messages"]] == ["info"]

    def test_a_project_s_lean_reports(
        self, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install_lake(tmp_path / "bin", monkeypatch)
        install_lean(tmp_path / "bin")
        project = make_project(tmp_path / "project")
        checker = NativeChecker(project, seconds=600.0)
        check_two_theorems(report_of_two_theorems(checker))
        with pytest.raises(CompileError, match=r"[Mm]ismatch"):
            checker.report("theorem t : 1 = 2 := Nat.succ 0")


@pytest.mark.skipif(shutil.which("lean") is None, reason="needs a native Lean on the path")
def test_a_native_lean_reports(tmp_path: Path, temporary: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "lakefile.toml").write_text('name = "example"\n')
    report = report_of_two_theorems(NativeChecker(project, seconds=600.0))
    check_two_theorems(report)
    assert sorted(report.constants[-1].axioms) == ["Classical.choice", "Quot.sound", "propext"]
