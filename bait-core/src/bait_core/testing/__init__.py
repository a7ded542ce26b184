"""Help for those who test searches, models and environments."""
