"""`bait run`, `evaluate`, `train` and `report`: experiments, whole and in parts."""
