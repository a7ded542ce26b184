"""Proving what a user asks for: from a statement or file to proofs, written into it if wanted."""

from bait_core.proving.api import prove
from bait_core.proving.results import ProofResults, TheoremResult

__all__ = ["ProofResults", "TheoremResult", "prove"]
