"""Tactic models that learn."""
