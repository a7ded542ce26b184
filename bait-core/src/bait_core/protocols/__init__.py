"""The contracts between BAIT and its plugins."""

from bait_core.protocols.environment import Environment, FillsFiles, Session
from bait_core.protocols.search_model import Response, SearchModel, Selection
from bait_core.protocols.tactic_model import TacticModel, TacticRequest

__all__ = [
    "Environment",
    "FillsFiles",
    "Response",
    "SearchModel",
    "Selection",
    "Session",
    "TacticModel",
    "TacticRequest",
]
