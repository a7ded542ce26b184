"""The retriever: an encoder of goals and premises, whose cosine says how well they fit."""

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
"""That with which ReProver embeds its corpus."""
_TOKENS_AT_ONCE = 1 << 14

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Of cosines, which premises are used, and which might be, each [goals, premises]."""


class RetrievalBatch(NamedTuple):
    """Steps and premises to tell apart.

    Attributes:
        goals: [goals, length]
        premises: Parts of similar length [part, length], together [premises].
        chosen: Which premises each step uses, bool [goals, premises].
        allowed: Which it might use, bool [goals, premises].
    """

    goals: PaddedTokens
    premises: tuple[PaddedTokens, ...]
    chosen: Tensor
    allowed: Tensor


class Retriever(Learner):
    """One encoder for goals and premises (Yang et al., arXiv 2306.15626, section 5).

    Args:
        network: Reads tokens of `bait_models.byt5.text`.
        max_source: Tokens of a goal or premise at most.
        loss: What to make smaller; not needed after training.
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
            checkpoint: What the trainer `retriever` wrote, a folder of transformers, or a name on
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
        """The loss, and the reciprocal rank of the best used premise among those of the batch."""
        if self._loss is None:
            raise ValueError("a retriever that is trained needs a loss")
        premises = torch.cat([self.embed(part) for part in batch.premises])
        cosines = self.embed(batch.goals) @ premises.T
        return {
            "loss": self._loss(cosines, batch.chosen, batch.allowed),
            "batch_reciprocal_rank": reciprocal_rank(cosines.detach(), batch.chosen, batch.allowed),
        }

    def batch_size_of(self, batch: RetrievalBatch) -> int:
        """How many steps there are."""
        return len(batch.chosen)

    def embed(self, texts: PaddedTokens) -> Tensor:
        """Vectors of length 1 [batch, d_model]: means over the tokens, normalised."""
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
        """Vectors of any number of texts [texts, d_model]; those of similar length go together."""
        found = torch.empty(len(rows), self.network.config.d_model, device=self.device)
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        for places in padded_chunks(order, [len(rows[place]) for place in order], _TOKENS_AT_ONCE):
            batch = pad([rows[place] for place in places])
            tokens = PaddedTokens(batch.tokens.to(self.device), batch.mask.to(self.device))
            found[places] = self.embed(tokens)
        return found
