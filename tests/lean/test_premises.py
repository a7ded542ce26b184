"""The facts that a proof may use, and the cache of those of the library."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from bait_core.domain import PremiseSet
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.premises import AccessiblePremises
from bait_lean.environment.session import LeanSession

from .proving import close, file_environment, needs_lean, open_session

pytestmark = needs_lean

TEXT = """namespace A
inductive Tree where | leaf | node (l r : Tree)
def Tree.size : Tree → Nat | leaf => 0 | node l r => size l + size r + 1
def Small (t : Tree) : Prop := t.size < 3
inductive Odd : Nat → Prop where | one : Odd 1 | step (n) : Odd n → Odd (n + 2)
structure Point where (x y : Nat)
abbrev Number := Nat
variable (n : Nat)
theorem proved : n + 0 = n := rfl
theorem to_prove : n + 0 = n := by sorry
theorem hole : n * 1 = n := by
  have := to_prove
  sorry
theorem later : n = n := rfl
end A
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeanEnvironment]:
    environment = file_environment(tmp_path_factory.mktemp("premises"), TEXT)
    yield environment
    environment.close()


@pytest.fixture
def session(environment: LeanEnvironment) -> Iterator[LeanSession]:
    with open_session(environment, "A.hole") as session:
        yield session


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of the premises, empty."""
    from bait_lean.environment import premise_cache

    monkeypatch.setattr(premise_cache, "cache_folder", lambda: tmp_path)
    return tmp_path / "lean-premises"


def load(session: LeanSession) -> PremiseSet:
    """The premises as a new environment would load them."""
    assert session._prover is not None
    return AccessiblePremises().get(session._prover, session._task, session._hole.policy)


def test_premises_are_the_library_and_what_is_proved_before(
    environment: LeanEnvironment, session: LeanSession
) -> None:
    found = session.retrieve_premises(session.root)
    assert found is session.retrieve_premises(session.root)
    facts = {premise.name: premise for premise in found.library + found.local}
    assert len(facts) > 10_000
    assert facts["Nat.add_comm"].statement == "∀ (n m : Nat), n + m = m + n"
    assert "HAdd.hAdd" in facts["Nat.add_comm"].symbols
    assert facts["A.proved"].statement == "∀ (n : Nat), n + 0 = n"
    assert facts["A.proved"].symbols[:2] == ("Nat", "Eq")
    assert not {"A.to_prove", "A.hole", "A.later"} & facts.keys()
    close(environment, "A.to_prove", "rfl")
    with open_session(environment, "A.hole") as later:
        after = later.retrieve_premises(later.root)
    assert after.library_key == found.library_key
    assert after.library is found.library
    assert {p.name for p in after.local} - facts.keys() == {"A.to_prove"}


def test_definitions_are_those_of_the_text_with_their_kinds(session: LeanSession) -> None:
    assert [(d.name, d.kind.value) for d in load(session).definitions] == [
        ("A.Tree", "type"),
        ("A.Tree.size", "function"),
        ("A.Small", "predicate"),
        ("A.Odd", "inductive predicate"),
        ("A.Point", "type"),
    ]


def test_the_library_is_kept_on_disk(session: LeanSession, cache: Path) -> None:
    first = load(session)
    (file,) = cache.iterdir()
    content = file.read_bytes()
    assert load(session).library == first.library
    file.write_bytes(gzip.compress(b"[]"))
    assert load(session).library == ()
    for damage in (content[: len(content) // 2], b"", b"nonsense", gzip.compress(b'[["a"]]')):
        file.write_bytes(damage)
        assert load(session).library == first.library
        assert file.read_bytes() == content


def test_a_cache_that_can_not_be_written_costs_a_warning(
    session: LeanSession, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.write_text("a file where the folder should be")
    assert len(load(session).library) > 10_000
    assert "can't be kept" in caplog.text


def test_a_full_disk_costs_a_warning(
    session: LeanSession,
    cache: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bait_core.files.tempfile.mkstemp", no_space)
    assert len(load(session).library) > 10_000
    assert "No space left on device" in caplog.text
    assert list(cache.iterdir()) == []
