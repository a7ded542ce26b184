"""The goal model that learns from searches and proofs which goals can be proved."""
