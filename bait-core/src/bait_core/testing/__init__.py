"""Tools for testing searches, models and environments."""
