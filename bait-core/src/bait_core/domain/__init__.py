"""The vocabulary of theorem proving: goals, tactic outcomes, proofs. Plain immutable data."""

from bait_core.domain.filling import Edit, FilledFile, Verification, apply_edits
from bait_core.domain.goal import Goal, Theorem
from bait_core.domain.outcome import Failed, FailureKind, Outcome, Proved, Subgoals
from bait_core.domain.premise import (
    NO_PREMISES,
    Definition,
    DefinitionKind,
    Premise,
    PremiseSet,
)
from bait_core.domain.proof import SOUND, CheckResult, Foundations, Proof, ProofStep
from bait_core.domain.status import CONDITIONAL, SearchStatus, is_final, verdict
from bait_core.domain.suggestion import Suggestion

__all__ = [
    "CONDITIONAL",
    "NO_PREMISES",
    "SOUND",
    "CheckResult",
    "Definition",
    "DefinitionKind",
    "Edit",
    "Failed",
    "FailureKind",
    "FilledFile",
    "Foundations",
    "Goal",
    "Outcome",
    "Premise",
    "PremiseSet",
    "Proof",
    "ProofStep",
    "Proved",
    "SearchStatus",
    "Subgoals",
    "Suggestion",
    "Theorem",
    "Verification",
    "apply_edits",
    "is_final",
    "verdict",
]
