"""How pytest-xdist shares the tests between processes: by file, and those of HOL Light as one."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

LOADED_ONCE = "tests/holist"
"""The folder whose tests share a prover that takes over a minute to load."""


class FileScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """Keeps the tests of a unit in one process, and hands units out in the collected order.

    Args:
        config: Settings of the run.
        log: Gets messages.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # it takes a file of many tests for a long one
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def slowest_first(items: list[pytest.Item]) -> None:
    """Put units with a slow test first, so that none is left when another process has ended."""
    slow = {unit(item.nodeid) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: unit(item.nodeid) not in slow)


def unit(nodeid: str) -> str:
    """The file of a test, or the folder whose tests belong together."""
    file = PurePosixPath(nodeid.partition("::")[0])
    return LOADED_ONCE if file.is_relative_to(LOADED_ONCE) else str(file)
