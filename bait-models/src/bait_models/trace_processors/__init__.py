"""Trace processors: what makes training examples of recorded searches and of human proofs."""
