"""Lean 4 for BAIT."""

__version__ = "0.1.0"
