"""Lean texts, without asking Lean."""
