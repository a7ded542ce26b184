"""The tactic model of ReProver (Yang et al., arXiv 2306.15626): writes tactics byte by byte."""
