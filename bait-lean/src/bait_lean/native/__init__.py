"""A Lake project's own Lean: finding it, and reports about texts from it."""
