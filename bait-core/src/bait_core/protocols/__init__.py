"""The contracts between BAIT and its plugins."""

from bait_core.protocols.environment import Environment, FillsFiles, Session
from bait_core.protocols.goal_model import GoalModel
from bait_core.protocols.search_model import Response, SearchContext, SearchModel, Selection
from bait_core.protocols.tactic_model import TacticModel, TacticRequest

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
]
