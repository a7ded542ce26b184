"""What a proof may use: facts of the library, and what the text itself has stated and defined."""

from __future__ import annotations

import hashlib
import logging
import threading
from typing import Any

import msgspec

from bait_core import Definition, DefinitionKind, Premise, PremiseSet
from bait_lean.environment import premise_cache
from bait_lean.holes.task import ProofTask
from bait_lean.process.messages import ConstantReply, ErrorReply, PremisesReply, StatusReply
from bait_lean.prover.prover import Prover
from bait_lean.source.commands import end_of_imports, scan
from bait_lean.source.declarations import Declaration
from bait_lean.source.lexer import code, tokenize
from bait_lean.source.prefix import Prefix
from bait_lean.source.statement import signature

_log = logging.getLogger(__name__)

_TIMEOUT = 600.0
"""Seconds in which a process must have listed its library."""

_STATES_FACTS = frozenset({"theorem", "lemma", "axiom"})
_UNFOLDS = frozenset({"def"})
_INDUCTIVE = frozenset({"inductive", "structure", "class"})

Premises = tuple[Premise, ...]
Own = tuple[Premise | Definition, ...]
"""What a piece of text states and defines."""


class AccessiblePremises:
    """What is accessible in one text, loaded on first use and shared by all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: Premises | None = None
        self._own: dict[str, Own] = {}
        self._sets: dict[tuple[str, tuple[str, ...], str], PremiseSet] = {}

    def get(self, prover: Prover, task: ProofTask, policy: int | None) -> PremiseSet:
        """What a proof may use.

        Args:
            prover: Is asked what is not known yet.
            task: The hole to prove.
            policy: What the proof may not use, as the process's number.

        Raises:
            ReplError: The process is dead now.
        """
        key = (task.prefix.key, task.forbidden, task.library)
        with self._lock:
            if key not in self._sets:
                self._sets[key] = self._make(prover, task, policy)
            return self._sets[key]

    def _make(self, prover: Prover, task: ProofTask, policy: int | None) -> PremiseSet:
        pieces = task.prefix.chain()
        header = pieces[0].text[: end_of_imports(pieces[0].text)]
        if task.library:
            library = _listed(prover, header, policy) or ()
        else:
            library = self._library_facts(prover, header)
        own = [o for o in self._own_text(prover, pieces) if o.name not in task.forbidden]
        content = msgspec.json.encode((header, task.library, len(library)))
        return PremiseSet(
            hashlib.sha256(content).hexdigest(),
            library,
            local=tuple(fact for fact in own if isinstance(fact, Premise)),
            definitions=tuple(item for item in own if isinstance(item, Definition)),
        )

    def _library_facts(self, prover: Prover, header: str) -> Premises:
        if not prover.has_extensions:
            return ()
        if self._library is None:
            status = prover.ask({"status": True}, StatusReply)
            version = "" if isinstance(status, ErrorReply) else status.version
            imports = [token.text for token in code(tokenize(header))]
            key = premise_cache.cache_key(version, imports)
            self._library = premise_cache.load(key)
        if self._library is None:
            self._library = _listed(prover, header, None)
            if self._library is not None:
                premise_cache.save(key, self._library)
        return self._library or ()

    def _own_text(self, prover: Prover, pieces: list[Prefix]) -> list[Premise | Definition]:
        """What the text itself has stated and defined so far."""
        text = "".join(piece.text for piece in pieces)
        commands = scan(text)
        own: list[Premise | Definition] = []
        start = 0
        for piece in pieces:
            end = start + len(piece.text)
            if piece.key not in self._own:
                here = [command for command in commands if start <= command.start < end]
                found = (
                    _read(prover, declaration, text[declaration.start : command.end], piece)
                    for command in here
                    for declaration in command.declarations
                    if declaration.name
                )
                self._own[piece.key] = tuple(item for item in found if item is not None)
            own += self._own[piece.key]
            start = end
        return own


def _listed(prover: Prover, header: str, policy: int | None) -> Premises | None:
    request: dict[str, Any] = {"premises": True, "env": prover.environment(Prefix(header))}
    if policy is not None:
        request["policy"] = policy
    reply = prover.ask(request, PremisesReply, _TIMEOUT)
    if isinstance(reply, ErrorReply):
        _log.warning("Lean can't list its library: %s", reply.message)
        return None
    return tuple(Premise(*premise) for premise in reply.premises)


def _read(
    prover: Prover, declaration: Declaration, text: str, prefix: Prefix
) -> Premise | Definition | None:
    """What a declaration offers: as Lean states it or, where Lean does not, by its words."""
    name, keyword = declaration.name, declaration.keyword
    if keyword not in _STATES_FACTS | _UNFOLDS | _INDUCTIVE:
        return None
    statement = _statement(prover, name, prefix)
    if keyword in _STATES_FACTS:
        symbols = _symbols(prover, statement, prefix) if statement else ()
        return Premise(name, statement or signature(text), symbols)
    is_predicate = (statement or signature(text)).rstrip().endswith("Prop")
    if keyword in _INDUCTIVE:
        inductive = DefinitionKind.INDUCTIVE_PREDICATE if is_predicate else DefinitionKind.TYPE
        return Definition(name, inductive)
    return Definition(name, DefinitionKind.PREDICATE if is_predicate else DefinitionKind.FUNCTION)


def _statement(prover: Prover, name: str, prefix: Prefix) -> str:
    """The type of a declaration, or nothing: a private one has another name in Lean."""
    if not prover.has_extensions:
        return ""
    reply = prover.ask({"constant": name, "env": prover.environment(prefix)}, ConstantReply)
    return "" if isinstance(reply, ErrorReply) else reply.statement


def _symbols(prover: Prover, statement: str, prefix: Prefix) -> tuple[str, ...]:
    """The constants in a statement, which Lean reports for goals only."""
    reply = prover.command(f"example : {statement} := by sorry", prefix, parts=True)
    parts = reply.sorries[0].parts if reply.sorries else None
    return parts[0].symbols if parts else ()
