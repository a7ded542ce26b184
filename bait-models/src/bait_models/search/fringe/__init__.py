"""Fringe search: samples sets of goals that would prove the theorem."""
