"""What all trainable models share: examples as batches, optimisation, fitting, checkpoints."""
