"""Networks that read and write bytes, with the ByT5 architecture (Xue et al., arXiv 2105.13626)."""
