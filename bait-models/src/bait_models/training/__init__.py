"""What all trainable models have in common: checkpoints, optimisation, fitting."""
