"""Tactics of HOL Light's human proofs as templates, and the tactic model that fills them."""

from bait_holist.tactics.goal_view import GoalView
from bait_holist.tactics.model import TemplateModel
from bait_holist.tactics.options import TemplateOptions
from bait_holist.tactics.templates import (
    TERM_SOURCES,
    Template,
    fill,
    load_templates,
    template_of,
)

__all__ = [
    "TERM_SOURCES",
    "GoalView",
    "Template",
    "TemplateModel",
    "TemplateOptions",
    "fill",
    "load_templates",
    "template_of",
]
