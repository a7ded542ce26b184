"""Trace processors: they turn recorded searches and human proofs into training examples."""
