"""The search for a proof of one theorem: select, propose, apply, update, check."""

from bait_core.proof_search.attempt import Attempt, SelectionStep, Timings
from bait_core.proof_search.budget import Budget
from bait_core.proof_search.proof_search import ProofSearch
from bait_core.proof_search.recording import trace_record
from bait_core.proof_search.searcher import Searcher
from bait_core.proof_search.settings import SearchLimits, SearchSettings

__all__ = [
    "Attempt",
    "Budget",
    "ProofSearch",
    "SearchLimits",
    "SearchSettings",
    "Searcher",
    "SelectionStep",
    "Timings",
    "trace_record",
]
