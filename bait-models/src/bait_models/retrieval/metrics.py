"""Metrics of retrievers: how well they find the premises that steps use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from bait_core import CorpusPremise
from bait_models.retrieval.index import CorpusIndex
from bait_models.retrieval.model import Retriever
from bait_models.trace_processors.retrieval import RetrievalExample

_CUTOFFS = (1, 10)


def retrieval_metrics(
    retriever: Retriever, corpus: Sequence[CorpusPremise], examples: Sequence[RetrievalExample]
) -> dict[str, float]:
    """Recall@1, Recall@10 and MRR among all premises accessible to each step."""
    if not examples:
        return {}
    indices = {premise.name: index for index, premise in enumerate(corpus)}
    corpus_index = CorpusIndex(retriever, corpus)
    goals = [(example.state, example.accessible) for example in examples]
    return mean_metrics(
        ranks(cosines, [indices[premise.name] for premise in example.positives])
        for cosines, example in zip(corpus_index.cosines(goals), examples, strict=True)
    )


def ranks(scores: Tensor, positives: Sequence[int]) -> Tensor:
    """Ranks of some premises among all, from 1 [positives]; ties get the worst rank.

    Args:
        scores: [premises]
        positives: Indices of the premises.
    """
    return (scores >= scores[list(positives), None]).sum(dim=1)


def mean_metrics(found: Iterable[Tensor]) -> dict[str, float]:
    """Means over steps, as ReProver computes them (Yang et al., arXiv 2306.15626, section 6).

    Recall@k is the share of the used premises with rank k or better, and so less than 1 for k = 1
    if a step uses several; MRR is the mean of 1 / the best rank of a used premise.

    Args:
        found: For each step, the ranks of the premises that it uses.
    """
    steps = [ranks.float() for ranks in found]
    metrics = {
        f"recall_at_{k}": torch.stack([(ranks <= k).float().mean() for ranks in steps])
        for k in _CUTOFFS
    }
    metrics["mrr"] = torch.stack([1 / ranks.min() for ranks in steps])
    return {name: float(values.mean()) for name, values in metrics.items()}
