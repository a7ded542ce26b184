"""Direct preference optimisation of a generator (Rafailov et al., arXiv 2305.18290)."""
