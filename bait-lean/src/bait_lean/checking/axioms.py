"""Allowed axioms that do not exist, such as misspelt ones."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from bait_lean.prover.prover import ElaborationError, Prover, first_error
from bait_lean.source.prefix import Prefix

_log = logging.getLogger(__name__)


def warn_of_unknown_axioms(prover: Prover, prefix: Prefix, axioms: Iterable[str]) -> None:
    """Warn of allowed axioms that neither a text nor its imports declare.

    Args:
        prover: Any process.
        prefix: The text.
        axioms: The names of the allowed axioms.

    Raises:
        ReplError: The process is dead now.
    """
    for name in axioms:
        try:
            reply = prover.command(f"#check @{name}", prefix)
        except ElaborationError:
            return  # the text has an error, which is reported elsewhere
        if first_error(reply) is not None:
            _log.warning(
                "the allowed axiom %s does not exist: neither the text nor its imports declare it",
                name,
            )
