"""Proving what a user names: from a statement or a file to proofs, in the file if wanted."""

from bait_core.proving.api import prove
from bait_core.proving.results import ProofResults, TheoremResult

__all__ = ["ProofResults", "TheoremResult", "prove"]
