"""`bait traces`."""

from __future__ import annotations

import json

import pytest

from bait_core.cli.main import command_line
from bait_core.domain import Theorem
from bait_core.errors import ConfigurationError, TraceError, TraceWarning
from bait_core.plugins import installed
from bait_core.proof_search import Attempt
from bait_core.proof_search.recording import trace_record
from bait_core.traces import TraceWriter, read_traces

from .test_traces import record


@pytest.fixture
def folder(tmp_path):
    writer = TraceWriter(tmp_path / "2026-01-01_00-00-00.jsonl.gz")
    writer.append(record())
    writer.append(trace_record(Attempt(Theorem("other", "⊢ other")), {}, {}))
    return tmp_path


@pytest.fixture
def bait(capsys):
    def run(*arguments: object) -> str:
        command_line(installed()).main(list(map(str, arguments)), standalone_mode=False)
        return str(capsys.readouterr().out)

    return run


def test_runs_are_listed(bait, folder):
    line = bait("traces", "--folder", folder).splitlines()[1]
    assert line.split() == ["2026-01-01_00-00-00", "2", "1", "0.0"]
    assert "No recorded runs" in bait("traces", "--folder", folder / "none")
    (run,) = json.loads(bait("traces", "--folder", folder, "--json"))
    assert run["theorems"] == ["root", "other"]


@pytest.mark.parametrize("name", ["last", "2026-01-01_00-00-00"])
def test_searches_of_a_run_are_listed(bait, folder, name):
    lines = bait("traces", name, "--folder", folder).splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        ["root", "proved"],
        ["other", "interrupted"],
    ]


def test_one_search_is_shown(bait, folder):
    shown = bait("traces", folder, "root")
    for part in ("split", "goal 1, goal 2", "⊢ left", "3 expansions", "log p -1.00", "proof"):
        assert part in shown
    assert "nonsense" not in shown
    assert "nonsense" in bait("traces", folder, "root", "--failed")
    (data,) = json.loads(bait("traces", folder, "root", "--json"))
    assert data["proof"]["accepted"] is True


def test_a_damaged_file_costs_no_other(bait, folder):
    (folder / "2026-01-02_00-00-00.jsonl.gz").write_bytes(b"junk")
    with pytest.warns(TraceWarning, match="01-02.*is not a trace file"):
        lines = bait("traces", "--folder", folder).splitlines()
    assert lines[1].split() == ["2026-01-01_00-00-00", "2", "1", "0.0"]


def test_searches_are_chosen_by_their_end_and_written(bait, folder):
    target = folder / "proved.jsonl.gz"
    bait("traces", "last", "--folder", folder, "--status", "proved", "--output", target)
    assert [record.theorem for record in read_traces(target)] == ["root"]
    shown = bait("traces", "last", "--folder", folder, "--status", "failed")
    assert len(shown.splitlines()) == 1
    with pytest.raises(ConfigurationError, match="'prooved' is not a search status"):
        bait("traces", "last", "--folder", folder, "--status", "prooved")
    with pytest.raises(ConfigurationError, match="no run was given"):
        bait("traces", "--folder", folder, "--status", "proved")
    with pytest.raises(TraceError, match="can't be written"):
        bait("traces", target, "--output", folder / "none" / "x.gz")


def test_unknown_names_get_an_answer(bait, folder):
    with pytest.raises(TraceError, match="no recorded run") as error:
        bait("traces", "lost", "--folder", folder)
    assert "bait traces" in error.value.hint
    with pytest.raises(TraceError, match="no search for 'rot'") as error:
        bait("traces", folder, "rot")
    assert "root" in error.value.hint
