"""Premise retrieval of ReProver (Yang et al., arXiv 2306.15626): goals and premises as vectors."""
