"""Batching: one queue for each model, shared by concurrent searches."""

from bait_core.batching.batcher import Batcher
from bait_core.batching.settings import BatchingSettings
from bait_core.batching.shared_models import SharedGoalModel, SharedTacticModel

__all__ = ["Batcher", "BatchingSettings", "SharedGoalModel", "SharedTacticModel"]
