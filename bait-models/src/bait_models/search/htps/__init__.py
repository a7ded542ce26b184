"""HyperTree Proof Search: Monte Carlo search over hypertrees."""
