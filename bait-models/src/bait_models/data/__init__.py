"""From examples on disk to batches, for all models."""
