"""Implicit language Q-learning of a generator (Snell et al., arXiv 2206.11871)."""
