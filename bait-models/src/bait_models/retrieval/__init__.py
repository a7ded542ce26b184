"""ReProver's premise retrieval (Yang et al., arXiv 2306.15626): embeds goals and premises."""
