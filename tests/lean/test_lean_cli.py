"""`bait lean`, `bait doctor` about Lean, and what `bait prove` does when there is none."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from rich.prompt import Confirm
from typer.testing import CliRunner

from bait_core.errors import ProverStartError
from bait_lean.cli import commands, doctor
from bait_lean.cli.prepare import InstallDisplay, prepare
from bait_lean.embedded.install import (
    find_installation,
    install,
    installation_folder,
)
from bait_lean.embedded.package import LEAN
from bait_lean.environment.options import LeanOptions
from bait_lean.prover.backend import BackendOptions, choose

from .fake_package import package_content, package_of, serve
from .projects import TOOLCHAIN, make_project


def test_status_says_what_to_do(home: Path) -> None:
    runner = CliRunner()
    result = runner.invoke(commands.app, ["status"])
    assert result.exit_code == 1
    assert "bait lean install" in result.stdout
    result = runner.invoke(commands.app, ["status", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["embedded"] is None
    assert runner.invoke(commands.app, ["uninstall"]).exit_code == 0


def test_prepare_without_a_terminal_says_what_to_type(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    with pytest.raises(ProverStartError, match="not installed") as caught:
        prepare(LeanOptions(statement="x", backend="embedded"), yes=False)
    assert "--yes" in caught.value.hint


def test_prepare_does_not_offer_the_embedded_when_native_is_wanted(home: Path) -> None:
    options = LeanOptions(statement="x", backend="native", project=home.parent)
    with pytest.raises(ProverStartError, match="not in a Lake project"):
        prepare(options, yes=True)


def test_prepare_asks_on_a_terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(Confirm, "ask", lambda question, **_: asked.append(question))
    with pytest.raises(ProverStartError, match="not installed"):
        prepare(LeanOptions(statement="x", backend="embedded"), yes=False)
    assert "122 MB" in asked[0]
    assert str(home) in asked[0]


def test_the_doctor_says_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.parent)
    assert not doctor.lean().ok
    assert "bait lean install" in doctor.lean().hint


@pytest.fixture
def linked(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of links to the files of the real one."""
    folder = installation_folder(LEAN)
    with monkeypatch.context() as context:
        context.delenv("BAIT_HOME")
        real = find_installation()
    if real is None:
        pytest.skip("needs `bait lean install`")
    shutil.copytree(real.folder, folder, copy_function=os.symlink)
    (folder / "intact.json").unlink(missing_ok=True)
    return folder


PRELUDE = "lib/lean/Init/Prelude.olean"


def spoil(file: Path) -> None:
    """Change a byte in the middle of a file that is a link, and keep its size."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)


@pytest.mark.lean
def test_damage_is_told(linked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(linked.parent)
    runner = CliRunner()
    assert doctor.lean().ok
    assert str(linked) in doctor.lean().message
    assert "intact" in runner.invoke(commands.app, ["status"]).stdout
    result = runner.invoke(commands.app, ["verify"])
    assert result.exit_code == 0
    assert "files" in result.stdout
    assert "intact" in result.stdout
    spoil(linked / PRELUDE)
    assert not doctor.lean().ok
    assert "damaged: 1" in doctor.lean().message
    assert "1 damaged" in runner.invoke(commands.app, ["status"]).stdout
    result = runner.invoke(commands.app, ["verify"])
    assert result.exit_code == 1
    assert "Prelude.olean" in result.stdout.replace("\n", "")
    assert "bait lean install" in result.stdout
    result = runner.invoke(commands.app, ["verify", "--json"])
    assert result.exit_code == 1
    told = {"folder": str(linked), "intact": False, "damaged_files": [PRELUDE]}
    assert json.loads(result.stdout) == told


@pytest.mark.lean
def test_lean_does_not_start_on_a_changed_library(linked: Path) -> None:
    backend = choose(BackendOptions(backend="embedded"))
    spoil(linked / PRELUDE)
    with pytest.raises(ProverStartError, match=PRELUDE) as caught:
        backend.start()
    assert "bait lean install" in caught.value.hint


def test_status_says_what_a_project_lacks(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAIT_LEAN_REPL", raising=False)
    monkeypatch.chdir(make_project(tmp_path / "project"))
    shown = CliRunner().invoke(commands.app, ["status"]).stdout
    assert TOOLCHAIN in shown
    assert "lake build repl" in shown


def test_nothing_to_verify(home: Path) -> None:
    result = CliRunner().invoke(commands.app, ["verify"])
    assert isinstance(result.exception, ProverStartError)
    assert "bait lean install" in result.exception.hint


def test_without_a_terminal_an_install_shows_its_phases(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = package_content()
    with serve(content) as registry, InstallDisplay() as display:
        monkeypatch.setenv("npm_config_registry", registry.url)
        install(display, package_of(content))
    assert capsys.readouterr().err.split() == ["Downloading", "Checking", "Unpacking"]


@pytest.mark.lean
@pytest.mark.skipif(find_installation() is None, reason="needs `bait lean install`")
def test_install_says_where_lean_is() -> None:
    result = CliRunner().invoke(commands.app, ["install"])
    assert result.exit_code == 0
    assert str(installation_folder()) in result.stdout
