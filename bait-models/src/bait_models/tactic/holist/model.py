"""The tactic model: a LightningModule that trains, and proposes tactics for goals."""

from __future__ import annotations

import heapq
import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bait_core.domain import Premise, PremiseSet, Suggestion
from bait_core.errors import ModelError
from bait_core.protocols import TacticRequest
from bait_holist.tactics.goal_view import GoalView
from bait_holist.tactics.templates import TERM_SOURCES
from bait_holist.terms.goal_key import read_key
from bait_holist.terms.sexp import to_text
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.reader import TermReader
from bait_models.encoders.vocabulary import Vocabulary
from bait_models.tactic.holist.data import StepBatch
from bait_models.tactic.holist.features import Lexicon, features
from bait_models.tactic.holist.network import HolistNetwork
from bait_models.tactic.holist.options import HolistModelOptions
from bait_models.training.checkpoints import load_weights, read_header, save_checkpoint
from bait_models.training.devices import find_device
from bait_models.training.learner import Learner
from bait_models.training.ranking import choice_loss, reciprocal_rank

KIND = "holist"
_EMBEDDED_AT_ONCE = 64
_KEPT_TABLES = 8


class HolistModel(Learner):
    """HOList's tactic model.

    Args:
        encoder: Of goals and theorems.
        vocabulary: Tokens of terms.
        tactics: Templates; see `bait_holist.tactics.templates`.
        lexicon: For the lexical features.
        options: How tactics are proposed; not needed for training.
    """

    def __init__(
        self,
        encoder: EncoderOptions,
        vocabulary: Vocabulary,
        tactics: Sequence[str],
        lexicon: Lexicon,
        options: HolistModelOptions | None = None,
    ) -> None:
        super().__init__()
        self.network = HolistNetwork(encoder, len(vocabulary), len(tactics))
        self.tactics = tuple(tactics)
        self._heads = {tactic.partition(" ")[0] for tactic in tactics}
        self._reader = TermReader(vocabulary, encoder)
        self._lexicon = lexicon
        self._options = options
        self._embeddings: dict[str, Tensor] = {}
        self._tables: OrderedDict[str, _Table] = OrderedDict()

    def losses(self, batch: StepBatch) -> Mapping[str, Tensor]:
        """Cross entropy of the tactic, and of the theorems among those to tell apart."""
        goals = self.network.embed_goals(batch.goals)
        logits = self.network.tactic_logits(goals)
        theorems = self.network.embed_theorems(batch.theorems)
        scores = self.network.theorem_scores(goals, batch.tactics, theorems, batch.features)
        tactic = torch.nn.functional.cross_entropy(logits, batch.tactics)
        theorem = choice_loss(scores, batch.chosen, batch.allowed)
        top = logits.topk(min(5, logits.shape[1]), dim=1).indices
        return {
            "loss": tactic + theorem,
            "tactic_loss": tactic,
            "theorem_loss": theorem,
            "tactic_accuracy": (logits.argmax(dim=1) == batch.tactics).float().mean(),
            "tactic_top5": (top == batch.tactics[:, None]).any(dim=1).float().mean(),
            "theorem_reciprocal_rank": reciprocal_rank(scores, batch.chosen, batch.allowed),
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
        model = cls(
            EncoderOptions.model_validate(parameters["encoder"]),
            Vocabulary(parameters["vocabulary"]),
            parameters["tactics"],
            Lexicon(parameters["weights"], parameters["uses"]),
            options,
        )
        load_weights(options.checkpoint, model.network)
        return model.to(find_device(options.device)).eval()

    @torch.inference_mode()
    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """Propose at most `n` tactics for each goal; goals are embedded together."""
        goals = [read_key(request.goal.key) for request in requests]
        batch = self._reader.batch(self._reader.parsed_goals(goals))
        embeddings = self.network.embed_goals(batch.to(self.device))
        logits = torch.log_softmax(self.network.tactic_logits(embeddings), dim=1)
        return [
            self._propose(request, GoalView(*goal), embedding, row, n)
            for request, goal, embedding, row in zip(
                requests, goals, embeddings, logits, strict=True
            )
        ]

    def _propose(
        self, request: TacticRequest, goal: GoalView, embedding: Tensor, logits: Tensor, n: int
    ) -> list[Suggestion]:
        options = self._options or _no_options()
        best = logits.topk(min(options.templates, len(self.tactics)))
        numbers: list[int] = best.indices.tolist()
        ranked = self._ranked(request, embedding, numbers)
        weights: dict[str, float] = {}
        for number, log_probability in zip(numbers, best.values.tolist(), strict=True):
            template = self.tactics[number]
            if not goal.hypotheses:
                template = self._plain(template)
            for tactic, share in self._fill(template, goal, ranked.get(number, [])):
                weight = log_probability + share
                weights[tactic] = float(np.logaddexp(weights.get(tactic, -math.inf), weight))
        chosen = heapq.nlargest(n, weights.items(), key=lambda item: item[1])
        return [Suggestion(tactic, min(weight, 0.0)) for tactic, weight in chosen]

    def _plain(self, template: str) -> str:
        """The tactic that does the same where there are no hypotheses, such as MESON_TAC."""
        plain = template.removeprefix("ASM_").removeprefix("ASM ")
        return plain if plain.partition(" ")[0] in self._heads else template

    def _fill(
        self, template: str, goal: GoalView, ranked: list[tuple[str, float]]
    ) -> Iterator[tuple[str, float]]:
        """Tactics that a template stands for, with the logarithms of their shares."""
        options = self._options or _no_options()
        if "[?*]" in template:
            lengths = [k for k in options.list_lengths if k <= len(ranked)]
            for length in lengths:
                names = "; ".join(name for name, _ in ranked[:length])
                yield template.replace("?*", names, 1), -math.log(len(lengths))
        elif "?" in template:
            for name, share in ranked[: options.premises]:
                yield template.replace("?", name, 1), share
        elif "!" in template:
            terms = list(TERM_SOURCES[template.partition(" ")[0]](goal))[: options.terms]
            total = sum(1 / rank for rank in range(1, len(terms) + 1))
            for rank, term in enumerate(terms, start=1):
                yield template.replace("!", f"`{to_text(term)}`", 1), -math.log(rank * total)
        else:
            yield template, 0.0

    def _ranked(
        self, request: TacticRequest, embedding: Tensor, numbers: Sequence[int]
    ) -> dict[int, list[tuple[str, float]]]:
        """For each tactic with theorems: the best ones, and the logarithms of their shares."""
        wanted = [number for number in numbers if "?" in self.tactics[number]]
        table = self._table(request.premises)
        if not wanted or not len(table.names):
            return {}
        vector = self._lexicon.vectors([request.goal.symbols]).to(self.device)
        pairs = features(vector, table.vectors, table.popularity, table.ages)
        scores = self.network.theorem_scores(
            embedding.expand(len(wanted), -1),
            torch.tensor(wanted, device=self.device),
            table.embeddings,
            pairs.expand(len(wanted), -1, -1),
        )
        options = self._options or _no_options()
        count = min(max(options.premises, *options.list_lengths), len(table.names))
        best = torch.log_softmax(scores, dim=1).topk(count, dim=1)
        rows = zip(wanted, best.indices.tolist(), best.values.tolist(), strict=True)
        return {
            number: list(zip((table.names[place] for place in places), shares, strict=True))
            for number, places, shares in rows
        }

    def _table(self, premises: PremiseSet) -> _Table:
        key = premises.library_key
        if key not in self._tables:
            self._tables[key] = self._make_table(premises.library)
            if len(self._tables) > _KEPT_TABLES:
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
        """Embed theorems, once as long as the model lives."""
        ordered = sorted(keys, key=lambda key: (len(key), key))
        for start in range(0, len(ordered), _EMBEDDED_AT_ONCE):
            part = ordered[start : start + _EMBEDDED_AT_ONCE]
            batch = self._reader.batch(self._reader.terms(part))
            rows = self.network.embed_theorems(batch.to(self.device))
            self._embeddings.update(zip(part, rows, strict=True))


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known of the theorems that a goal may use, in their order."""

    names: list[str]
    embeddings: Tensor
    vectors: Tensor
    popularity: Tensor
    ages: Tensor


def _no_options() -> HolistModelOptions:
    raise ModelError("a model under training proposes no tactics", hint="Load its checkpoint.")
