"""The learned tactic models."""
