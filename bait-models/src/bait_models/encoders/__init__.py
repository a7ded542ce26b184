"""Encoders of terms: from a batch of graphs to embeddings [batch, dim]."""
