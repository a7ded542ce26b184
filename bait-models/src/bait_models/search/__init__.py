"""Searches that use a goal model: HTPS, UpDown and Fringe. Needs no torch."""
