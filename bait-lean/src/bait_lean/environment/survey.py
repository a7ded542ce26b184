"""Finding the holes of a text, with Lean's help."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bait_core.domain import Failed
from bait_core.errors import TheoremError
from bait_lean.environment.document import Document, Piece
from bait_lean.environment.lexer import code, tokenize
from bait_lean.environment.placing import Place
from bait_lean.environment.prover import Prefix, Prover, first_error
from bait_lean.environment.steps import apply_tactic, root_obligation
from bait_lean.environment.task import Hole, sorries_by_offset
from bait_lean.repl.messages import CommandReply, Message, Sorry

_log = logging.getLogger(__name__)

_TACTIC_BEFORE = frozenset({"by", "·", ";", "<;>"})
_TERM_BEFORE = frozenset({":=", "exact", "from", "<|", ",", "⟨", "show"})

_IS_PROPOSITION = "refine of_eq_true ?_"
"""A tactic that applies to any proposition and to nothing else."""

_PROPOSITION_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class _LeanError:
    piece: Piece
    message: Message


def survey(document: Document, prover: Prover, wanted: Callable[[str], bool]) -> list[Hole]:
    """The holes of a text in order, those only that `wanted` takes.

    The text is elaborated once, piece by piece. Left out with a warning are holes for data
    instead of proofs, holes for several goals at once (`all_goals sorry`), and holes that Lean
    does not come to.

    Raises:
        TheoremError: There is an error before, or in, the declaration of a hole.
        ReplError: The process is dead now.
    """
    holes: list[Hole] = []
    errors: list[_LeanError] = []
    parent: Prefix | None = None
    for piece, names in _named(document):
        chosen = [offset for offset, name in names.items() if wanted(name)]
        reply = prover.command(piece.text, parent, parts=bool(chosen))
        if (error := first_error(reply)) is not None:
            errors.append(_LeanError(piece, error))
        if chosen and errors:
            raise _before_hole(document, errors[0], names[chosen[0]])
        if chosen:
            places = {o: Place(o, _is_term(prover, piece, o, parent)) for o in piece.holes}
        for offset in chosen:
            declaration = piece.declaration_at(offset)
            if declaration and _is_usable(document, prover, piece, reply, offset, names[offset]):
                siblings = tuple(place for o, place in places.items() if o != offset)
                holes.append(Hole(names[offset], piece, places[offset], declaration, siblings))
        parent = _after(prover, piece, reply, parent)
    for late in errors:
        where = document.location(late.piece, late.message.pos)
        _log.warning("%s: %s (no hole comes after it)", where, late.message.data)
    return holes


def hole_names(document: Document) -> list[str]:
    """The names of all holes of a text, as far as the text alone tells them."""
    return [name for _, names in _named(document) for name in names.values()]


def _named(document: Document) -> Iterator[tuple[Piece, dict[int, str]]]:
    """Each piece with the names of its holes by offset.

    A hole has the full name of its declaration, with `:1`, `:2`, ... if that has several, or
    `example:LINE` where there is no name.
    """
    used: Counter[str] = Counter()
    for piece in document.pieces:
        bases: dict[int, str] = {}
        for offset in piece.holes:
            declaration = piece.declaration_at(offset)
            if declaration is None:
                keyword, start, name = "hole", offset, ""
            else:
                keyword, start, name = declaration.keyword, declaration.start, declaration.name
            bases[offset] = name or f"{keyword}:{document.line(piece, start)}"
        total = Counter(bases.values())
        names: dict[int, str] = {}
        for offset, base in bases.items():
            used[base] += 1
            several = total[base] > 1 or used[base] > 1
            names[offset] = f"{base}:{used[base]}" if several else base
        yield piece, names


def _after(prover: Prover, piece: Piece, reply: CommandReply, parent: Prefix | None) -> Prefix:
    prefix = parent.then(piece.text) if parent else Prefix(piece.text)
    prover.remember(prefix, reply.env)
    return prefix


def _before_hole(document: Document, error: _LeanError, hole: str) -> TheoremError:
    where = document.location(error.piece, error.message.pos)
    hint = f"Lean must accept the text up to the hole {hole}: correct it."
    if any(declaration.keyword == "lemma" for declaration in error.piece.declarations):
        hint = "`lemma` is a keyword of Mathlib's; in core Lean, write `theorem`."
    return TheoremError(f"{where}: {error.message.data}", hint=hint)


def _is_usable(
    document: Document, prover: Prover, piece: Piece, reply: CommandReply, offset: int, name: str
) -> bool:
    found = sorries_by_offset(piece, reply.sorries).get(offset, [])
    if not found:
        why = "Lean does not come to it"
    elif len(found) > 1 or _is_coupled(found[0]):
        why = "it stands for several goals"
    elif not _is_proposition(prover, name, found[0]):
        why = "it is for data, not for a proof"
    else:
        return True
    line = document.line(piece, offset)
    _log.warning("%s:%d: the hole %s is left out: %s", document.name, line, name, why)
    return False


def _is_coupled(sorry: Sorry) -> bool:
    return bool(sorry.parts and len(sorry.parts[0].goals) > 1)


def _is_proposition(prover: Prover, name: str, sorry: Sorry) -> bool:
    root = root_obligation(name, sorry.proof_state, sorry.goal, sorry.parts)
    result = apply_tactic(
        prover, root.goal, root.state, _IS_PROPOSITION, _PROPOSITION_TIMEOUT, policy=None
    )
    return not isinstance(result, Failed)


def _is_term(prover: Prover, piece: Piece, offset: int, parent: Prefix | None) -> bool:
    """Whether Lean expects a term at a hole: where words don't tell, by trying `by sorry`."""
    before = [token.text for token in code(tokenize(piece.text)) if token.start < offset]
    word = before[-1] if before else ""
    if word in _TACTIC_BEFORE:
        return False
    if word in _TERM_BEFORE:
        return True
    text = f"{piece.text[:offset]}by {piece.text[offset:]}"
    return first_error(prover.command(text, parent)) is None
