"""UpDown search: expands the goals of the most probable derivation."""
