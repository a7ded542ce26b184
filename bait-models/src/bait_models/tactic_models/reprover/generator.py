"""The generator, tactic model `reprover`: reads goals and writes tactics, byte by byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

import torch
from torch import Tensor
from transformers import GenerationConfig, T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from bait_core import Premise, Suggestion, TacticRequest
from bait_models.byt5.network import load_t5, save_t5
from bait_models.byt5.text import (
    END,
    IGNORED,
    PAD,
    UNUSED,
    PaddedTokens,
    decode,
    encode_target,
    pad,
    pad_labels,
)
from bait_models.chunks import chunks
from bait_models.retrieval.index import PremiseIndex
from bait_models.retrieval.model import Retriever
from bait_models.retrieval.text import encode_state
from bait_models.tactic_models.reprover.options import GeneratorOptions
from bait_models.training.devices import find_device
from bait_models.training.learner import Learner, loaded_options

KIND = "generator"
DEFAULT_MAX_SOURCE = 2300
"""ReProver's."""

Retrieve = Callable[[Sequence[TacticRequest], int], list[list[Premise]]]
"""Finds at most so many premises for each goal, the best first."""


class TextPairs(NamedTuple):
    """Goals and their tactics.

    Attributes:
        source: Goals [batch, source].
        labels: Tokens of the tactics [batch, target], `IGNORED` where there is none.
    """

    source: PaddedTokens
    labels: Tensor


