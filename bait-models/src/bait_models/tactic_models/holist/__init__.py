"""HOList's tactic model: which tactic, and which theorems for it."""
