"""What counts as proved: proofs, filled files and files as they stand."""
