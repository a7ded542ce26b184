"""Corpora of premises, and `bait premises`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bait_core.cli.main import command_line
from bait_core.domain import Goal, Premise, PremiseSet
from bait_core.errors import ConfigurationError, TraceError
from bait_core.plugins import installed
from bait_core.testing.synthetic import SyntheticSession
from bait_core.training import CorpusPremise, corpus_of, read_corpus, write_corpus

CORPUS = [CorpusPremise("Nat.add_comm", "a + b = b + a"), CorpusPremise("ADD_SYM", "m + n")]


def test_a_round_trip(tmp_path: Path) -> None:
    write_corpus(tmp_path / "new" / "c", CORPUS)
    assert read_corpus(tmp_path / "new" / "c") == CORPUS
    write_corpus(tmp_path / "again", read_corpus(tmp_path / "new" / "c"))
    assert (tmp_path / "again").read_bytes() == (tmp_path / "new" / "c").read_bytes()


@pytest.mark.parametrize(
    "content",
    [b"{}", gzip.compress(b"{}\n"), gzip.compress(b"no json\n")],
    ids=["plain", "other", "no-json"],  # not the bytes, which hold the time
)
def test_damaged_corpora(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "corpus.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(TraceError, match="is not a corpus of premises") as error:
        read_corpus(path)
    assert "bait premises" in error.value.hint


def test_missing_and_truncated_corpora(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="is not a corpus of premises"):
        read_corpus(tmp_path / "c")
    write_corpus(tmp_path / "c", CORPUS)
    (tmp_path / "c").write_bytes((tmp_path / "c").read_bytes()[:-9])
    with pytest.raises(TraceError, match="is not a corpus of premises"):
        read_corpus(tmp_path / "c")


def test_names_must_differ(tmp_path: Path) -> None:
    write_corpus(tmp_path / "c", [CORPUS[0], CORPUS[0]])
    with pytest.raises(TraceError, match="names a premise twice"):
        read_corpus(tmp_path / "c")


def test_a_corpus_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TraceError, match="can't be written"):
        write_corpus(tmp_path / "file" / "c", CORPUS)


def names(*sets: PremiseSet) -> str:
    return "".join(premise.name for premise in corpus_of(sets))


def premises(letters: str) -> tuple[Premise, ...]:
    return tuple(Premise(letter, f"says {letter}") for letter in letters)


def test_sets_are_merged_in_an_order_that_agrees_with_all() -> None:
    """As in HOL Light: a theorem may use what comes before it, but not what says the same."""
    first, second, third = "abde", "abcdeg", "abcdefgh"
    sets = [PremiseSet(letters, premises(letters)) for letters in (first, second, third)]
    assert names(*sets) == "abcdefgh"
    assert names(*reversed(sets)) == "abcdefgh"


def test_local_facts_come_after_the_library() -> None:
    library = premises("ab")
    sets = [PremiseSet("key", library, local=premises(local)) for local in ("", "x", "xy")]
    assert names(*sets) == "abxy"


def test_a_library_that_is_known_is_not_read_again() -> None:
    """Its key identifies what it holds."""
    assert names(PremiseSet("key", premises("a")), PremiseSet("key", premises("b"))) == "a"


def test_of_one_name_the_first_counts() -> None:
    other = PremiseSet("other", (Premise("a", "says something else"),))
    assert corpus_of([PremiseSet("key", premises("a")), other]) == [CorpusPremise("a", "says a")]


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The synthetic environment has one fact more for each theorem."""

    def retrieve(self: SyntheticSession, goal: Goal) -> PremiseSet:
        letters = "abcdef"[: 1 + int(goal.key)]
        return PremiseSet(letters, premises(letters), local=(Premise(f"here{goal.key}", ""),))

    monkeypatch.setattr(SyntheticSession, "retrieve_premises", retrieve)


def bait(*arguments: object) -> None:
    command_line(installed()).main(list(map(str, arguments)), standalone_mode=False)


@pytest.mark.usefixtures("telling")
def test_an_environment_s_premises_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "corpus.jsonl.gz"
    common = ("premises", "--environment", "synthetic", "--output", path)
    bait(*common, "-o", "environment.theorems=3")
    assert "6 premises (3 without a statement) of 3 theorems" in capsys.readouterr().out
    found = read_corpus(path)
    assert [premise.name for premise in found] == ["a", "here0", "b", "here1", "c", "here2"]
    assert found[0] == CorpusPremise("a", "says a")
    bait(*common, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told == {"premises": 2, "unstated": 1, "theorems": 1}
    assert len(read_corpus(path)) == 2


def test_an_environment_without_premises(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "corpus.jsonl.gz"
    code = command_line(installed()).main(
        ["premises", "--environment", "synthetic", "--output", str(path)], standalone_mode=False
    )
    assert code == 1
    assert "0 premises of 1 theorems" in capsys.readouterr().out
    assert not path.exists()


def test_only_the_environment_has_options(tmp_path: Path) -> None:
    common = ("premises", "--environment", "synthetic", "--output", tmp_path / "c")
    with pytest.raises(ConfigurationError, match="sets nothing that can be set here"):
        bait(*common, "-o", "search.alpha=1")
    with pytest.raises(ConfigurationError, match="no option 'theorem'"):
        bait(*common, "-o", "environment.theorem=1")
