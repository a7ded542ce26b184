"""Hard negatives: premises that are easily mistaken for those that a step uses."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bait_models.trace_processors.corpus import Accessible, Corpus

_WORD = re.compile(r"[^\W_]{2,}|[^\w\s]")
_COMMON, _FEW = 0.2, 10
"""Words in more than this share of the premises (and in more than a few) are ignored."""


class HardNegatives:
    """Finds hard negatives: premises near those that a step uses, or similar to its goal.

    ReProver takes some from the file of a used premise and the others at random (Yang et al.,
    arXiv 2306.15626, section 5). A corpus has no files, but is in the order of the libraries, so
    nearby premises are mostly from the same file. The random ones, which a batch has anyway, are
    replaced by premises that share rare words with the goal.

    Args:
        corpus: The premises to choose from.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        words = [_words(premise.statement) for premise in corpus.premises]
        holders: dict[str, list[int]] = defaultdict(list)
        for index, found in enumerate(words):
            for word in found:
                holders[word].append(index)
        limit = max(_COMMON * len(words), _FEW)
        self._holders = {
            word: indices for word, indices in holders.items() if len(indices) <= limit
        }
        self._weights = {
            word: math.log(1 + len(words) / len(indices)) for word, indices in self._holders.items()
        }
        self._norms = [math.hypot(*(self._weights.get(w, 0.0) for w in found)) for found in words]

    def find(
        self, state: str, used: Sequence[int], accessible: Accessible, count: int
    ) -> list[int]:
        """Indices of at most `count` hard negatives, alternating between both kinds; deterministic.

        Premises with the same statement as a used one are not negatives, whatever their names.

        Args:
            state: The goal.
            used: Indices of the premises that the step uses.
            accessible: Which premises it could use.
            count: How many; there may be fewer if the corpus is small.
        """
        premises = self._corpus.premises
        said = {premises[index].statement for index in used}
        found: dict[int, None] = {}
        sources = [self._near(used), self._similar(state)]
        while sources and len(found) < count:
            source = sources.pop(0)
            for index in source:
                is_new = index in accessible and index not in found
                if is_new and premises[index].statement not in said:
                    found[index] = None
                    sources.append(source)
                    break
        return list(found)

    def _near(self, used: Sequence[int]) -> Iterator[int]:
        """All indices, those next to a used one first."""
        size = len(self._corpus.premises)
        for distance in range(1, size):
            for index in used:
                for near in (index - distance, index + distance):
                    if 0 <= near < size:
                        yield near

    def _similar(self, state: str) -> Iterator[int]:
        """Indices by cosine similarity to the goal, as weighted bags of words; best first."""
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(_words(state) & self._weights.keys()):
            for index in self._holders[word]:
                scores[index] += self._weights[word] ** 2
        yield from sorted(scores, key=lambda index: (-scores[index] / self._norms[index], index))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text))
