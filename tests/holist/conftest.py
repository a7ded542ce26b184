"""One loaded HOL Light for all tests that need one, started and stopped as users do it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from bait_holist.errors import NotInstalledError
from bait_holist.prover import running
from bait_holist.prover.installation import find_hol_light
from bait_holist.prover.launch import Server

from .unguarded import unguarded_server

MEMORY = 640  # MiB at which tactics are stopped in tests
IDLE = 10  # minutes without a test after which it ends, should the tests have been killed
BAIT = str(Path(sys.executable).with_name("bait"))


@dataclass(frozen=True)
class KeptHolLight:
    """A HOL Light that `bait holist start` keeps.

    Attributes:
        server: The server.
        environment: Variables with which commands find it.
        rival: What a second `bait holist start` said while the first was loading.
    """

    server: Server
    environment: dict[str, str]
    rival: subprocess.CompletedProcess[str]

    def bait(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command `bait`."""
        return run_bait(*arguments, environment=self.environment)


def run_bait(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BAIT, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptHolLight]:
    """A HOL Light with a home of its own; loading it takes one to two minutes.

    With BAIT_TEST_HOME it is the one that `bait holist start` keeps with that BAIT_HOME.
    """
    home = os.environ.get("BAIT_TEST_HOME")
    environment = {"BAIT_HOME": home or str(tmp_path_factory.mktemp("home"))}
    try:
        find_hol_light()
    except NotInstalledError as error:
        pytest.skip(f"{error.message}. {error.hint}")
    start = ("holist", "start", "--memory", str(MEMORY), "--idle", str(IDLE))
    command = [BAIT, *start]
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as first:
        time.sleep(0 if home else 3)  # so that it is the first
        rival = run_bait(*start, environment=environment)
        output, _ = first.communicate(timeout=600)
    assert home or first.returncode == 0, output
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAIT_HOME", environment["BAIT_HOME"])
        found = running.find()
    assert found is not None
    kept = KeptHolLight(found[1], environment, rival)
    try:
        yield kept
        if not home:
            assert kept.bait("holist", "stop").stdout == "Stopped.\n"
            assert not psutil.pid_exists(kept.server.process.pid)
    finally:
        if not home:
            kept.server.stop()


@pytest.fixture(scope="session")
def hol_light(kept: KeptHolLight) -> Server:
    """The server of this test run."""
    return kept.server


@pytest.fixture(scope="session")
def unguarded(kept: KeptHolLight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A HOL Light whose library is hostile, and whose tactics may be any OCaml."""
    del kept  # without HOL Light it skips the test
    with unguarded_server(tmp_path_factory.mktemp("unguarded"), MEMORY) as server:
        yield server
