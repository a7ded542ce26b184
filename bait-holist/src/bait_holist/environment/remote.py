"""Any HOList server as an environment: theorems come from HOList's database."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence

from bait_core.domain import Premise, PremiseSet, Theorem
from bait_core.errors import TheoremError
from bait_holist.benchmark.database import SPLITS, TheoremDatabase
from bait_holist.environment.options import STATEMENT, HolistOptions
from bait_holist.environment.remote_session import Registry, RemoteSession, RemoteTask
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.client import RemoteProver
from bait_holist.terms import constants, meaning, parse


class RemoteEnvironment:
    """Theorems of a HOList database, proved at a HOList server.

    Theorems are called by their fingerprints. A proof may use the entries before its theorem, as
    `THM FINGERPRINT`; the server is told of one when a tactic first names it.

    Args:
        address: `host:port`.
        options: What to prove.

    Raises:
        DatabaseError: The database can't be read.
    """

    def __init__(self, address: str, options: HolistOptions) -> None:
        self._options = options
        self._entries: Sequence[pb.Theorem] = ()
        if options.database is not None:
            self._entries = TheoremDatabase.load(options.database).theorems
        self._places = {str(entry.fingerprint): i for i, entry in enumerate(self._entries)}
        self._key = hashlib.sha256(repr(list(self._places)).encode()).hexdigest()
        self._premises: list[Premise] = []
        self._lock = threading.Lock()
        self._registry = Registry(RemoteProver(address))

    def theorems(self) -> Sequence[Theorem]:
        """The theorems to prove, in the database's order.

        Raises:
            TheoremError: The database has none of that fingerprint.
        """
        if self._options.statement is not None:
            return [Theorem(STATEMENT, self._options.statement)]
        for name in self._options.theorems:
            self._place(name)
        return list(self._choose())

    def start(self, theorem: Theorem) -> RemoteSession:
        """Begin a proof; see `bait_core.protocols.Environment`."""
        place = len(self._entries)
        goal = pb.Theorem(conclusion=self._options.statement)
        if self._options.statement is None:
            entry = self._entries[self._place(theorem.name)]
            place = self._first_stated(entry)
            goal = pb.Theorem(conclusion=entry.conclusion, hypotheses=entry.hypotheses)
        known = {entry.fingerprint: entry for entry in self._entries[:place]}
        return RemoteSession(RemoteTask(goal, self._premises_before(place), known), self._registry)

    def close(self) -> None:
        """End the connection. May be called twice, and from any thread."""
        self._registry.prover.close()

    def _place(self, name: str) -> int:
        place = self._places.get(name)
        if place is None:
            raise TheoremError(
                f"the theorem database has no theorem {name}",
                hint="Its theorems are called by their fingerprints.",
            )
        return place

    def _choose(self) -> Iterator[Theorem]:
        options, count = self._options, 0
        for entry in self._entries:
            name = str(entry.fingerprint)
            wanted = (
                name in options.theorems if options.theorems else entry.tag == pb.Theorem.THEOREM
            )
            if options.files:
                wanted = wanted and not set(options.files).isdisjoint(entry.library_tag)
            if options.split:
                wanted = wanted and SPLITS.get(entry.training_split) == options.split
            if wanted and count != options.limit:
                count += 1
                yield Theorem(name, entry.pretty_printed, " ".join(entry.library_tag))

    def _first_stated(self, entry: pb.Theorem) -> int:
        """The place of the first entry that states the same in other words, or of this one."""
        place = self._place(str(entry.fingerprint))
        if entry.hypotheses:
            return place
        statement = parse(entry.conclusion)
        symbols = set(constants(statement))
        stated = meaning(statement)
        for earlier, premise in enumerate(self._premises_before(place).library):
            other = self._entries[earlier]
            if other.hypotheses or set(premise.symbols) != symbols:
                continue
            if meaning(parse(other.conclusion)) == stated:
                return earlier
        return place

    def _premises_before(self, place: int) -> PremiseSet:
        """The entries before a place; what they mention is found when it is first asked for."""
        with self._lock:
            for entry in self._entries[len(self._premises) : place]:
                name = f"THM {entry.fingerprint}"
                symbols = tuple(constants(parse(entry.conclusion)))
                self._premises.append(Premise(name, entry.pretty_printed, symbols))
            return PremiseSet(f"holist:{self._key}:{place}", tuple(self._premises[:place]))
