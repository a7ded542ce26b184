"""Fixtures for the tests of bait-lean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bait_lean.embedded import download
from tests.lean.proving import close_used_processes
from tests.lean.server_process import LeanServer, lean_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A BAIT_HOME where nothing is installed; downloads come from nowhere in particular."""
    for name in ("BAIT_LEAN_TARBALL", "NPM_CONFIG_REGISTRY", "npm_config_registry"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("BAIT_KEEP_DOWNLOADS", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(download, "_PAUSE", 0.01)
    home = tmp_path / "home"
    monkeypatch.setenv("BAIT_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def lean_server() -> Iterator[LeanServer]:
    """The embedded server, shared by all tests that leave it alive."""
    folder = lean_folder()
    if folder is None:
        pytest.skip("needs `bait lean install`, or BAIT_LEAN_DIR")
    with LeanServer(folder) as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def used_processes() -> Iterator[None]:
    """End the processes that the tests of the environment have passed on to each other."""
    yield
    close_used_processes()
