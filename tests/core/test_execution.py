"""Threads, worker processes and Ray: the same records, and what becomes of workers that die."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bait_core.domain import Goal, PremiseSet, Suggestion
from bait_core.errors import BaitError, ConfigurationError, ExecutionError, FillError
from bait_core.execution import ExecutionSettings, RunSettings, SearchJob, Where
from bait_core.execution.hosting import HostedTacticModel, ModelHost
from bait_core.options import validate
from bait_core.plugins.config import PluginConfig
from bait_core.protocols import TacticRequest

from .whole_runs import WholeRuns, family, workers

ROOT = Path(__file__).parent.parent.parent
PROCESSES = ["--workers", "2", "--execution", "processes"]
RAY = ["--workers", "2", "--execution", "ray"]


def records_of(execution: dict[str, object], workers: int, search: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.parity", json.dumps(execution), str(workers), search],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("search", ["best-first", "htps", "updown", "fringe"])
def test_the_same_records_in_threads_and_processes(search):
    one = records_of({"where": "threads"}, 1, search)
    assert {record["status"] for record in json.loads(one).values()} >= {"failed"}
    assert records_of({"where": "threads"}, 3, search) == one
    assert records_of({"where": "processes"}, 2, search) == one
    assert records_of({"where": "processes", "model_replicas": 1}, 2, search) == one


@pytest.mark.parametrize("replicas", [0, 2])
def test_the_same_records_on_ray(replicas):
    pytest.importorskip("ray", reason="needs bait-core[ray]")
    one = records_of({"where": "threads"}, 1, "htps")
    assert records_of({"where": "ray", "model_replicas": replicas}, 2, "htps") == one


@pytest.mark.parametrize("how", [PROCESSES, RAY])
def test_a_theorem_that_kills_its_workers_costs_no_other(tmp_path, how):
    if how is RAY:
        pytest.importorskip("ray", reason="needs bait-core[ray]")
    runs = WholeRuns(tmp_path, ["a 3", "kill-all 2", "b 2", "c 1", "d 4"])
    done = runs.run(*how)
    assert done.returncode == 1
    assert "4 of 5 proved" in done.stdout
    assert "3 workers died on this theorem" in done.stdout
    records = {record.theorem: record.status for record in runs.records()}
    assert records == dict.fromkeys("abcd", "proved") | {"kill-all": "error"}
    assert len(runs.records()) == 5


def test_a_killed_worker_is_replaced_and_its_theorem_tried_again(tmp_path):
    runs = WholeRuns(tmp_path, ["a 200", "b 200"])
    with runs.start(*PROCESSES) as process:
        while len(found := workers(process)) < 2:
            time.sleep(0.02)
        time.sleep(0.5)
        found[0].kill()
        output, _ = process.communicate(timeout=100)
    assert "2 of 2 proved" in output
    assert sorted(record.theorem for record in runs.records()) == ["a", "b"]


def test_workers_end_with_the_run(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1"] * 1)
    with runs.start(*PROCESSES, "-o", "execution.model_replicas=1") as process:
        seen: set[psutil.Process] = set()
        while process.poll() is None:
            seen.update(family(process)[:-1])
            time.sleep(0.02)
    _, alive = psutil.wait_procs(seen, timeout=10)
    assert len(seen) >= 2
    assert not alive


def test_a_second_ctrl_c_ends_everything_at_once(tmp_path):
    runs = WholeRuns(tmp_path, ["a 10000"])
    with runs.start(*PROCESSES, "-o", "environment.seconds=30", "--tactic-seconds=60") as process:
        while not workers(process):
            time.sleep(0.02)
        time.sleep(1.5)
        children = family(process)
        process.send_signal(2)
        time.sleep(0.5)
        process.send_signal(2)
        process.communicate(timeout=20)
        _, alive = psutil.wait_procs(children, timeout=20)
    assert process.returncode == 130
    assert not alive


@pytest.mark.parametrize("how", [PROCESSES, RAY])
def test_a_worker_that_raises_at_its_start_says_why(tmp_path, how):
    if how is RAY:
        pytest.importorskip("ray", reason="needs bait-core[ray]")
    done = WholeRuns(tmp_path, ["a 1"]).run(*how, "-o", "environment.trouble=raises")
    assert done.returncode == 2
    assert "the worker has no room for this" in done.stderr
    assert "Make some." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_that_dies_at_its_start_ends_the_run(tmp_path):
    done = WholeRuns(tmp_path, ["a 1"]).run(*PROCESSES, "-o", "environment.trouble=dies")
    assert done.returncode == 2
    assert "died 3 times while starting" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", [["--workers", "2"], PROCESSES], ids=["threads", "processes"])
def test_a_prover_that_cannot_start_stops_the_run_and_costs_no_theorem(tmp_path, how):
    runs = WholeRuns(tmp_path, [f"t{n} 2" for n in range(9)])
    needed = tmp_path / "memory"
    options = [*how, "-o", f"environment.starts_once={needed}"]
    done = runs.run(*options)
    assert done.returncode == 2
    assert "the run was stopped because the prover could not be started" in done.stderr
    assert "killed by signal 9" in done.stderr
    assert "--resume" in done.stderr
    assert {record.status for record in runs.records()} == {"unstarted"}
    assert len(runs.records()) < 9
    needed.touch()
    assert "9 of 9 proved" in runs.run(*options, "--resume").stdout
    assert [record.status for record in runs.records()] == ["proved"] * 9


def test_the_death_of_the_models_ends_the_run_and_it_can_be_resumed(tmp_path):
    runs = WholeRuns(tmp_path, [f"t{n} 40" for n in range(12)])
    options = (*PROCESSES, "-o", "execution.model_replicas=1")
    with runs.start(*options) as process:
        while len(runs.records()) < 2:
            time.sleep(0.02)
        host = min(workers(process), key=lambda child: child.create_time())
        host.kill()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    assert "the process that holds the models died" in output
    assert {record.status for record in runs.records()} <= {"proved", "interrupted"}
    assert "12 of 12 proved" in runs.run(*options, "--resume").stdout
    assert len(runs.records()) == 12


def test_an_unreachable_cluster_is_named(tmp_path):
    pytest.importorskip("ray", reason="needs bait-core[ray]")
    runs = WholeRuns(tmp_path, ["a 1"])
    done = runs.run(*RAY, "-o", "execution.address=127.0.0.1:1")
    assert done.returncode == 2
    assert "the Ray cluster 127.0.0.1:1 can't be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_ray_the_hint_says_what_to_install(tmp_path):
    runs = WholeRuns(tmp_path, ["a 1"])
    (runs.site.folder / "ray").mkdir()
    (runs.site.folder / "ray" / "__init__.py").write_text(
        "raise ModuleNotFoundError('no ray here', name='ray')"
    )
    done = runs.run(*RAY)
    assert done.returncode == 2
    assert "pip install 'bait-core[ray]'" in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"where": "threads", "model_replicas": 1}, "model_replicas has no effect"),
        ({"where": "processes", "address": "auto"}, "address has no effect"),
        ({"where": "processes", "worker_gpus": "1"}, "worker_gpus has no effect"),
        ({"where": "ray", "worker_gpu": "1"}, "Did you mean 'worker_gpus'"),
        ({"where": "ray", "model_gpus": "many"}, "can't take 'many' as 'model_gpus'"),
        ({"where": "moon"}, "where"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(options, message):
    with pytest.raises(ConfigurationError, match=message):
        validate(ExecutionSettings, options, "The execution")


def job(**changes: object) -> SearchJob:
    parts = {
        "environment": PluginConfig(name="synthetic"),
        "model": PluginConfig(name="synthetic"),
        "search": PluginConfig(name="htps"),
    }
    return SearchJob(**{**parts, **changes})  # type: ignore[arg-type]


def test_a_goal_model_for_a_search_that_uses_none_is_refused():
    for given in (PluginConfig(name="size"), PluginConfig(name="", scale=3)):
        with pytest.raises(ConfigurationError, match="'best-first' uses no goal model"):
            _ = job(search=PluginConfig(name="best-first"), goal_model=given).configuration


def test_the_search_names_its_goal_model_and_options_reach_it():
    assert job().configuration["goal_model"]["name"] == "bait-models:size"
    given = job(goal_model=PluginConfig(name="", scale=3)).configuration["goal_model"]
    assert given == {"name": "bait-models:size", "scale": 3.0}


def test_a_budget_for_all_workers_is_refused():
    with pytest.raises(ConfigurationError, match="can't be shared by worker processes"):
        _ = job(
            run=RunSettings(total_expansions=5), execution=ExecutionSettings(where=Where.PROCESSES)
        ).configuration


def test_errors_keep_their_attributes_on_the_way_between_processes():
    import pickle  # what the standard library's pools use

    for error in (ConfigurationError("a", hint="b"), FillError({"x": "c", "y": "d"})):
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # written here
        assert type(copy) is type(error)
        assert copy.__dict__ == error.__dict__
        assert str(copy) == str(error)


class Host:
    """A host in this process that forgets all premises when told to."""

    def __init__(self) -> None:
        self.known: dict[str, PremiseSet] = {}
        self.sent = 0

    def add_premises(self, premises):
        self.sent += len(premises)
        self.known.update(premises)

    def get_tactics(self, requests):
        if any(token not in self.known for _, token in requests):
            return None
        return [[Suggestion(self.known[t].library_key, -1.0)] for _, t in requests]

    def score_goals(self, goals):
        raise NotImplementedError


def test_premises_are_sent_once_and_again_when_forgotten():
    host = Host()
    model = HostedTacticModel(host)
    sets = [PremiseSet("a", ()), PremiseSet("b", ())]
    requests = [TacticRequest(Goal(str(n), ""), sets[n % 2]) for n in range(6)]
    for _ in range(3):
        assert [s.tactic for [s] in model.get_tactics(requests)] == ["a", "b"] * 3
    assert host.sent == 2
    host.known.clear()
    model.get_tactics(requests[:1])
    assert host.sent == 3


def test_a_host_that_forgets_at_once_is_an_error():
    host = Host()
    host.known = type("Sieve", (dict,), {"update": lambda self, other: None})()
    with pytest.raises(ExecutionError, match="evicts premise sets"):
        HostedTacticModel(host).get_tactics([TacticRequest(Goal("g", ""), PremiseSet("a", ()))])


def test_a_host_forgets_the_oldest_premises():
    host = ModelHost()
    host.open(job())
    for number in range(300):
        host.add_premises({str(number): PremiseSet("", ())})
    assert host.get_tactics([(Goal("1", ""), "0")]) is None
    assert host.get_tactics([(Goal("1", ""), "299")])


def test_a_host_without_goal_model_says_so():
    host = ModelHost()
    host.open(job(search=PluginConfig(name="best-first")))
    with pytest.raises(BaitError, match="uses no goal model"):
        host.score_goals([])
