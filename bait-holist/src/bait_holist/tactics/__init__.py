"""Tactic models for HOL Light."""
