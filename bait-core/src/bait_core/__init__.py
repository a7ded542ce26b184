"""BAIT: AI theorem proving with any prover, search and model."""

__version__ = "0.1.0"
