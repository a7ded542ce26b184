"""Finding the premises nearest to a goal, among those accessible to it."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from bait_core import Premise, PremiseSet, TacticRequest
from bait_models.chunks import chunks
from bait_models.retrieval.embeddings import Embeddings
from bait_models.retrieval.model import Retriever
from bait_models.retrieval.text import PremiseLike
from bait_models.trace_processors.corpus import Accessible

_CACHED_LIBRARIES = 8
_GOALS_PER_CHUNK = 64


class PremiseIndex:
    """Retrieves premises for requests; a `bait_models.tactic_models.reprover.generator.Retrieve`.

    Each library is looked up and embedded once, however many goals use it.

    Args:
        retriever: Must not be trained any further.
    """

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._embeddings = Embeddings(retriever)
        self._libraries: OrderedDict[str, Tensor] = OrderedDict()

    @torch.inference_mode()
    def __call__(self, requests: Sequence[TacticRequest], count: int) -> list[list[Premise]]:
        """At most `count` of the premises accessible to each goal, the best first."""
        goals = [self._retriever.encode_goal(request.goal.text) for request in requests]
        vectors = self._retriever.embed_rows(goals)
        sharing: dict[PremiseSet, list[int]] = defaultdict(list)
        for row, request in enumerate(requests):
            sharing[request.premises].append(row)
        found: dict[int, list[Premise]] = {}
        for premises, sharers in sharing.items():
            nearest = self._nearest(vectors[sharers], premises, count)
            found.update(zip(sharers, nearest, strict=True))
        return [found[row] for row in range(len(requests))]

    def _nearest(self, goals: Tensor, premises: PremiseSet, count: int) -> list[list[Premise]]:
        known = (*premises.library, *premises.local)
        rows = torch.cat([self._library(premises), self._embeddings.rows(premises.local)])
        # All rows at once: copying those of a library costs more than scoring a few in vain.
        cosines = (goals @ self._embeddings.matrix.T)[:, rows.to(goals.device)]
        best = cosines.topk(min(count, len(known)), dim=1).indices
        return [[known[column] for column in columns] for columns in best.tolist()]

    def _library(self, premises: PremiseSet) -> Tensor:
        key = premises.library_key
        if key not in self._libraries:
            self._libraries[key] = self._embeddings.rows(premises.library)
            if len(self._libraries) > _CACHED_LIBRARIES:
                self._libraries.popitem(last=False)
        self._libraries.move_to_end(key)
        return self._libraries[key]


class CorpusIndex:
    """Cosines of goals and the premises of a corpus.

    Args:
        retriever: Must not be trained any further.
        premises: The corpus, in order.
    """

    def __init__(self, retriever: Retriever, premises: Sequence[PremiseLike]) -> None:
        self._retriever = retriever
        embeddings = Embeddings(retriever)
        rows = embeddings.rows(premises)
        self._vectors = embeddings.matrix[rows.to(embeddings.matrix.device)]

    @torch.inference_mode()
    def cosines(self, goals: Sequence[tuple[str, Accessible]]) -> Iterator[Tensor]:
        """Cosines of each goal and all premises [premises], -inf for inaccessible ones."""
        numbers = torch.arange(len(self._vectors), device=self._vectors.device)
        for chunk in chunks(goals, _GOALS_PER_CHUNK):
            encoded = [self._retriever.encode_goal(state) for state, _ in chunk]
            scores = self._retriever.embed_rows(encoded) @ self._vectors.T
            for row, (_, accessible) in zip(scores, chunk, strict=True):
                hidden = numbers >= accessible.end
                if accessible.itself is not None:
                    hidden |= numbers == accessible.itself
                yield row.masked_fill(hidden, -torch.inf)
