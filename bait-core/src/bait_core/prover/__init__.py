"""The search loop and the runner of many searches."""

from bait_core.prover.attempt import Attempt, SearchStatus, SelectionStep, Timings
from bait_core.prover.budget import RunEnd
from bait_core.prover.options import BatchingSettings, RunSettings, SearchLimits, SearchSettings
from bait_core.prover.proof_search import ProofSearch
from bait_core.prover.prove import Prover
from bait_core.prover.runner import Observer, Runner

__all__ = [
    "Attempt",
    "BatchingSettings",
    "Observer",
    "ProofSearch",
    "Prover",
    "RunEnd",
    "RunSettings",
    "Runner",
    "SearchLimits",
    "SearchSettings",
    "SearchStatus",
    "SelectionStep",
    "Timings",
]
