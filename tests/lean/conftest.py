"""Fixtures for the tests of bait-lean."""

from __future__ import annotations

from pathlib import Path

import pytest

from bait_lean.embedded import download


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
