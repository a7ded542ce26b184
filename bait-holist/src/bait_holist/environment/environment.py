"""HOL Light as an environment."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing

from bait_core import Environment, Theorem, TheoremError
from bait_holist.environment.options import STATEMENT, HolistOptions
from bait_holist.environment.session import HolistSession, HolistTask
from bait_holist.errors import RequestError
from bait_holist.library import Library, theorem_of
from bait_holist.prover.connector import Connector
from bait_holist.prover.replies import Fact
from bait_holist.terms import to_text


class HolistEnvironment:
    """Theorems of HOL Light's library, or one statement from the user.

    Each session has its own worker: a fork of one HOL Light that has loaded its library.
    """

    def __init__(self, options: HolistOptions | None = None) -> None:
        self._options = options or HolistOptions()
        self._connector = Connector(
            server=self._options.server,
            memory=self._options.memory,
            load_timeout=self._options.load_timeout,
        )
        self._lock = threading.Lock()
        self._loaded: Library | None = None

    def theorems(self) -> Sequence[Theorem]:
        """The theorems to prove, in binding order.

        Raises:
            TheoremError: The statement is not well-formed, or a name is unknown.
            ProverStartError: HOL Light does not start.
        """
        if self._options.statement is not None:
            _, text = self._read(self._options.statement)
            return [Theorem(STATEMENT, text)]
        return [theorem_of(fact) for fact in self._select()]

    def start(self, theorem: Theorem) -> HolistSession:
        """Begin a proof; see `bait_core.protocols.Environment`."""
        library = self._library()
        fact = library.find(theorem.name) if self._options.statement is None else None
        if fact is not None:
            if theorem.statement != fact.text:
                raise TheoremError(
                    f"{theorem.name} states something else in this HOL Light: {fact.text}",
                    hint="It was chosen from another version of the library. Choose it again.",
                )
            index, premises = library.first_index(fact), library.premises_for(fact)
            task = HolistTask(theorem.name, to_text(fact.sexp), index, premises)
            return HolistSession(task, self._connector)
        if self._options.statement is None:
            raise TheoremError(f"HOL Light's library has no theorem {theorem.name}")
        term, _ = self._read(self._options.statement)
        return HolistSession(
            HolistTask(STATEMENT, term, None, library.premises_for(None)), self._connector
        )

    def close(self) -> None:
        """End all provers. From any thread, any number of times."""
        self._connector.close()

    def _select(self) -> Iterator[Fact]:
        options = self._options
        return self._library().select(
            names=options.theorems, files=options.files, split=options.split, limit=options.limit
        )

    def _read(self, statement: str) -> tuple[str, str]:
        with closing(self._connector.connect()) as worker:
            try:
                return worker.parse(statement)
            except RequestError as error:
                raise TheoremError(
                    f"HOL Light does not accept the statement {statement}: {error.reason}",
                    hint=_hint(statement),
                ) from error

    def _library(self) -> Library:
        with self._lock:
            if self._loaded is None:
                with closing(self._connector.connect()) as worker:
                    self._loaded = Library(worker.library(), worker.greeting.version)
            return self._loaded


def _hint(statement: str) -> str:
    if statement.startswith("`"):
        return "Leave out the backquotes: they quote a term in HOL Light but are not part of it."
    if "//" in statement:
        return "Leave out the comment."
    return "Quantify all variables, and annotate types that are ambiguous."


def make_environment(options: HolistOptions | None = None) -> Environment:
    """HOL Light on this machine, or the HOList server whose address is given.

    Raises:
        DatabaseError: The theorem database can't be read.
    """
    if options is None or options.address is None:
        return HolistEnvironment(options)
    from bait_holist.environment.remote import RemoteEnvironment  # noqa: PLC0415  (loads gRPC)

    return RemoteEnvironment(options.address, options)
