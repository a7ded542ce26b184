"""The contracts between BAIT and its plugins."""

from bait_core.protocols.environment import Environment, FillsFiles, Session, VerifiesFiles
from bait_core.protocols.goal_model import GoalModel
from bait_core.protocols.search_model import Response, SearchContext, SearchModel, Selection
from bait_core.protocols.tactic_model import TacticModel, TacticRequest
from bait_core.protocols.trace_processor import TraceProcessor
from bait_core.protocols.trainer import Trainer, TrainingResult, TrainingTask

__all__ = [
    "Environment",
    "FillsFiles",
    "GoalModel",
    "Response",
    "SearchContext",
    "SearchModel",
    "Selection",
    "Session",
    "TacticModel",
    "TacticRequest",
    "TraceProcessor",
    "Trainer",
    "TrainingResult",
    "TrainingTask",
    "VerifiesFiles",
]
