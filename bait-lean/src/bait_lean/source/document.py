"""A Lean text cut into pieces that are elaborated one after the other."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bait_core import Edit, TheoremError
from bait_lean.source.commands import LeanCommand, scan
from bait_lean.source.declarations import Declaration
from bait_lean.source.lexer import TokenKind, code, components, tokenize
from bait_lean.source.positions import Lines, Position

BYTE_ORDER_MARK = "\ufeff"
_PROOFS = frozenset({"theorem", "lemma", "example"})


@dataclass(frozen=True)
class Piece:
    """A part of a text: one declaration with holes, or all that stands between two of them.

    Attributes:
        index: Its number in the document.
        start: Offset of its first character in the document.
        text: The part itself.
        holes: Offsets of its `sorry` tokens, counted from its start.
        declarations: What it declares, with offsets counted from its start; only given for
            pieces with holes.
    """

    index: int
    start: int
    text: str
    holes: tuple[int, ...] = ()
    declarations: tuple[Declaration, ...] = ()

    @cached_property
    def words(self) -> frozenset[str]:
        """The components of all identifiers in it."""
        tokens = code(tokenize(self.text))
        identifiers = (token.text for token in tokens if token.kind is TokenKind.IDENTIFIER)
        return frozenset(word for name in identifiers for word in components(name))

    @property
    def proves_only(self) -> bool:
        """Whether it declares theorems and examples and nothing else."""
        return all(declaration.keyword in _PROOFS for declaration in self.declarations)

    def declaration_at(self, offset: int) -> Declaration | None:
        """The declaration that an offset lies in."""
        starts = [declaration.start for declaration in self.declarations]
        index = bisect.bisect_right(starts, offset) - 1
        return self.declarations[index] if index >= 0 else None

    @cached_property
    def lines(self) -> Lines:
        """Its lines; positions and offsets are counted from its start."""
        return Lines(self.text)


class Document:
    r"""A text with holes.

    Line ends are `\n` in `text` and in the pieces, as Lean wants them; `in_file` brings back
    the original ones.

    Args:
        original: The text as it is in the file.
        name: Its name for messages, such as that of the file.
        has_lines: Whether line numbers mean something to people.
        starts: Offsets of its commands, if Lean has told; else they are guessed.
        holes: Offsets of holes that Lean has found.
    """

    def __init__(
        self,
        original: str,
        name: str,
        *,
        has_lines: bool = True,
        starts: Sequence[int] | None = None,
        holes: Collection[int] = (),
    ) -> None:
        self.name = name
        self.original = original
        self._has_lines = has_lines
        self._mark = BYTE_ORDER_MARK if original.startswith(BYTE_ORDER_MARK) else ""
        self.text = original.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")
        self._lines = Lines(self.text)
        commands = _with_holes(scan(self.text, starts), holes)
        self.pieces = tuple(_pieces(self.text, commands))
        self._piece_starts = [piece.start for piece in self.pieces]

    def cut(self, starts: Sequence[int], holes: Collection[int]) -> Document:
        """The same text, cut where Lean says that commands begin.

        Args:
            starts: Offsets of the commands.
            holes: Offsets of the holes that Lean has found; words that look like holes and that
                it has not come to count, too.
        """
        return Document(
            self.original, self.name, has_lines=self._has_lines, starts=starts, holes=holes
        )

    def head(self, end: int) -> Document:
        """The text up to an offset, as a document."""
        return Document(self.text[:end], self.name, has_lines=self._has_lines)

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read a file.

        Raises:
            TheoremError: It can't be read, or is not UTF-8.
        """
        try:
            return cls(path.read_bytes().decode("utf-8"), str(path))
        except OSError as error:
            raise TheoremError(
                f"{path} can't be read: {error.strerror}", hint="Check the name of the file."
            ) from error
        except UnicodeDecodeError as error:
            raise TheoremError(
                f"{path} is not UTF-8 text: byte {error.start} can't be decoded",
                hint="Lean files are UTF-8; convert the file.",
            ) from error

    @property
    def has_holes(self) -> bool:
        """Whether there is a `sorry` in it."""
        return any(piece.holes for piece in self.pieces)

    def offset(self, position: Position) -> int:
        """The offset in the text of a place that Lean names."""
        return self._lines.offset(position)

    def position(self, offset: int) -> Position:
        """The place of an offset, as Lean names it."""
        return self._lines.position(offset)

    def piece_at(self, offset: int) -> Piece:
        """The piece that an offset lies in."""
        return self.pieces[max(0, bisect.bisect_right(self._piece_starts, offset) - 1)]

    def location(self, piece: Piece, position: Position | None) -> str:
        """A place in a piece as `FILE:LINE:COLUMN`, both counted from 1."""
        if position is None:
            return self.name
        return self.location_at(piece.start + piece.lines.offset(position))

    def location_at(self, offset: int) -> str:
        """An offset in the text as `FILE:LINE:COLUMN`, both counted from 1."""
        if not self._has_lines:
            return self.name
        position = self.position(offset)
        return f"{self.name}:{position.line}:{position.column + 1}"

    def line(self, piece: Piece, offset: int) -> int:
        """The line of an offset in a piece."""
        return self.position(piece.start + offset).line

    def in_file(self, edit: Edit) -> Edit:
        """An edit of the text as one of the original, with its line ends."""
        text = edit.text.replace("\n", self._newline(edit.start))
        return Edit(self._raw_offset(edit.start), self._raw_offset(edit.end), text)

    def _newline(self, offset: int) -> str:
        line = self.position(offset).line
        return "\r\n" if self._returns[line] > self._returns[line - 1] else "\n"

    def _raw_offset(self, offset: int) -> int:
        returns = self._returns[self.position(offset).line - 1]
        return len(self._mark) + offset + returns

    @cached_property
    def _returns(self) -> list[int]:
        """For each line, how many carriage returns before line ends come before it."""
        counts = [0]
        for line in self.original.removeprefix(BYTE_ORDER_MARK).split("\n"):
            counts.append(counts[-1] + line.endswith("\r"))
        return counts


def _with_holes(commands: list[LeanCommand], holes: Collection[int]) -> list[LeanCommand]:
    """The commands with further holes."""
    return [
        replace(
            command,
            holes=tuple(
                sorted({*command.holes, *(h for h in holes if command.start <= h < command.end)})
            ),
        )
        for command in commands
    ]


def _pieces(text: str, commands: list[LeanCommand]) -> Iterable[Piece]:
    """Pieces with one command that has holes, and pieces for the text between them."""
    index = 0
    end = 0
    for command in commands:
        if not command.holes:
            continue
        start = _with_indentation(text, command.start)
        command_end = _with_indentation(text, command.end)
        # The first piece also carries the imports, so there is one even if it has no text.
        if start > end or index == 0:
            yield Piece(index, end, text[end:start])
            index += 1
        yield Piece(
            index,
            start,
            text[start:command_end],
            tuple(hole - start for hole in command.holes),
            tuple(declaration.moved(-start) for declaration in command.declarations),
        )
        index += 1
        end = command_end
    if end < len(text) or index == 0:
        yield Piece(index, end, text[end:])


def _with_indentation(text: str, offset: int) -> int:
    """The start of the line, if there is only white space before the offset."""
    start = text.rfind("\n", 0, offset) + 1
    return offset if text[start:offset].strip() else start
