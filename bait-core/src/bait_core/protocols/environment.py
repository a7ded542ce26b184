"""The contract of an environment: a proof assistant as BAIT sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from bait_core.domain import (
    CheckResult,
    FilledFile,
    Goal,
    Outcome,
    PremiseSet,
    Proof,
    Theorem,
    Verification,
)


class Session(Protocol):
    """One theorem under proof; used by one thread at a time."""

    @property
    def root(self) -> Goal:
        """The goal to prove."""
        ...

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:
        """Apply each tactic to `goal`, independently of each other.

        A call has many tactics so that environments can pipeline them.

        Args:
            goal: The root or a goal that an earlier call returned.
            tactics: Tactic texts. They are untrusted: text that could destabilise the prover or
                cheat must be rejected with `Failed(REJECTED)`.
            timeout: Time limit per tactic in seconds.

        Returns:
            One outcome per tactic, in order. A tactic that kills the prover gets
            `Failed(CRASH)`, and the session recovers.

        Raises:
            ProverCrashError: The prover died and can't be restarted.
        """
        ...

    def retrieve_premises(self, goal: Goal) -> PremiseSet:
        """The library facts that a proof of `goal` may use; empty if unknown."""
        ...

    def check(self, proof: Proof) -> CheckResult:
        """Replay the whole `proof` in a prover that took no part in the search."""
        ...

    def script(self, proof: Proof) -> str:
        """`proof` in the prover's own language: the text that `check` checks."""
        ...

    def close(self) -> None:
        """Release the prover. May be called twice."""
        ...


class Environment(Protocol):
    """A proof assistant. Sessions may be started from several threads."""

    def theorems(self) -> Iterable[Theorem]:
        """The theorems that this environment was configured to prove, in order.

        Raises:
            TheoremError: The configured statement or file is not usable.
        """
        ...

    def start(self, theorem: Theorem) -> Session:
        """Begin a proof.

        Raises:
            ProverStartError: The proof assistant can't be started.
            TheoremError: The prover does not accept the statement.
        """
        ...

    def close(self) -> None:
        """End all provers, with their children. May be called twice and from any thread."""
        ...


@runtime_checkable
class FillsFiles(Protocol):
    """An environment whose theorems are the holes of a proof file."""

    def fill(self, scripts: Mapping[str, str], current: str | None = None) -> FilledFile:
        """Fill holes, and check the whole file with a fresh prover.

        Args:
            scripts: Theorem name -> script that `check` accepted.
            current: The file's current text, if it has changed since it was read; the scripts go
                where the same holes are in it.

        Raises:
            FillError: The prover does not accept the filled file.
            MergeError: A hole is no longer in `current`, or the text around it has changed.
        """
        ...


@runtime_checkable
class VerifiesFiles(Protocol):
    """An environment that can check which theorems of a proof file are proved."""

    def verify(self) -> Sequence[Verification]:
        """The verdict of a fresh prover on each theorem of the file, in order.

        Raises:
            TheoremError: The file can't be read or understood by the prover.
        """
        ...
