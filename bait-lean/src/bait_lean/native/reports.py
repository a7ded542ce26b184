"""Reports for REPLs that make none: from the project's own Lean, on the text as a whole."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Callable, Sequence

import msgspec

from bait_core import ProverError
from bait_lean.native.checker import CompileError, NativeChecker
from bait_lean.process.messages import CommandReply
from bait_lean.process.reports import (
    EXAMPLE,
    ConstantReport,
    Graph,
    ReportedReply,
    TextReport,
    graph_of,
)
from bait_lean.source.commands import scan
from bait_lean.source.positions import Lines, Position
from bait_lean.source.prefix import Prefix

_EXAMPLE_KEYWORD = "example"
_COMPONENT = re.compile("«[^»]*»|[^.«]+")


class NativeReports:
    """Reports of pieces of text, by compiling them with all that comes before.

    Args:
        checker: Compiles and reports.
        command: Elaborates a text in the REPL, which is tried first: it refuses more quickly.
    """

    def __init__(
        self, checker: NativeChecker, command: Callable[[str, Prefix | None], CommandReply]
    ) -> None:
        self._checker = checker
        self._command = command
        self._known: dict[str, Graph] = {}

    def reported(self, text: str, prefix: Prefix | None) -> ReportedReply:
        """Elaborate a text after a prefix; a text with errors adds nothing.

        Raises:
            ElaborationError: There is an error in the prefix.
            ProverError: The text can't be compiled although the REPL accepts it.
            ReplError: A process is dead now.
        """
        reply = self._command(text, prefix)
        before = "".join(piece.text for piece in prefix.chain()) if prefix else ""
        try:
            report = self._report(before + text)
        except CompileError:
            if not any(message.severity == "error" for message in reply.messages):
                raise
            report = TextReport((), "")
        start = Lines(before).position(len(before))
        new = tuple(c for c in report.constants if _is_from(c.position, start))
        if prefix is not None:
            old = [c for c in report.constants if not _is_from(c.position, start)]
            self._known[prefix.key] = graph_of([old])
        return ReportedReply(
            env=reply.env,
            messages=reply.messages,
            sorries=reply.sorries,
            report=TextReport(tuple(_moved(c, start) for c in new), report.kernel),
        )

    def known(self, prefix: Prefix) -> Graph:
        """What a prefix adds to its imports, after a text that follows it was reported."""
        return self._known[prefix.key]

    def _report(self, text: str) -> TextReport:
        text, names = name_examples(text)
        _, report = self._checker.report(text)
        constants = tuple(_renamed(c, names) for c in report.constants)
        if len({constant.name for constant in constants}) < len(constants):
            raise ProverError("Lean's report can't be used: constants of the text share a name")
        return msgspec.structs.replace(report, constants=constants)


def name_examples(text: str) -> tuple[str, list[str]]:
    """The text with its examples as definitions, because Lean does not keep examples.

    The names are as long as the keyword allows, so that no place in the text changes, and occur
    nowhere in the text.

    Returns:
        The text, and the names in order.
    """
    starts = [
        declaration.start
        for command in scan(text)
        for declaration in command.declarations
        if declaration.keyword == _EXAMPLE_KEYWORD
    ]
    alphabet = string.digits + string.ascii_letters
    candidates = map("".join, itertools.product(string.ascii_letters, alphabet, alphabet))
    free = (name for name in candidates if name not in text)
    names = list(itertools.islice(free, len(starts)))
    for start, name in zip(starts, names, strict=False):
        text = f"{text[:start]}def {name}{text[start + len(_EXAMPLE_KEYWORD) :]}"
    return text, names


def _renamed(constant: ConstantReport, names: Sequence[str]) -> ConstantReport:
    """The constant with examples named as the embedded server names them.

    A number, in a component that no name of Lean's has, keeps examples apart: two constants with
    one name would hide what one of them rests on.
    """
    new = {name: f" {number}.{EXAMPLE}" for number, name in enumerate(names, 1)}

    def rename(name: str) -> str:
        return _COMPONENT.sub(lambda match: new.get(match[0], match[0]), name)

    return msgspec.structs.replace(
        constant, name=rename(constant.name), uses=tuple(map(rename, constant.uses))
    )


def _is_from(position: Position | None, start: Position) -> bool:
    # What has no position counts as part of the last piece, so that nothing is left out.
    return position is None or (position.line, position.column) >= (start.line, start.column)


def _moved(constant: ConstantReport, start: Position) -> ConstantReport:
    """The constant with positions counted from a start."""

    def moved(position: Position | None) -> Position | None:
        if position is None:
            return None
        column = position.column - (start.column if position.line == start.line else 0)
        return Position(position.line - start.line + 1, column)

    return msgspec.structs.replace(
        constant,
        position=moved(constant.position),
        sorries=tuple(map(moved, constant.sorries)),
    )
