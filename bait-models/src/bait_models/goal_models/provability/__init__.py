"""The goal model that learns which goals can be proved, from searches and proofs."""
