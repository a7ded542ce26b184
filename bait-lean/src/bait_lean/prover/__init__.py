"""Lean processes, whichever Lean they run, and tactics in them."""
