"""ReProver's tactic model (Yang et al., arXiv 2306.15626), which writes tactics byte by byte."""