class Generator(Learner):
    """An encoder-decoder of the ByT5 architecture, as ReProver's (Yang et al., arXiv 2306.15626).

    Args:
        network: Reads and writes tokens of `bait_models.byt5.text`.
        max_source: Maximum tokens of a goal.
        options: How tactics are generated; not needed for training.
        retrieve: Finds premises to show with goals.

    Attributes:
        kind: Kind of its checkpoints.
        architecture: Class of its network.
        truncated: How many goals so far were too long, and lost their beginning.
    """

    kind: ClassVar[str] = KIND
    architecture: ClassVar[type[T5ForConditionalGeneration]] = T5ForConditionalGeneration

    def __init__(
        self,
        network: T5ForConditionalGeneration,
        max_source: int = DEFAULT_MAX_SOURCE,
        options: GeneratorOptions | None = None,
        retrieve: Retrieve | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.truncated = 0
        self._max_source = max_source
        self._options = options
        self._retrieve = retrieve

    @classmethod
    def load(cls, options: GeneratorOptions) -> Self:
        """The generator of a checkpoint, ready to propose tactics.

        Raises:
            CheckpointError: The checkpoint can't be used.
        """
        network, saved = load_t5(options.checkpoint, cls.kind, cls.architecture)
        max_source = options.max_source or saved.get("max_source", DEFAULT_MAX_SOURCE)
        retrieve: Retrieve | None = None
        if options.retriever is not None:
            retrieve = PremiseIndex(Retriever.load(options.retriever, options.device))
        return cls(network, max_source, options, retrieve).to(find_device(options.device)).eval()

    def save(self, folder: Path) -> None:
        """Write a checkpoint."""
        save_t5(folder, self.kind, self.network, {"max_source": self._max_source})

    def losses(self, batch: TextPairs) -> Mapping[str, Tensor]:
        """Cross entropy of the tactics' tokens, and the accuracy by tokens and by whole tactics."""
        logits = self.logits(self.encode(batch.source), batch.source.mask, batch.labels)
        counted = batch.labels != IGNORED
        right = (logits.argmax(dim=2) == batch.labels) | ~counted
        tokens = counted.sum()
        return {
            "loss": -token_log_probabilities(logits, batch.labels).sum() / tokens,
            "token_accuracy": (right & counted).sum() / tokens,
            "exact_match": right.all(dim=1).float().mean(),
        }

    def batch_size_of(self, batch: TextPairs) -> int:
        """How many goals there are."""
        return len(batch.labels)

    def encode(self, source: PaddedTokens) -> Tensor:
        """Encoded goals [batch, source, d_model]."""
        encoder = self.network.get_encoder()
        hidden: Tensor = encoder(input_ids=source.tokens, attention_mask=source.mask)[0]
        return hidden

    def logits(self, encoded: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Logits of the tactics' tokens, each given those before it.

        Args:
            encoded: Goals [batch, source, d_model].
            mask: 1 where they have a token [batch, source].
            labels: Tokens of the tactics [batch, target].

        Returns:
            [batch, target, vocabulary]
        """
        logits: Tensor = self.network(
            encoder_outputs=(encoded,),
            attention_mask=mask,
            decoder_input_ids=self.network.prepare_decoder_input_ids_from_labels(labels),
            use_cache=False,
        ).logits
        return logits

    @torch.inference_mode()
    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """Propose at most `n` tactics for each goal; goals are batched by length.

        Tactics that are not finished after `max_tokens` are left out. The same requests give the
        same tactics, even if they are sampled.
        """
        options = loaded_options(self._options)
        sources = self._read(requests, options)
        order = sorted(range(len(sources)), key=lambda index: len(sources[index]))
        found: dict[int, list[Suggestion]] = {}
        for indices in chunks(order, max(options.max_sequences // n, 1)):
            batch = pad([sources[index] for index in indices])
            source = PaddedTokens(batch.tokens.to(self.device), batch.mask.to(self.device))
            found.update(zip(indices, self._propose(source, n, options), strict=True))
        return [found[index] for index in range(len(sources))]

    def _read(
        self, requests: Sequence[TacticRequest], options: GeneratorOptions
    ) -> list[list[int]]:
        premises: list[list[Premise]] = [[] for _ in requests]
        if self._retrieve is not None and requests:
            premises = self._retrieve(requests, options.premises)
        encoded = [
            encode_state(request.goal.text, retrieved, self._max_source)
            for request, retrieved in zip(requests, premises, strict=True)
        ]
        self.truncated += sum(source.is_truncated for source in encoded)
        return [source.tokens for source in encoded]

    def _propose(
        self, source: PaddedTokens, n: int, options: GeneratorOptions
    ) -> list[list[Suggestion]]:
        encoded = self.encode(source)
        sequences = self._generate(encoded, source.mask, n, options)
        return [
            self._scored(_texts(generated), encoded[row], source.mask[row])
            for row, generated in enumerate(chunks(sequences.tolist(), n))
        ]

    def _generate(self, encoded: Tensor, mask: Tensor, n: int, options: GeneratorOptions) -> Tensor:
        """Tokens of tactics [batch * n, length], `n` for each goal; there may be duplicates."""
        is_sampled = options.generation == "sample"
        how = (
            {"do_sample": True, "temperature": options.temperature, "top_p": options.top_p}
            if is_sampled
            else {"num_beams": n, "length_penalty": 0.0}
        )
        config = GenerationConfig(  # type: ignore[no-untyped-call]
            **how,
            num_return_sequences=n,
            max_new_tokens=options.max_tokens,
            suppress_tokens=list(UNUSED),
            decoder_start_token_id=PAD,
            pad_token_id=PAD,
            eos_token_id=END,
        )
        on_gpu = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices=on_gpu):
            torch.manual_seed(options.seed)
            sequences: Tensor = self.network.generate(
                encoder_outputs=BaseModelOutput(last_hidden_state=encoded),
                attention_mask=mask,
                generation_config=config,
            )
        return sequences[:, 1:]  # without the token that starts the decoder

    def _scored(self, texts: Sequence[str], encoded: Tensor, mask: Tensor) -> list[Suggestion]:
        """Tactics for a goal with the probabilities of all their tokens, the best first.

        Args:
            texts: Distinct tactics.
            encoded: The goal [source, d_model].
            mask: 1 where it has a token [source].
        """
        if not texts:
            return []
        labels = pad_labels([encode_target(text) for text in texts]).to(self.device)
        count = len(texts)
        logits = self.logits(encoded.expand(count, -1, -1), mask.expand(count, -1), labels)
        totals = token_log_probabilities(logits, labels).sum(dim=1).tolist()
        found = [Suggestion(*pair) for pair in zip(texts, totals, strict=True)]
        return sorted(found, key=lambda s: (-s.log_probability, s.tactic))


def token_log_probabilities(logits: Tensor, labels: Tensor) -> Tensor:
    """Log-probabilities of tokens, 0 where a label is `IGNORED`.

    Args:
        logits: [batch, length, vocabulary]
        labels: [batch, length]

    Returns:
        [batch, length]
    """
    losses = torch.nn.functional.cross_entropy(
        logits.float().transpose(1, 2), labels, ignore_index=IGNORED, reduction="none"
    )
    return -losses


def _texts(rows: Sequence[Sequence[int]]) -> list[str]:
    """The distinct tactics that were generated, without surrounding whitespace."""
    decoded = (decode(row) for row in rows)
    return list(dict.fromkeys(text.strip() for text in decoded if text and not text.isspace()))
