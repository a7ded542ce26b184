"""HOL Light's and HOList's own errors, all below `bait_core.errors.BaitError`.

* DatabaseError             a theorem database can't be read, or lacks an entry
* ProverError
  + ProverStartError
    - NotInstalledError     HOL Light, or the library it needs, is missing
    - LoadError             HOL Light did not load, or not all of it
  + SexpError               a text is not an S-expression
  + RequestError            the prover refused a request that is not a tactic
  + ProverConnectionError   the connection to a worker can't be used any more
    - ConnectionLostError   the worker ended, or was killed
    - ServerGoneError       there is no server to connect to
  + RemoteError             a call to a HOList server failed
  + HumanProofsError        human proofs can't be recorded or read
"""

from __future__ import annotations

from bait_core import BaitError, ProverError, ProverStartError


class DatabaseError(BaitError):
    """A theorem database can't be read, or lacks an entry."""


class NotInstalledError(ProverStartError):
    """HOL Light, or the library it needs, is missing."""


class LoadError(ProverStartError):
    """HOL Light did not load, or not all of it."""


class SexpError(ProverError):
    """A text is not an S-expression, or exceeds the limits."""


class RequestError(ProverError):
    """The prover refused a request that is not a tactic.

    Args:
        kind: `malformed`, `toolarge`, `unknown`, `illtyped` or `failed`.
        message: What the prover said.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"HOL Light refused a request ({kind}): {message}")
        self.kind = kind
        self.reason = message


class ProverConnectionError(ProverError):
    """The connection to a worker can't be used any more."""


class ConnectionLostError(ProverConnectionError):
    """The worker ended, or was killed for not answering in time.

    Args:
        message: What happened.
        hint: What the user can do next.
        timed_out: Whether it was killed for not answering.
    """

    def __init__(self, message: str, *, hint: str = "", timed_out: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.timed_out = timed_out


class ServerGoneError(ProverConnectionError):
    """There is no server to connect to."""


class RemoteError(ProverError):
    """A call to a HOList server failed.

    Args:
        message: What happened.
        hint: What the user can do next.
        timed_out: Whether it did not answer in time.
    """

    def __init__(self, message: str, *, hint: str = "", timed_out: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.timed_out = timed_out


class HumanProofsError(ProverError):
    """Human proofs can't be recorded or read."""
