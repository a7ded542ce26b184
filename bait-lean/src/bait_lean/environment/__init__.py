"""Lean 4 as an environment of BAIT."""
