"""`bait_core.prove`: what `bait prove` does, from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import bait_core
from bait_core import ConfigurationError, TraceWarning

from .distributions import Site
from .steps import STEPS

EASY = {"name": "synthetic", "theorems": 3, "closing_rate": 0.5}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))


def test_an_environments_own_theorems():
    told: list[bait_core.TheoremResult] = []
    results = bait_core.prove(environment=EASY, on_result=told.append, seconds=20)
    assert len(results) == 3
    assert results.all_proved
    assert results.summary == "3 of 3 proved"
    assert {result.theorem.name for result in told} == {r.theorem.name for r in results}
    assert all(result.proof and result.seconds > 0 for result in results)
    assert results.filled is None
    assert results.traces is not None
    recorded = {record.theorem for record in bait_core.read_traces(results.traces)}
    assert recorded == {result.theorem.name for result in results}


def test_a_notebook_shows_a_table():
    results = bait_core.prove(environment={**EASY, "theorems": 1})
    shown = results._repr_html_()
    assert shown.startswith("<table>")
    assert results[0].theorem.name in shown
    assert repr(results) == "<ProofResults: 1 of 1 proved>"


def test_a_run_is_resumed():
    first = bait_core.prove(environment=EASY, expansions=100)
    again = bait_core.prove(environment=EASY, expansions=100, resume=True)
    assert again.traces == first.traces
    assert [r.seconds for r in again] == [r.seconds for r in first]


def test_a_plugin_is_a_name_or_a_mapping():
    results = bait_core.prove(
        environment=EASY, model="synthetic", search={"name": "best-first", "batch_size": 2}
    )
    assert results.traces is not None
    record = next(iter(bait_core.read_traces(results.traces)))
    assert record.configuration["search"]["batch_size"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "nothing to prove was given"),
        ({"environment": "synthetic", "write": True}, "there is no file to fill"),
        ({"environment": {"name": "synthetic", "theorem": 1}}, "no option 'theorem'"),
        ({"environment": EASY, "model": {"name": []}}, "name"),
        ({"environment": EASY, "model": ["x"]}, "name"),
        ({"environment": EASY, "seed": -1}, "seed"),
        ({"what": Path("missing.txt")}, "no installed environment proves files"),
        ({"environment": EASY, "seconds": -1}, "seconds"),
        ({"environment": EASY, "execution": "clouds"}, "where"),
        ({"environment": EASY, "goal_model": "size"}, "uses no goal model"),
    ],
    ids=[
        "nothing",
        "write",
        "option",
        "name",
        "model",
        "seed",
        "path",
        "seconds",
        "execution",
        "goal model",
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ConfigurationError, match=message):
        bait_core.prove(**arguments)


def test_a_file_is_filled(tmp_path):
    """In a process of its own, since the plugin has to be installed."""
    site = Site(tmp_path / "site")
    site.add("steps", STEPS)
    file = tmp_path / "all.steps"
    file.write_text("a 1\nb 2\n", "utf-8")
    code = (
        "import sys, bait_core\n"
        "results = bait_core.prove(sys.argv[1], only=['b'], write=True)\n"
        "print(results.filled, end='')\n"
    )
    done = site.python(code, str(file))
    assert done.stderr == ""
    assert done.stdout == "a 1\nb 2: 2 steps\n"
    assert file.read_text("utf-8") == done.stdout


def test_records_that_cannot_be_written_are_a_warning_and_cost_no_proof(tmp_path):
    (tmp_path / "file").touch()
    with pytest.warns(TraceWarning, match="is not recorded"):
        results = bait_core.prove(environment=EASY, traces=tmp_path / "file" / "x")
    assert results.all_proved
    assert results.traces is None


def test_results_that_a_run_had_are_handed_on_when_it_is_resumed():
    bait_core.prove(environment=EASY)
    told: list[bait_core.TheoremResult] = []
    results = bait_core.prove(environment=EASY, resume=True, on_result=told.append)
    assert told == list(results)


def test_the_search_may_be_given_by_its_options_alone():
    results = bait_core.prove(environment=EASY, search={"batch_size": 2})
    assert results.traces is not None
    (record, *_) = bait_core.read_traces(results.traces)
    assert record.configuration["search"] == {
        "name": "bait-core:best-first",
        "length_exponent": 0.0,
        "batch_size": 2,
    }
