"""The network: a tactic classifier, and a scorer of theorems given goal and tactic.

After HOList (Bansal et al., arXiv 1904.03241) and its graph networks (Paliwal et al., arXiv
1905.10006): two encoders, a classifier of the goal's embedding, and a score of goal, tactic and
theorem. The score is an inner product here, so that all theorems can be scored at once; lexical
features of goal and theorem are added to it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from bait_models.encoders.batch import TermBatch
from bait_models.encoders.build import make_encoder
from bait_models.encoders.options import EncoderOptions
from bait_models.tactic_models.holist.features import FEATURES


class HolistNetwork(nn.Module):
    """Goals to tactics, and goals, tactics and theorems to scores.

    Args:
        encoder: Encoder of goals and of theorems; weights are not shared.
        vocabulary_size: Number of tokens of terms.
        tactics: Number of tactics.
    """

    def __init__(self, encoder: EncoderOptions, vocabulary_size: int, tactics: int) -> None:
        super().__init__()
        dim = encoder.dim
        self.goals = make_encoder(encoder, vocabulary_size)
        self.theorems = make_encoder(encoder, vocabulary_size)
        self.classifier = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Dropout(encoder.dropout),
            nn.Linear(dim, dim),
            nn.GELU(),
            nn.Linear(dim, tactics),
        )
        self.tactics = nn.Embedding(tactics, dim)
        self.query = nn.Sequential(nn.Linear(2 * dim, dim), nn.GELU(), nn.Linear(dim, dim))
        self.plain = nn.Sequential(nn.Linear(FEATURES, 32), nn.GELU(), nn.Linear(32, 1))
        self.tactic_weights = nn.Embedding(tactics, FEATURES)
        nn.init.zeros_(self.tactic_weights.weight)
        self._scale = 1 / math.sqrt(dim)

    def embed_goals(self, batch: TermBatch) -> Tensor:
        """Embeddings of goals [batch, dim]."""
        embeddings: Tensor = self.goals(batch)
        return embeddings

    def embed_theorems(self, batch: TermBatch) -> Tensor:
        """Embeddings of theorems [batch, dim]."""
        embeddings: Tensor = self.theorems(batch)
        return embeddings

    def tactic_logits(self, goals: Tensor) -> Tensor:
        """Logits of tactics [batch, tactics] from embeddings of goals."""
        logits: Tensor = self.classifier(goals)
        return logits

    def theorem_scores(
        self, goals: Tensor, tactics: Tensor, theorems: Tensor, features: Tensor
    ) -> Tensor:
        """How relevant theorems are, as logits.

        Args:
            goals: Embeddings [batch, dim].
            tactics: Numbers of the tactics of each goal [batch, tactics].
            theorems: Embeddings [theorems, dim].
            features: [batch, theorems, FEATURES].

        Returns:
            [batch, tactics, theorems]
        """
        each = goals[:, None].expand(-1, tactics.shape[1], -1)
        query = self.query(torch.cat([each, self.tactics(tactics)], dim=2))
        plain = self.plain(features)[:, None, :, 0]
        weighted = self.tactic_weights(tactics) @ features.transpose(1, 2)
        scores: Tensor = query @ theorems.T * self._scale + plain + weighted
        return scores
