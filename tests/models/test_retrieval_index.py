"""Finding premises: exact, accessible only, and never with another checkpoint's vectors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from bait_core.domain import NO_PREMISES, Premise, PremiseSet
from bait_models.retrieval import embeddings as module
from bait_models.retrieval.embeddings import Embeddings, fingerprint
from bait_models.retrieval.index import CorpusIndex, PremiseIndex
from bait_models.retrieval.model import Retriever
from bait_models.trace_processors.corpus import Accessible

from .tiny_retriever import CORPUS, alone, facts, nearest, request, retriever

LIBRARY = facts("add", "mul", "zero", "one", "neg", "a much longer name")
LOCAL = facts("here", "there")
MANY = tuple(Premise(f"fact{n}", f"p {n}") for n in range(70))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "cache" / "retrieval"


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts were embedded at once, premises and goals."""
    counts: list[int] = []
    embed = Retriever.embed_rows

    def counting(self: Retriever, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        counts.append(len(rows))
        return embed(self, rows)

    monkeypatch.setattr(Retriever, "embed_rows", counting)
    return counts


def names(found: list[list[Premise]]) -> list[list[str]]:
    return [[premise.name for premise in premises] for premises in found]


def test_the_nearest_are_found_as_by_brute_force() -> None:
    """Requests of several sets are mixed; each gets its own, in order."""
    model = retriever()
    sets = [
        PremiseSet("library", LIBRARY, local=LOCAL),
        PremiseSet("library", LIBRARY),
        PremiseSet("part", LIBRARY[2:4]),
        NO_PREMISES,
    ]
    states = ["⊢ a", "h : p\n⊢ add = dda", "⊢ zero"]
    asked = [(state, premises) for state in states for premises in sets]
    index = PremiseIndex(model)
    for count in (1, 3, 100):
        found = index([request(*pair) for pair in asked], count)
        for (state, premises), best in zip(asked, names(found), strict=True):
            known = [*premises.library, *premises.local]
            assert best == nearest(model, state, known, count)
            assert len(best) == min(count, len(known))


def test_only_accessible_premises_are_found() -> None:
    """Also of what was embedded for others."""
    index = PremiseIndex(retriever())
    index([request("⊢ a", PremiseSet("library", LIBRARY, local=LOCAL))], 3)
    small = PremiseSet("small", LIBRARY[:2], local=LOCAL[:1])
    [found] = names(index([request("⊢ a", small)], 100))
    assert sorted(found) == ["add", "here", "mul"]


def test_what_is_found_are_the_premises_themselves() -> None:
    premises = PremiseSet("library", LIBRARY)
    [[first]] = PremiseIndex(retriever())([request("⊢ a", premises)], 1)
    assert any(first is premise for premise in LIBRARY)


def test_no_requests() -> None:
    assert PremiseIndex(retriever())([], 3) == []


def test_premises_are_embedded_once(embedded: list[int]) -> None:
    index = PremiseIndex(retriever())
    whole, other = PremiseSet("library", LIBRARY), PremiseSet("other", LIBRARY[1:], local=LOCAL)
    index([request("⊢ a", whole), request("⊢ b", whole)], 3)
    assert embedded == [2, 6]
    index([request("⊢ a", PremiseSet("library", LIBRARY)), request("⊢ c", other)], 3)
    assert embedded == [2, 6, 2, 2]
    index([request("⊢ a", other)], 3)
    assert embedded == [2, 6, 2, 2, 1]


def test_libraries_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    index = PremiseIndex(retriever())
    asked: list[int] = []
    rows = Embeddings.rows

    def counting(self: Embeddings, premises: Sequence[Premise]) -> torch.Tensor:
        asked.append(len(premises))
        return rows(self, premises)

    monkeypatch.setattr(Embeddings, "rows", counting)
    for number in (0, 0, *range(9), 8, 0):
        index([request("⊢ a", PremiseSet(f"library {number}", LIBRARY))], 2)
    # Each once, and the first again, since only eight are kept; the local ones each time.
    assert [count for count in asked if count] == [6] * 10


def test_the_same_name_with_another_statement_is_another_premise() -> None:
    model = retriever()
    index = PremiseIndex(model)
    one, two = Premise("T", "p"), Premise("T", "q → r")
    rows = index._embeddings.rows([one, two, one])
    assert rows.tolist() == [0, 1, 0]
    for premise, row in ((one, 0), (two, 1)):
        expected = alone(model, f"<a>T</a> : {premise.statement}")
        assert torch.allclose(index._embeddings.matrix[row], expected, atol=1e-6)


def test_vectors_are_kept_on_disk(embedded: list[int], home: Path) -> None:
    first = Embeddings(retriever())
    rows = first.rows(MANY)
    assert embedded == [70]
    assert len(list(home.glob("*/*.safetensors"))) == 1
    again = Embeddings(retriever())
    same = again.rows(MANY[::-1])
    assert torch.equal(again.matrix[same], first.matrix[rows.flip(0)])
    assert embedded == [70]
    again.rows([*MANY, *LOCAL])
    assert embedded == [70, 2]
    assert len(list(home.glob("*/*.safetensors"))) == 1  # two are not worth a file


def test_the_vectors_of_another_checkpoint_are_not_used(embedded: list[int], home: Path) -> None:
    """Trained a little, the same folder would hold stale vectors."""
    model = retriever()
    Embeddings(model).rows(MANY)
    with torch.no_grad():
        next(model.network.encoder.parameters())[0, 0] += 1e-3
    changed = Embeddings(model)
    assert len(changed.matrix) == 0
    rows = changed.rows(MANY)
    assert embedded == [70, 70]
    expected = alone(model, f"<a>fact3</a> : {MANY[3].statement}")
    assert torch.allclose(changed.matrix[rows[3]], expected, atol=1e-6)
    assert len(list(home.iterdir())) == 2


def test_a_checkpoint_is_known_by_its_weights_wherever_it_is(tmp_path: Path) -> None:
    model = retriever(max_source=99)
    model.save(tmp_path / "a")
    Retriever.load(str(tmp_path / "a"), "cpu").save(tmp_path / "b")
    model.network.save_pretrained(tmp_path / "hf")
    loaded = [Retriever.load(str(tmp_path / name), "cpu") for name in ("a", "b", "hf")]
    loaded[2].max_source = 99
    assert {fingerprint(found) for found in loaded} == {fingerprint(model)}
    assert fingerprint(retriever(max_source=98)) != fingerprint(model)
    assert fingerprint(retriever(seed=1, max_source=99)) != fingerprint(model)


@pytest.mark.parametrize("content", [b"", b"nonsense"], ids=repr)
def test_a_damaged_file_is_made_anew(
    content: bytes, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = Embeddings(retriever())
    rows = whole.rows(MANY)
    [path] = home.glob("*/*.safetensors")
    good = path.read_bytes()
    path.write_bytes(content or good[:-20])
    again = Embeddings(retriever())
    assert "embedded again" in caplog.text
    same = again.rows(MANY)
    assert torch.equal(again.matrix[same], whole.matrix[rows])
    assert path.read_bytes() == good


def test_a_disk_that_is_full_costs_time_only(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(module, "replace_file", refuse)
    assert len(Embeddings(retriever()).rows(MANY)) == 70
    assert "can't be saved" in caplog.text
    assert not list(home.glob("*/*.safetensors"))


def test_large_libraries_are_embedded_in_parts(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The short ones first; what is done is kept if the rest is never done."""
    monkeypatch.setattr(module, "_CHUNK", 30)
    with caplog.at_level(logging.INFO):
        rows = Embeddings(retriever()).rows(MANY)
    assert sorted(rows.tolist()) == list(range(70))
    assert [record.getMessage() for record in caplog.records] == [
        f"Embedded {done} of 70 premises" for done in (30, 60, 70)
    ]
    paths = sorted(home.glob("*/*.safetensors"))
    assert len(paths) == 3
    paths[0].unlink()
    assert len(Embeddings(retriever()).matrix) in {40, 60}


def test_cosines_of_a_corpus() -> None:
    model = retriever()
    goals = [("⊢ a", Accessible(12)), ("⊢ add x", Accessible(5, 3)), ("⊢ a", Accessible(0))]
    found = list(CorpusIndex(model, CORPUS).cosines(goals))
    for (state, accessible), cosines in zip(goals, found, strict=True):
        for place, premise in enumerate(CORPUS):
            expected = alone(model, f"<a>{premise.name}</a> : {premise.statement}")
            if place in accessible:
                exact = float(expected @ alone(model, state))
                assert float(cosines[place]) == pytest.approx(exact, abs=1e-5)
            else:
                assert float(cosines[place]) == -torch.inf
