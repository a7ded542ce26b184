"""Premises that are easily mistaken for those that a step uses."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bait_models.trace_processors.corpus import Accessible, Corpus

_WORD = re.compile(r"[^\W_]{2,}|[^\w\s]")
_COMMON, _FEW = 0.2, 10
"""Words in more than this share of the premises say nothing, if that are more than a few."""


class HardNegatives:
    """Finds hard negatives: premises near those that a step uses, or alike to its goal.

    ReProver takes some from the file of a premise that is used and the others at random (Yang et
    al., arXiv 2306.15626, section 5). A corpus knows no files, but is in the order of the
    libraries, so that what is near stems mostly from the same file. In place of the random ones,
    which a batch has anyway, come those that share rare words with the goal.

    Args:
        corpus: Where to find them.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        words = [_words(premise.statement) for premise in corpus.premises]
        holders: dict[str, list[int]] = defaultdict(list)
        for place, found in enumerate(words):
            for word in found:
                holders[word].append(place)
        limit = max(_COMMON * len(words), _FEW)
        self._holders = {word: places for word, places in holders.items() if len(places) <= limit}
        self._weights = {
            word: math.log(1 + len(words) / len(places)) for word, places in self._holders.items()
        }
        self._norms = [math.hypot(*(self._weights.get(w, 0.0) for w in found)) for found in words]

    def find(
        self, state: str, used: Sequence[int], accessible: Accessible, count: int
    ) -> list[int]:
        """Places of at most so many, taken in turn from both kinds; always the same ones.

        Premises that say the same as one that is used are none, whatever their names are.

        Args:
            state: The goal.
            used: Places of the premises that the step uses.
            accessible: What it might use.
            count: How many; fewer if the corpus is small.
        """
        premises = self._corpus.premises
        said = {premises[place].statement for place in used}
        found: dict[int, None] = {}
        sources = [self._near(used), self._alike(state)]
        while sources and len(found) < count:
            source = sources.pop(0)
            for place in source:
                is_new = place in accessible and place not in found
                if is_new and premises[place].statement not in said:
                    found[place] = None
                    sources.append(source)
                    break
        return list(found)

    def _near(self, used: Sequence[int]) -> Iterator[int]:
        """All places, those next to a used one first."""
        size = len(self._corpus.premises)
        for distance in range(1, size):
            for place in used:
                for near in (place - distance, place + distance):
                    if 0 <= near < size:
                        yield near

    def _alike(self, state: str) -> Iterator[int]:
        """Places by the cosine between weighted sets of words and the goal's, the highest first."""
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(_words(state) & self._weights.keys()):
            for place in self._holders[word]:
                scores[place] += self._weights[word] ** 2
        yield from sorted(scores, key=lambda place: (-scores[place] / self._norms[place], place))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text))
