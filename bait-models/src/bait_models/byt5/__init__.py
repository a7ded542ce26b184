"""Networks that read or write bytes, of the ByT5 architecture (Xue et al., arXiv 2105.13626)."""
