"""Proving what a user names: from a statement or a file to proofs, in the file if wanted."""
