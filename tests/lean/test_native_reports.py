"""Reports of pieces of a text, cut from those of a project's Lean about the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bait_lean.environment.native_reports import NativeReports
from bait_lean.environment.prefix import Prefix
from bait_lean.native_checker.checker import NativeChecker
from bait_lean.repl.messages import CommandReply, Message, Position
from bait_lean.repl.reports import ConstantReport, Report


class Reporting(NativeChecker):
    """Reports what it was told to, whatever the text."""

    def __init__(self, *constants: ConstantReport) -> None:
        super().__init__(Path(), seconds=1.0)
        self._report = Report(constants, "")

    def report(self, text: str) -> tuple[tuple[Message, ...], Report]:
        return (), self._report


def constant(name: str, line: int | None, **fields: Any) -> ConstantReport:
    position = None if line is None else Position(line, 0)
    known: dict[str, Any] = {
        "kind": "theorem", "type": "t", "internal": False, "unsafe": False,
        "uses": (), "axioms": (), "sorries": (),
    }  # fmt: skip
    return ConstantReport(name=name, position=position, **(known | fields))


@pytest.mark.parametrize(
    "prefix", [None, Prefix("theorem a : True := trivial\n")], ids=["alone", "after-a-prefix"]
)
def test_a_constant_without_a_place_is_never_left_out(prefix: Prefix | None) -> None:
    sorry = constant("hidden", None, internal=True, sorries=(None,))
    last = constant("b", 2, uses=("hidden",))
    checker = Reporting(constant("a", 1), sorry, last)
    reports = NativeReports(checker, lambda text, prefix: CommandReply(0))
    text = "theorem b : True := hidden"
    reply = reports.reported(text if prefix else f"theorem a : True := trivial\n{text}", prefix)
    names = [constant.name for constant in reply.report.constants]
    assert names == (["hidden", "b"] if prefix else ["a", "hidden", "b"])
    if prefix:
        assert list(reports.known(prefix)) == ["a"]
