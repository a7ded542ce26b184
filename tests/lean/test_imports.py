"""Imports of modules that are not there, and Lake projects whose own Lean can't be used."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from bait_core.errors import BaitError, ConfigurationError, TheoremError
from bait_lean.cli.prepare import prepare
from bait_lean.embedded.install import Installation, Manifest
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.imports import check_backend
from bait_lean.environment.options import LeanOptions
from bait_lean.prover.backend import EmbeddedBackend
from bait_lean.source.header import read_header

from .projects import EMPTY_REPL, install_lake, make_project, make_repl

MODULES = ("Init", "Init/Core", "Lean", "Std", "Std/Data/HashMap")
THEOREM = "theorem t (a : Nat) : a + 0 = a := by sorry\n"
MATHLIB = f"-- for later\nimport Std\nimport  Mathlib.Tactic\n\n{THEOREM}"


BACKEND = EmbeddedBackend(
    Installation(
        Path("nowhere"),
        Manifest("lean", "0", "", 1, {f"lib/lean/{name}.olean": 1 for name in MODULES}),
    )
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BAIT_LEAN_REPL", raising=False)
    if shutil.which("lake"):
        pytest.skip("this machine has a lake")
    return make_project(tmp_path / "project")


def check(options: LeanOptions) -> None:
    check_backend(options, BACKEND)


def write(folder: Path, text: str) -> Path:
    file = folder / "A.lean"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("text", "modules", "rest"),
    [
        ("", [], ""),
        ("theorem t", [], "theorem t"),
        ("import A.B import C", ["A.B", "C"], ""),
        ("/- import X -/ import A -- import Y\nimport B\nimport", ["A", "B"], "\nimport"),
        ("module\nprelude\npublic meta import all «A».B\ndef x", ["A.B"], "\ndef x"),
        ("import A\npublic theorem t", ["A"], "\npublic theorem t"),
        ("import 3\nimport A", [], "import 3\nimport A"),
        ("import all", [], "import all"),
    ],
)
def test_headers(text: str, modules: list[str], rest: str) -> None:
    header = read_header(text)
    assert [imported.module for imported in header.imports] == modules
    assert text[header.end :] == rest
    for imported in header.imports:
        assert text[imported.start :].replace("«", "").startswith(imported.module[0])


def test_outside_a_project_it_is_told_how_to_make_one(tmp_path: Path) -> None:
    file = write(tmp_path, MATHLIB)
    with pytest.raises(TheoremError) as caught:
        check(LeanOptions(file=file))
    assert caught.value.message.startswith(f"{file}:3:9: the module Mathlib.Tactic is missing")
    for command in ("elan-init.sh", "lake new NAME math", "cache get", "bait lean status"):
        assert command in caught.value.hint


def test_in_a_project_it_is_told_what_that_lacks(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = LeanOptions(file=write(project, MATHLIB))
    with pytest.raises(TheoremError, match="Mathlib") as caught:
        check(options)
    for word in (str(project), "`lake` is not on the path", "no built REPL"):
        assert word in caught.value.message
    for word in ('rev = "v4.28.0"', "lakefile.toml", "lake build repl", "lake exe cache get"):
        assert word in caught.value.hint
    install_lake(tmp_path / "bin", monkeypatch)
    (project / "lakefile.lean").touch()
    with pytest.raises(TheoremError, match="Mathlib") as caught:
        check(options)
    assert "`lake` is not" not in caught.value.message
    assert 'require REPL from git "https:' in caught.value.hint


def test_the_embedded_lean_in_a_project_by_the_users_will(project: Path) -> None:
    with pytest.raises(TheoremError, match="asks for it") as caught:
        check(LeanOptions(file=write(project, MATHLIB), backend="embedded"))
    assert "Leave out `environment.backend`" in caught.value.hint


@pytest.mark.parametrize("text", [f"import Std.Data.HashMap\n{THEOREM}", THEOREM])
def test_nothing_of_a_project_is_replaced_in_silence(
    project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    check(LeanOptions(file=write(project, text)))
    [warning] = caplog.records
    assert warning.levelno == logging.WARNING
    for word in (str(project), "`lake` is not on the path", "no built REPL", "bait lean status"):
        assert word in warning.getMessage()
    caplog.clear()
    check(LeanOptions(file=write(project, text), backend="embedded"))
    check(LeanOptions(file=write(tmp_path, text)))
    assert not caplog.records


def test_modules_of_the_options(tmp_path: Path) -> None:
    for source in ({"statement": "1 = 1"}, {"theorems": ("Nat.add_comm",)}):
        options = LeanOptions(imports=("Init", "Mathlib"), project=tmp_path, **source)
        with pytest.raises(ConfigurationError, match=r"environment\.imports.*Mathlib is missing"):
            check(options)
        check(LeanOptions(imports=("Init", "Std"), project=tmp_path, **source))


def test_an_environment_tells_without_starting_lean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbeddedBackend, "start", lambda self: pytest.fail("Lean was started"))
    environment = LeanEnvironment(LeanOptions(file=write(tmp_path, MATHLIB)), BACKEND)
    with pytest.raises(TheoremError, match=r":3:9: the module Mathlib\.Tactic is missing"):
        environment.theorems()


def test_misspelt_modules_of_the_library(tmp_path: Path) -> None:
    options = LeanOptions(file=write(tmp_path, f"import Std.Data.HashMapp\n{THEOREM}"))
    with pytest.raises(TheoremError) as caught:
        check(options)
    assert caught.value.hint == "Did you mean Std.Data.HashMap?"


def test_no_lean_is_fetched_that_lacks_what_is_imported(home: Path, tmp_path: Path) -> None:
    with pytest.raises(TheoremError, match="Mathlib"):
        prepare(LeanOptions(file=write(tmp_path, MATHLIB)), yes=True)
    with pytest.raises(BaitError, match="not installed"):
        prepare(LeanOptions(file=write(tmp_path, f"import Std\n{THEOREM}")), yes=False)


def test_a_native_lean_is_asked_itself(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_lake(tmp_path / "bin", monkeypatch)
    make_repl(project / ".lake/packages/REPL/.lake/build/bin/repl", EMPTY_REPL)
    prepare(LeanOptions(file=write(project, MATHLIB)), yes=False)
