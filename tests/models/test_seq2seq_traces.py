"""From traces to pairs of goal and tactic."""

from __future__ import annotations

from pathlib import Path

import pytest

from bait_core.errors import TraceError
from bait_core.training import CorpusPremise, write_corpus
from bait_models.trace_processors.corpus import Accessible, names_in
from bait_models.trace_processors.options import Seq2SeqOptions
from bait_models.trace_processors.seq2seq import Seq2Seq, Seq2SeqExample

from .trace_builders import edge, error, trace

CORPUS = [CorpusPremise("Nat.add_comm", "a + b = b + a"), CorpusPremise("ADD_SYM", "m + n")]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl.gz"
    write_corpus(path, CORPUS)
    return path


def test_steps_of_searches_and_of_people(corpus: Path):
    search = trace(
        edge(0, "split", 1, 2),
        error(0, "bad"),
        edge(1, "rw [Nat.add_comm]", seconds=0.1),
        edge(1, "simp", seconds=0.2),
        edge(2, "stuck", 3),
        name="search",
        texts=["⊢ a ∧ b", "⊢ a", "⊢ b", "⊢ c"],
    )
    human = trace(edge(0, "MESON_TAC[ADD_SYM]"), name="human", human=True)
    found = list(Seq2Seq(Seq2SeqOptions(corpus=corpus)).process([search, human]))
    both = Accessible(2)
    assert found == [
        ("search", Seq2SeqExample("⊢ a", "rw [Nat.add_comm]", ("Nat.add_comm",), both)),
        ("human", Seq2SeqExample("g0", "MESON_TAC[ADD_SYM]", ("ADD_SYM",), both)),
    ]


def test_without_a_corpus_no_names_are_known():
    found = list(Seq2Seq(Seq2SeqOptions()).process([trace(edge(0, "rw [foo]"))]))
    assert found == [("t", Seq2SeqExample("g0", "rw [foo]"))]


def test_nothing_proved_gives_no_examples():
    assert list(Seq2Seq(Seq2SeqOptions()).process([trace(), trace(error(0, "bad"))])) == []


@pytest.mark.parametrize(
    ("tactic", "names"),
    [
        ("rw [foo, Nat.add_comm, foo]", ("foo", "Nat.add_comm")),
        ("exact Nat.add_comm.symm", ("Nat.add_comm",)),
        ("exact h.foo", ()),
        ("simp [foo', food]", ("foo'",)),
        ("exact h₁.trans αβ!", ("h₁", "αβ!")),
        ('EXISTS_TAC `foo + "foo\'"` THEN X "foo" [foo\']', ("foo'",)),
    ],
)
def test_names_in_tactics(tactic, names):
    assert names_in(tactic, {"foo", "foo'", "Nat.add_comm", "h₁", "αβ!"}) == names


def test_a_missing_corpus(tmp_path: Path):
    with pytest.raises(TraceError, match="is not a corpus of premises"):
        Seq2Seq(Seq2SeqOptions(corpus=tmp_path / "corpus.jsonl.gz"))
