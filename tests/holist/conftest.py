"""One loaded HOL Light for all tests that need one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bait_holist.errors import NotInstalledError
from bait_holist.prover import running
from bait_holist.prover.launch import Server, find_hol_light, start


@pytest.fixture(scope="session")
def hol_light() -> Iterator[Server]:
    """A server of this test run; loading it takes one to two minutes.

    With BAIT_TEST_KEPT=1 it is the one that `bait holist start` keeps.
    """
    kept = running.find() if os.environ.get("BAIT_TEST_KEPT") else None
    if kept:
        yield kept[1]
        return
    try:
        find_hol_light()
        server = start(owned=True)
    except NotInstalledError as error:
        pytest.skip(f"{error.message}. {error.hint}")
    yield server
    server.stop()
