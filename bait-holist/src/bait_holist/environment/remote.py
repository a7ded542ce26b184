"""Any HOList server as an environment for the theorems of HOList's database."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence

from bait_core import Premise, PremiseSet, Theorem, TheoremError
from bait_holist.benchmark.database import SPLITS, TheoremDatabase
from bait_holist.environment.options import STATEMENT, HolistOptions
from bait_holist.environment.remote_session import RemoteSession, RemoteTask, TheoremRegistry
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.client import RemoteProver
from bait_holist.terms import constants, meaning, parse


class RemoteEnvironment:
    """Theorems of a HOList database, proved at a HOList server.

    Theorems are named by their fingerprints. A proof may use the entries before its theorem, as
    `THM FINGERPRINT`; an entry is registered with the server when a tactic first names it.

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
        self._positions = {str(entry.fingerprint): i for i, entry in enumerate(self._entries)}
        self._key = hashlib.sha256(repr(list(self._positions)).encode()).hexdigest()
        self._premises: list[Premise] = []
        self._lock = threading.Lock()
        self._registry = TheoremRegistry(RemoteProver(address))

    def theorems(self) -> Sequence[Theorem]:
        """The theorems to prove, in the database's order.

        Raises:
            TheoremError: The database has no entry with a given fingerprint.
        """
        if self._options.statement is not None:
            return [Theorem(STATEMENT, self._options.statement)]
        for name in self._options.theorems:
            self._position(name)
        return list(self._choose())

    def start(self, theorem: Theorem) -> RemoteSession:
        """Begin a proof; see `bait_core.protocols.Environment`."""
        position = len(self._entries)
        goal = pb.Theorem(conclusion=self._options.statement)
        if self._options.statement is None:
            entry = self._entries[self._position(theorem.name)]
            position = self._first_stated(entry)
            goal = pb.Theorem(conclusion=entry.conclusion, hypotheses=entry.hypotheses)
        known = {entry.fingerprint: entry for entry in self._entries[:position]}
        return RemoteSession(
            RemoteTask(goal, self._premises_before(position), known), self._registry
        )

    def close(self) -> None:
        """End the connection. From any thread, any number of times."""
        self._registry.prover.close()

    def _position(self, name: str) -> int:
        position = self._positions.get(name)
        if position is None:
            raise TheoremError(
                f"the theorem database has no theorem {name}",
                hint="Theorems are named by their fingerprints.",
            )
        return position

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
        """Position of the first entry that states the same up to renaming, or of this one."""
        position = self._position(str(entry.fingerprint))
        if entry.hypotheses:
            return position
        statement = parse(entry.conclusion)
        symbols = set(constants(statement))
        stated = meaning(statement)
        for earlier, premise in enumerate(self._premises_before(position).library):
            other = self._entries[earlier]
            if other.hypotheses or set(premise.symbols) != symbols:
                continue
            if meaning(parse(other.conclusion)) == stated:
                return earlier
        return position

    def _premises_before(self, position: int) -> PremiseSet:
        """The entries before a position; their symbols are computed on first use."""
        with self._lock:
            for entry in self._entries[len(self._premises) : position]:
                name = f"THM {entry.fingerprint}"
                symbols = tuple(constants(parse(entry.conclusion)))
                self._premises.append(Premise(name, entry.pretty_printed, symbols))
            return PremiseSet(f"holist:{self._key}:{position}", tuple(self._premises[:position]))
