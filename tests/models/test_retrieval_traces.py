"""From traces to goals, the premises that they need, and hard negatives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from bait_core.errors import TraceError
from bait_core.traces.schema import TraceRecord
from bait_core.training import CorpusPremise, read_examples, write_corpus, write_examples
from bait_models.trace_processors.corpus import Accessible, Corpus
from bait_models.trace_processors.negatives import HardNegatives
from bait_models.trace_processors.options import RetrievalOptions
from bait_models.trace_processors.retrieval import Retrieval, RetrievalExample

from .trace_builders import edge, error, trace

STATEMENTS = {
    "ADD_0": "n + 0 = n",
    "ADD_SYM": "m + n = n + m",
    "MULT_0": "n * 0 = 0",
    "LENGTH_NIL": "LENGTH [] = 0",
    "LENGTH_APPEND": "LENGTH (APPEND l m) = LENGTH l + LENGTH m",
    "APPEND_NIL": "APPEND l [] = l",
    "ADD_COMM": "m + n = n + m",
}
PREMISES = [CorpusPremise(*item) for item in STATEMENTS.items()]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "corpus", PREMISES)
    return tmp_path / "corpus"


def process(corpus: Path, *traces: TraceRecord, **more: Any) -> list[tuple[str, RetrievalExample]]:
    options = RetrievalOptions.model_validate({"corpus": corpus} | more)
    return list(Retrieval(options).process(traces))


def names(premises: tuple[CorpusPremise, ...]) -> list[str]:
    return [premise.name for premise in premises]


def test_steps_that_mention_premises(corpus: Path) -> None:
    search = trace(
        edge(0, "split", 1),
        error(1, "rw [MULT_0]"),
        edge(1, "rw [ADD_SYM, ADD_0, ADD_SYM]"),
        texts=["⊢ a", "⊢ LENGTH l + 0 = 0"],
    )
    human = trace(edge(0, "REWRITE_TAC[APPEND_NIL]"), name="human", human=True)
    (first, step), (second, other) = process(corpus, search, human)
    assert (first, second) == ("t", "human")
    assert step.state == "⊢ LENGTH l + 0 = 0"
    assert step.positives == (PREMISES[1], PREMISES[0])
    assert step.accessible == Accessible(7)
    assert names(other.positives) == ["APPEND_NIL"]


def test_the_examples_can_be_written_and_read(corpus: Path, tmp_path: Path) -> None:
    found = process(corpus, trace(edge(0, "rw [ADD_0]")))
    write_examples(tmp_path, found, 0.0)
    assert list(read_examples(tmp_path, "train", RetrievalExample)) == [found[0][1]]


def test_what_a_theorem_may_use() -> None:
    unordered, ordered = Corpus(PREMISES), Corpus(PREMISES, is_ordered=True)
    stranger, known = trace(name="stranger"), trace(name="MULT_0")
    told = msgspec.structs.replace(stranger, configuration={"source": "human", "index": 4})
    told_known = msgspec.structs.replace(known, configuration={"source": "human", "index": 4})
    assert unordered.accessible(stranger) == ordered.accessible(stranger) == Accessible(7)
    assert unordered.accessible(known) == Accessible(7, 2)
    assert ordered.accessible(known) == Accessible(2, 2)
    assert unordered.accessible(told) == Accessible(4)
    assert unordered.accessible(told_known) == Accessible(2, 2)
    late = msgspec.structs.replace(stranger, configuration={"index": 99})
    assert unordered.accessible(late) == Accessible(7)


def test_accessible_indices() -> None:
    for accessible in (Accessible(3), Accessible(3, 1), Accessible(3, 5)):
        inside = [index for index in range(6) if index in accessible]
        assert inside == ([0, 2] if accessible.itself == 1 else [0, 1, 2])


def test_only_accessible_premises_are_positive_or_negative(corpus: Path) -> None:
    step = edge(0, "rw [ADD_SYM, APPEND_NIL, MULT_0]")
    [(_, example)] = process(corpus, trace(step, name="LENGTH_NIL"), is_ordered=True, negatives=99)
    assert names(example.positives) == ["ADD_SYM", "MULT_0"]
    assert names(example.negatives) == ["ADD_0"]
    [(_, example)] = process(corpus, trace(step, name="MULT_0"), negatives=99)
    assert names(example.positives) == ["ADD_SYM", "APPEND_NIL"]
    assert "MULT_0" not in names(example.negatives)
    late = trace(edge(0, "rw [APPEND_NIL]"), name="ADD_SYM")
    assert process(corpus, late, is_ordered=True) == []


def test_hard_negatives_are_near_or_alike(corpus: Path) -> None:
    """In turn the nearest to MULT_0, and those that share LENGTH with the goal."""
    step = trace(edge(0, "rw [MULT_0]"), texts=["⊢ APPEND l"])
    for count, expected in (
        (0, []),
        (2, ["ADD_SYM", "APPEND_NIL"]),
        (4, ["ADD_SYM", "APPEND_NIL", "LENGTH_NIL", "LENGTH_APPEND"]),
        (5, ["ADD_SYM", "APPEND_NIL", "LENGTH_NIL", "LENGTH_APPEND", "ADD_0"]),
    ):
        [(_, example)] = process(corpus, step, negatives=count)
        assert names(example.negatives) == expected


def test_what_says_the_same_is_no_negative(corpus: Path) -> None:
    [(_, example)] = process(corpus, trace(edge(0, "rw [ADD_SYM]")), negatives=99)
    assert "ADD_COMM" not in names(example.negatives)
    assert len(example.negatives) == len(PREMISES) - 2


def test_likeness_is_a_cosine_of_rare_words() -> None:
    texts = ["p rare q", "rare also other words", "p q r", "rare rare"]
    premises = [CorpusPremise(str(n), text) for n, text in enumerate(texts)]
    found = HardNegatives(Corpus([*premises, *(CorpusPremise(f"f{n}", "z") for n in range(20))]))
    assert list(found._similar("a rare goal")) == [0, 3, 1]


def test_nothing_is_drawn(corpus: Path) -> None:
    traces = [trace(edge(0, f"rw [{name}]"), name=name.lower()) for name in STATEMENTS]
    assert process(corpus, *traces) == process(corpus, *traces)


def test_a_missing_corpus(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="is not a corpus of premises"):
        process(tmp_path / "none")
