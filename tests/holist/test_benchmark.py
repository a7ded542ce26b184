"""HOList's database: every fingerprint and the shipped splits; damage is told with its place."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from bait_core.paths import cache_folder
from bait_holist.benchmark.database import TheoremDatabase, core_splits
from bait_holist.errors import DatabaseError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.terms import fingerprint

DATABASE = Path(__file__).parents[2].parent / "shared/data/holist/theorem_database_v1.1.textpb.xz"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> TheoremDatabase:
    if not DATABASE.exists():
        pytest.skip("HOList's theorem database is not here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAIT_HOME", str(tmp_path_factory.mktemp("home")))
        return TheoremDatabase.load(DATABASE)


def entry(conclusion: str, tag: str = "THEOREM", number: int | None = None) -> str:
    number = fingerprint(conclusion) if number is None else number
    return (
        f'theorems {{\n  conclusion: "{conclusion}"\n  tag: {tag}\n  fingerprint: {number}\n'
        '  training_split: TESTING\n  library_tag: "core"\n  library_tag: "a.ml"\n}\n'
    )


GOOD = entry("(v (bool) p)", "DEFINITION") + entry("(v (bool) q)")


def test_all_fingerprints_are_holists(database: TheoremDatabase) -> None:
    assert len(database.theorems) == 31_682
    for theorem in database.theorems:
        assert fingerprint(theorem.conclusion, theorem.hypotheses) == theorem.fingerprint


def test_the_entries_are_all_there_with_their_fields(database: TheoremDatabase) -> None:
    for library, count in (("core", 2_566), ("complex", 17_025), ("flyspeck", 12_091)):
        assert sum(1 for _ in database.select(library=library)) == count
    testing = pb.Theorem.TESTING
    assert sum(1 for _ in database.select(split=testing)) == 14_141
    assert sum(1 for _ in database.select(tag=pb.Theorem.TYPE_DEFINITION)) == 19
    implication = database.find(3080552382863932591)
    assert implication.definition.constants == ["==>"]
    assert implication.pretty_printed == r"|- (==>) = (\p q. p /\ q <=> p)"


def test_the_shipped_splits_are_the_databases(database: TheoremDatabase) -> None:
    shipped = resources.files("bait_holist.library").joinpath("core_splits.json")
    assert json.loads(shipped.read_text("utf-8")) == core_splits(database)


def test_entries_are_chosen_by_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "database.textpb"
    path.write_text(GOOD)
    database = TheoremDatabase.load(path)
    first, second = database.theorems
    assert list(database.select(tag=pb.Theorem.DEFINITION, library="a.ml")) == [first]
    assert list(database.select(split=pb.Theorem.TESTING)) == [first, second]
    assert not list(database.select(library="b.ml"))
    assert database.find(second.fingerprint) == second
    assert database.position_of(second.fingerprint) == 1
    with pytest.raises(DatabaseError, match="no entry with fingerprint 17"):
        database.find(17)


@pytest.mark.parametrize(
    ("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)]
)
def test_packed_files_say_the_same(
    suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / f"database.textpb{suffix}"
    path.write_bytes(pack(GOOD.encode()))
    assert len(TheoremDatabase.load(path).theorems) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no theorems"),
        ("<html>\n", "line 1"),
        pytest.param(GOOD[:-10], "line 9: 7:15", id="cut off"),
        pytest.param(GOOD + "theorems {\n  tag\n}\n", "line 17", id="no value"),
        pytest.param(GOOD + "theorems {\n  colour: 3\n}\n", "colour", id="unknown field"),
        pytest.param(GOOD + entry("(v (bool) r)", "LEMMA"), "LEMMA", id="unknown tag"),
        pytest.param(
            entry("(v (bool) p)", number=3), "has fingerprint 3 instead of", id="wrong fingerprint"
        ),
        pytest.param(
            GOOD + entry("(v (bool) q)"), "two entries with fingerprint", id="one fingerprint twice"
        ),
    ],
)
def test_damage_is_told_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "database.textpb"
    path.write_text(text)
    with pytest.raises(DatabaseError, match=message):
        TheoremDatabase.load(path)


@pytest.mark.parametrize(
    ("suffix", "pack"), [("gz", gzip.compress), ("xz", lzma.compress), ("gz", bytes), ("xz", bytes)]
)
def test_truncated_and_wrongly_named_archives(
    suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / f"database.{suffix}"
    path.write_bytes(pack(GOOD.encode())[:-9])
    with pytest.raises(DatabaseError, match=r"after line \d+: ."):
        TheoremDatabase.load(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"none\.textpb can't be read: No such file"):
        TheoremDatabase.load(tmp_path / "none.textpb")


@pytest.mark.parametrize("damage", [lambda c: c[:-5], lambda c: c[:40], lambda _: b""])
def test_the_second_load_reads_the_cache_unless_it_is_damaged(
    damage: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "database.textpb"
    path.write_text(GOOD)
    first = TheoremDatabase.load(path)
    with monkeypatch.context() as patch:
        patch.setattr("bait_holist.benchmark.database._parse", None)
        assert list(TheoremDatabase.load(path).theorems) == list(first.theorems)
    [cache] = (cache_folder() / "holist").iterdir()
    cache.write_bytes(damage(cache.read_bytes()))
    assert list(TheoremDatabase.load(path).theorems) == list(first.theorems)
