"""HOList's database: every fingerprint and the shipped splits; damage is told with its place."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from bait_core.errors import BaitError
from bait_holist.benchmark.core_splits import core_splits
from bait_holist.benchmark.reader import Entry, read_database
from bait_holist.terms.fingerprint import fingerprint

DATABASE = Path(__file__).parents[2].parent / "shared/data/holist/theorem_database_v1.1.textpb.xz"


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    if not DATABASE.exists():
        pytest.skip("HOList's theorem database is not here")
    return list(read_database(DATABASE))


def test_all_fingerprints_are_holists(entries: list[Entry]) -> None:
    assert len(entries) == 31_682
    assert all(fingerprint(e.conclusion, e.hypotheses) == e.fingerprint for e in entries)


def test_the_shipped_splits_are_the_databases(entries: list[Entry]) -> None:
    shipped = resources.files("bait_holist.benchmark").joinpath("core_splits.json")
    assert json.loads(shipped.read_text("utf-8")) == core_splits(entries)


@pytest.mark.parametrize(
    "text", ["", "<html>\n", "theorems {\n", "theorems {\n  tag\n}\n", "theorems {\n}\n"]
)
def test_damage_is_told_with_its_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "database.textpb"
    path.write_text(text)
    with pytest.raises(BaitError, match="line "):
        list(read_database(path))
