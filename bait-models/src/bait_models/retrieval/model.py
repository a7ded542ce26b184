"""The retriever: embeds goals and premises, whose cosine says how well they match."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import T5EncoderModel

from bait_models.byt5.network import load_t5, save_t5
from bait_models.byt5.text import PaddedTokens, encode_end, encode_start, pad
from bait_models.chunks import padded_chunks
from bait_models.retrieval.text import PremiseLike, premise_text
from bait_models.training.devices import find_device
from bait_models.training.learner import Learner
from bait_models.training.ranking import reciprocal_rank

KIND = "retriever"
DEFAULT_MAX_SOURCE = 2048
"""ReProver's, when it embeds its corpus."""
_TOKENS_PER_BATCH = 1 << 14

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""A loss of cosines, positive and accessible pairs, each [goals, premises]."""


class RetrievalBatch(NamedTuple):
    """Steps, and premises to tell apart.

    Attributes:
        goals: [goals, length]
        premises: In chunks of similar length [chunk, length], together [premises].
        positive: Which premises each step uses, bool [goals, premises].
        accessible: Which ones it could use, bool [goals, premises].
    """

    goals: PaddedTokens
    premises: tuple[PaddedTokens, ...]
    positive: Tensor
    accessible: Tensor


class Retriever(Learner):
    """One encoder for goals and premises (Yang et al., arXiv 2306.15626, section 5).

    Args:
        network: Reads tokens of `bait_models.byt5.text`.
        max_source: Maximum tokens of a goal or premise.
        loss: The loss to minimise; only needed for training.
    """

    def __init__(
        self,
        network: T5EncoderModel,
        max_source: int = DEFAULT_MAX_SOURCE,
        loss: Loss | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.max_source = max_source
        self._loss = loss

    @classmethod
    def load(cls, checkpoint: str, device: str = "auto") -> Retriever:
        """The retriever of a checkpoint, ready to embed.

        Args:
            checkpoint: Written by the trainer `retriever`, a folder of transformers, or a name on
                the Hugging Face hub such as `kaiyuy/leandojo-lean4-retriever-byt5-small`.
            device: Where it runs.

        Raises:
            CheckpointError: The checkpoint can't be used.
        """
        network, saved = load_t5(checkpoint, KIND, T5EncoderModel)
        max_source = saved.get("max_source", DEFAULT_MAX_SOURCE)
        return cls(network, max_source).to(find_device(device)).eval()

    def save(self, folder: Path) -> None:
        """Write a checkpoint."""
        save_t5(folder, KIND, self.network, {"max_source": self.max_source})

    def losses(self, batch: RetrievalBatch) -> Mapping[str, Tensor]:
        """The loss, and the reciprocal rank of the best used premise within the batch."""
        if self._loss is None:
            raise ValueError("a retriever needs a loss to be trained")
        premises = torch.cat([self.embed(chunk) for chunk in batch.premises])
        cosines = self.embed(batch.goals) @ premises.T
        return {
            "loss": self._loss(cosines, batch.positive, batch.accessible),
            "batch_reciprocal_rank": reciprocal_rank(
                cosines.detach(), batch.positive, batch.accessible
            ),
        }

    def batch_size_of(self, batch: RetrievalBatch) -> int:
        """How many steps there are."""
        return len(batch.positive)

    def embed(self, texts: PaddedTokens) -> Tensor:
        """Unit vectors [batch, d_model]: means over the tokens, normalised."""
        hidden: Tensor = self.network(input_ids=texts.tokens, attention_mask=texts.mask)[0]
        mask = texts.mask[:, :, None].float()
        means = (hidden.float() * mask).sum(dim=1) / mask.sum(dim=1)
        return torch.nn.functional.normalize(means, dim=1)

    def encode_goal(self, state: str) -> list[int]:
        """Tokens of a goal; one that is too long loses its beginning."""
        return encode_end(state, self.max_source).tokens

    def encode_premise(self, premise: PremiseLike) -> list[int]:
        """Tokens of a premise; one that is too long loses its end."""
        return encode_start(premise_text(premise), self.max_source)

    @torch.inference_mode()
    def embed_rows(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Embeddings of any number of texts [texts, d_model], batched by length."""
        found = torch.empty(len(rows), self.network.config.d_model, device=self.device)
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        for indices in padded_chunks(
            order, [len(rows[index]) for index in order], _TOKENS_PER_BATCH
        ):
            batch = pad([rows[index] for index in indices])
            tokens = PaddedTokens(batch.tokens.to(self.device), batch.mask.to(self.device))
            found[indices] = self.embed(tokens)
        return found
