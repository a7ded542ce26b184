"""Reports of pieces of a text, cut from those of a project's Lean about the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bait_core.errors import ProverError
from bait_lean.native.checker import NativeChecker
from bait_lean.native.reports import NativeReports, name_examples
from bait_lean.process.messages import CommandReply, Message
from bait_lean.process.reports import EXAMPLE, ConstantReport, TextReport
from bait_lean.source.positions import Position
from bait_lean.source.prefix import Prefix


class Reporting(NativeChecker):
    """Reports what it was told to, whatever the text."""

    def __init__(self, *constants: ConstantReport) -> None:
        super().__init__(Path(), seconds=1.0)
        self._report = TextReport(constants, "")
        self.text = ""

    def report(self, text: str) -> tuple[tuple[Message, ...], TextReport]:
        self.text = text
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


def test_only_examples_are_called_examples() -> None:
    """Two constants with one name would hide the `sorry` of one of them."""
    text = (
        "theorem abc : 1 = 2 := sorry\ntheorem add : 1 = 2 := abc\n"
        "example : True := trivial\nexample : True := trivial\n"
    )
    named, names = name_examples(text)
    assert len(set(names)) == 2
    assert not any(name in text for name in names)
    assert [line.index(":") for line in named.splitlines()] == [
        line.index(":") for line in text.splitlines()
    ]
    first, second = names
    made = ("abc", "add", first, f"{first}.match_1", second, f"«a.{first}.b»", f"N.{second}")
    checker = Reporting(*(constant(name, 1, uses=made) for name in made))
    reply = NativeReports(checker, lambda text, prefix: CommandReply(0)).reported(text, None)
    assert checker.text == named
    told = [constant.name for constant in reply.report.constants]
    assert told[:2] == ["abc", "add"]
    assert len(set(told)) == len(made)
    assert [name.split(".")[-1] == EXAMPLE for name in told] == [
        False, False, True, False, True, False, True,
    ]  # fmt: skip
    assert {constant.uses for constant in reply.report.constants} == {tuple(told)}


def test_constants_that_share_a_name_are_refused() -> None:
    text = "example : True := trivial\n"
    _, [name] = name_examples(text)
    taken = f" 1.{EXAMPLE}"
    checker = Reporting(constant(name, 1), constant(taken, 1, sorries=(None,)))
    with pytest.raises(ProverError, match="share a name"):
        NativeReports(checker, lambda text, prefix: CommandReply(0)).reported(text, None)
