"""The tactic model: a LightningModule that is trained, and proposes tactics for goals."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bait_core import Premise, PremiseSet, Suggestion, TacticRequest
from bait_holist.tactics import GoalView
from bait_holist.terms import read_key
from bait_models.chunks import chunks
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.reader import TermReader
from bait_models.encoders.vocabulary import TermVocabulary
from bait_models.tactic_models.holist.data import Numbering, StepBatch
from bait_models.tactic_models.holist.features import Lexicon, features
from bait_models.tactic_models.holist.lists import POOL, short_lists
from bait_models.tactic_models.holist.network import HolistNetwork
from bait_models.tactic_models.holist.options import HolistModelOptions
from bait_models.tactic_models.holist.proposals import Proposer, Theorems
from bait_models.training.checkpoints import load_weights, read_header, save_checkpoint
from bait_models.training.devices import find_device
from bait_models.training.learner import Learner, loaded_options
from bait_models.training.ranking import choice_loss, reciprocal_rank

KIND = "holist"
_EMBEDDED_AT_ONCE = 64
_SCORED_AT_ONCE = 50_000
"""Pairs of goals and theorems that are scored together, for all tactics of the goals."""
_CACHED_TABLES = 8


class HolistModel(Learner):
    """HOList's tactic model.

    Args:
        encoder: Encoder of goals and of theorems.
        vocabulary: Tokens of terms.
        tactics: Templates; see `bait_holist.tactics.templates`.
        lexicon: For the lexical features.
        options: How tactics are proposed; not needed for training.
    """

    def __init__(
        self,
        encoder: EncoderOptions,
        vocabulary: TermVocabulary,
        tactics: Sequence[str],
        lexicon: Lexicon,
        options: HolistModelOptions | None = None,
    ) -> None:
        super().__init__()
        self.network = HolistNetwork(encoder, len(vocabulary), len(tactics))
        self.tactics = tuple(tactics)
        self._reader = TermReader(vocabulary, encoder)
        self._lexicon = lexicon
        self._options = options
        self._embeddings: dict[str, Tensor] = {}
        self._tables: OrderedDict[str, _Table] = OrderedDict()

    def losses(self, batch: StepBatch) -> Mapping[str, Tensor]:
        """Cross entropy of the tactic, and of its theorems among those in the batch."""
        goals = self.network.embed_goals(batch.goals)
        logits = self.network.tactic_logits(goals)
        theorems = self.network.embed_theorems(batch.theorems)
        scores = self.network.theorem_scores(
            goals, batch.tactics[:, None], theorems, batch.features
        )[:, 0]
        tactic = torch.nn.functional.cross_entropy(logits, batch.tactics)
        theorem = choice_loss(scores, batch.positive, batch.accessible)
        top = logits.topk(min(5, logits.shape[1]), dim=1).indices
        return {
            "loss": tactic + theorem,
            "tactic_loss": tactic,
            "theorem_loss": theorem,
            "tactic_accuracy": (logits.argmax(dim=1) == batch.tactics).float().mean(),
            "tactic_top5": (top == batch.tactics[:, None]).any(dim=1).float().mean(),
            "theorem_reciprocal_rank": reciprocal_rank(scores, batch.positive, batch.accessible),
        }

    def save(self, folder: Path) -> None:
        """Write a checkpoint."""
        hyperparameters = {
            "encoder": self._reader.options.model_dump(mode="json"),
            "vocabulary": self._reader.vocabulary.tokens,
            "tactics": self.tactics,
            "weights": self._lexicon.weights,
            "uses": self._lexicon.uses,
        }
        save_checkpoint(folder, KIND, hyperparameters, self.network)

    @classmethod
    def load(cls, options: HolistModelOptions) -> HolistModel:
        """The model of a checkpoint, ready to propose tactics.

        Raises:
            CheckpointError: The checkpoint can't be used.
        """
        parameters: dict[str, Any] = read_header(options.checkpoint, KIND).hyperparameters
        numbering = _numbering(parameters)
        model = cls(
            EncoderOptions.model_validate(parameters["encoder"]),
            numbering.vocabulary,
            numbering.tactics,
            Lexicon(parameters["weights"], parameters["uses"]),
            options,
        )
        load_weights(options.checkpoint, model.network)
        return model.to(find_device(options.device)).eval()

    @torch.inference_mode()
    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """Propose at most `n` tactics for each goal; goals are embedded together."""
        options = loaded_options(self._options)
        goals = [read_key(request.goal.key) for request in requests]
        batch = self._reader.batch(self._reader.goals(goals))
        embeddings = self.network.embed_goals(batch.to(self.device))
        logits = torch.log_softmax(self.network.tactic_logits(embeddings), dim=1)
        best = logits.topk(min(options.templates, len(self.tactics)), dim=1)
        templates = [
            [(self.tactics[number], share) for number, share in zip(*row, strict=True)]
            for row in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]
        theorems = self._theorems(requests, embeddings, best.indices.tolist(), options)
        proposer = Proposer(self.tactics, options)
        return [
            proposer.propose(GoalView(*goal), templates[row], theorems.get(row, {}), n)
            for row, goal in enumerate(goals)
        ]

    def _theorems(
        self,
        requests: Sequence[TacticRequest],
        embeddings: Tensor,
        tactics: Sequence[Sequence[int]],
        options: HolistModelOptions,
    ) -> dict[int, dict[str, Theorems]]:
        """For each goal, and each of its templates that take theorems, the best theorems.

        Goals with the same accessible theorems are scored together.
        """
        sharing: dict[str, list[int]] = {}
        for row, request in enumerate(requests):
            sharing.setdefault(request.premises.library_key, []).append(row)
        found: dict[int, dict[str, Theorems]] = {}
        for rows in sharing.values():
            table = self._table(requests[rows[0]].premises)
            for group in chunks(rows, max(1, _SCORED_AT_ONCE // max(1, len(table.names)))):
                symbols = [requests[row].goal.symbols for row in group]
                wanted = [[t for t in tactics[row] if "?" in self.tactics[t]] for row in group]
                ranked = self._ranked(symbols, embeddings[list(group)], wanted, table, options)
                found.update(zip(group, ranked, strict=True))
        return found

    def _ranked(
        self,
        symbols: Sequence[Sequence[str]],
        embeddings: Tensor,
        wanted: Sequence[Sequence[int]],
        table: _Table,
        options: HolistModelOptions,
    ) -> list[dict[str, Theorems]]:
        """The same for goals with the same accessible theorems, by constants and embeddings."""
        longest = max(map(len, wanted))
        if not longest or not table.names:
            return [{} for _ in wanted]
        vectors = self._lexicon.vectors(symbols).to(self.device)
        padded = [[*numbers, *[0] * (longest - len(numbers))] for numbers in wanted]
        scores = self.network.theorem_scores(
            embeddings,
            torch.tensor(padded, device=self.device),
            table.embeddings,
            features(vectors, table.vectors, table.popularity, table.ages),
        )
        count = min(
            max(*options.long_lists, *options.prover_lists, options.premises, POOL),
            len(table.names),
        )
        best = scores.topk(count, dim=2)
        shares = best.values - torch.logsumexp(scores, dim=2, keepdim=True)
        pool = shares[:, :, :POOL].exp()
        lists = iter(short_lists(pool.flatten(end_dim=1), options.lists))
        found = [
            [
                Theorems([(table.names[p], s) for p, s in zip(*pair, strict=True)], next(lists))
                for pair in zip(*row, strict=True)
            ]
            for row in zip(best.indices.tolist(), shares.tolist(), strict=True)
        ]
        return [
            {self.tactics[n]: theorems for n, theorems in zip(numbers, row, strict=False)}
            for numbers, row in zip(wanted, found, strict=True)
        ]

    def _table(self, premises: PremiseSet) -> _Table:
        key = premises.library_key
        if key not in self._tables:
            self._tables[key] = self._make_table(premises.library)
            if len(self._tables) > _CACHED_TABLES:
                self._tables.popitem(last=False)
        self._tables.move_to_end(key)
        return self._tables[key]

    def _make_table(self, premises: Sequence[Premise]) -> _Table:
        known = [premise for premise in premises if premise.key]
        self._embed({premise.key for premise in known} - self._embeddings.keys())
        stacked = [self._embeddings[premise.key] for premise in known]
        return _Table(
            names=[premise.name for premise in known],
            embeddings=torch.stack(stacked) if stacked else torch.empty(0, device=self.device),
            vectors=self._lexicon.vectors([p.symbols for p in known]).to(self.device),
            popularity=self._lexicon.popularity([p.name for p in known]).to(self.device),
            ages=torch.arange(len(known), 0, -1, device=self.device).float()[None],
        )

    def _embed(self, keys: set[str]) -> None:
        """Embed theorems; their embeddings are kept as long as the model lives."""
        ordered = sorted(keys, key=lambda key: (len(key), key))
        for chunk in chunks(ordered, _EMBEDDED_AT_ONCE):
            batch = self._reader.batch(self._reader.terms(chunk))
            rows = self.network.embed_theorems(batch.to(self.device))
            self._embeddings.update(zip(chunk, rows, strict=True))


def read_numbering(checkpoint: Path) -> Numbering:
    """The meaning of the numbers of a checkpoint's network; raises CheckpointError."""
    return _numbering(read_header(checkpoint, KIND).hyperparameters)


def _numbering(parameters: Mapping[str, Any]) -> Numbering:
    return Numbering(parameters["tactics"], TermVocabulary(parameters["vocabulary"]))


@dataclass(frozen=True, slots=True)
class _Table:
    """The theorems accessible to a goal, in order, ready to be scored."""

    names: list[str]
    embeddings: Tensor
    vectors: Tensor
    popularity: Tensor
    ages: Tensor
