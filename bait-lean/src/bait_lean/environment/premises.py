"""The facts that a proof may use: those of the library, kept on disk, and those of the text."""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import tempfile
import threading
import zlib
from pathlib import Path

import msgspec

from bait_core.domain import Premise, PremiseSet
from bait_core.places import cache_folder
from bait_lean.environment.commands import end_of_imports, scan
from bait_lean.environment.lexer import Kind, code, tokenize
from bait_lean.environment.prover import Prefix, Prover
from bait_lean.environment.statement import signature
from bait_lean.environment.task import Task
from bait_lean.repl.messages import ConstantReply, ErrorReply, PremisesReply, StatusReply

_log = logging.getLogger(__name__)

_FORMAT = 1
"""Changes with the content of the cache files."""

_TIMEOUT = 600.0
"""Seconds in which a process must have listed its library."""

_STATES_FACTS = frozenset({"theorem", "lemma", "axiom"})


class Premises:
    """The accessible facts of one text, loaded on first use and shared by all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: tuple[Premise, ...] | None = None
        self._library_key = ""
        self._sets: dict[tuple[str, tuple[str, ...], str], PremiseSet] = {}

    def get(self, prover: Prover, task: Task, policy: int | None) -> PremiseSet:
        """The facts that a proof may use.

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

    def _make(self, prover: Prover, task: Task, policy: int | None) -> PremiseSet:
        pieces = _pieces(task.prefix)
        header = pieces[0].text[: end_of_imports(pieces[0].text)]
        if not task.library:
            facts = self._library_facts(prover, header)
        else:
            facts = _listed(prover, header, policy)
        own = tuple(_own_facts(prover, pieces, frozenset(task.forbidden)))
        content = msgspec.json.encode((self._library_key, task.library, own))
        return PremiseSet(hashlib.sha256(content).hexdigest(), facts + own)

    def _library_facts(self, prover: Prover, header: str) -> tuple[Premise, ...]:
        if not prover.has_extensions:
            return ()
        if self._library is None:
            self._library_key = _library_key(prover, header)
            self._library = _load(self._library_key)
            if self._library is None:
                self._library = _listed(prover, header, None)
                _save(self._library_key, self._library)
        return self._library


def _pieces(prefix: Prefix) -> list[Prefix]:
    pieces: list[Prefix] = []
    current: Prefix | None = prefix
    while current is not None:
        pieces.append(current)
        current = current.parent
    return pieces[::-1]


def _listed(prover: Prover, header: str, policy: int | None) -> tuple[Premise, ...]:
    request = {"premises": True, "env": prover.environment(Prefix(header))}
    if policy is not None:
        request["policy"] = policy
    reply = prover.ask(request, PremisesReply, _TIMEOUT)
    if isinstance(reply, ErrorReply):
        _log.warning("Lean does not list its library: %s", reply.message)
        return ()
    return tuple(Premise(*premise) for premise in reply.premises)


def _own_facts(prover: Prover, pieces: list[Prefix], forbidden: frozenset[str]) -> list[Premise]:
    """The theorems that the text itself has stated so far."""
    text = "".join(piece.text for piece in pieces)
    found: list[Premise] = []
    for command in scan(text):
        for declaration in command.declarations:
            name = declaration.name
            if declaration.keyword in _STATES_FACTS and name and name not in forbidden:
                statement = signature(text[declaration.start : command.end])
                if prover.has_extensions:
                    statement = _statement(prover, name, pieces[-1]) or statement
                found.append(Premise(name, statement, _symbols(statement)))
    return found


def _statement(prover: Prover, name: str, prefix: Prefix) -> str:
    environment = prover.environment(prefix)
    reply = prover.ask({"constant": name, "env": environment}, ConstantReply)
    # A private theorem has another name in Lean: the text has to do.
    return "" if isinstance(reply, ErrorReply) else reply.statement


def _symbols(statement: str) -> tuple[str, ...]:
    tokens = code(tokenize(statement))
    return tuple(dict.fromkeys(token.text for token in tokens if token.kind is Kind.IDENTIFIER))


def _library_key(prover: Prover, header: str) -> str:
    status = prover.ask({"status": True}, StatusReply)
    version = "" if isinstance(status, ErrorReply) else status.version
    imports = sorted(token.text for token in code(tokenize(header)))
    content = "\n".join((str(_FORMAT), version, *imports))
    return hashlib.sha256(content.encode()).hexdigest()


def _cache_file(key: str) -> Path:
    return cache_folder() / "lean-premises" / f"{key}.json.gz"


def _load(key: str) -> tuple[Premise, ...] | None:
    """What is in the cache, or None; a damaged file counts as none."""
    file = _cache_file(key)
    try:
        with gzip.open(file) as stream:
            return msgspec.json.decode(stream.read(), type=tuple[Premise, ...])
    except FileNotFoundError:
        return None
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning(
            "The cached premises in %s can't be read (%s); they are listed anew.", file, error
        )
        return None


def _save(key: str, premises: tuple[Premise, ...]) -> None:
    """Keep premises on disk, if that is possible: a full or read-only disk costs time only."""
    file = _cache_file(key)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(gzip.compress(msgspec.json.encode(premises), compresslevel=6, mtime=0))
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        _log.warning("The premises can't be kept in %s: %s.", file.parent, error.strerror or error)
