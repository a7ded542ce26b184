"""Acceptance with a project's own Lean: the compiled file is judged, by a checker in Lean."""
