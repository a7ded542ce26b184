"""Searches and models for BAIT."""

__version__ = "0.1.0"
