"""Starting HOL Light where it is missing or broken. Stand-ins are for what can't start at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bait_holist.errors import LoadError, NotInstalledError
from bait_holist.prover.launch import start


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command `hol-light` that runs a shell script."""
    command = folder / "hol-light"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("HOLLIGHT_DIR", str(folder))


def test_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstalledError, match="apt-get install hol-light libnum-ocaml-dev"):
        start(owned=True)


def test_num_library_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(tmp_path, "echo 'Cannot find file nums.cma.'; cat > /dev/null; sleep 60", monkeypatch)
    with pytest.raises(NotInstalledError, match="libnum-ocaml-dev"):
        start(owned=True)


def test_load_fails_midway(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(tmp_path, "echo val it : thm; echo 'Fatal error'; exit 2", monkeypatch)
    with pytest.raises(LoadError, match=r"exit code 2(.|\n)*Fatal error"):
        start(owned=True)


def test_load_takes_too_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(tmp_path, "sleep 60", monkeypatch)
    told: list[float] = []
    with pytest.raises(LoadError, match="did not load within 1 s"):
        start(owned=True, timeout=1, progress=told.append)
    assert told
