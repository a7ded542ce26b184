"""`bait run` and its parts, with the synthetic environment and the model that counts tactics."""

from __future__ import annotations

import json
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock
from omegaconf import OmegaConf
from scipy.stats import binomtest

from bait_core import PluginConfig
from bait_core.cli.plugins_cmd import yaml_of
from bait_core.errors import BaitError, CheckpointError, ConfigurationError
from bait_core.experiment import (
    ExperimentConfig,
    RunFolder,
    TheoremSet,
    evaluate,
    load_config,
    read_report,
    run_experiment,
)
from bait_core.experiment.config import config_of
from bait_core.experiment.jobs import check, search_job, training_job, training_plugins
from bait_core.experiment.metrics import wilson_interval
from bait_core.experiment.resolving import resolved
from bait_core.plugins import Plugin, installed
from bait_core.plugins.build import make_tactic_model, parse_options
from bait_core.traces import read_traces

BAIT = str(Path(sys.executable).with_name("bait"))
BASE: dict[str, Any] = {
    "name": "loop",
    "environment": {"name": "synthetic", "theorems": 12, "closing_rate": 0.05},
    "model": {"name": "frequencies"},
    "initial": {"model": {"name": "synthetic"}},
    "collect": {},
    "settings": {"expansions": 60},
    "iterations": 2,
    "training": [{"name": "tactics", "trainer": {"name": "frequencies"}}],
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(BASE)), **changes}


def write(folder: Path, config: dict[str, Any]) -> Path:
    path = folder / "config.yaml"
    OmegaConf.save(OmegaConf.create(config), path)
    return path


def bait(*arguments: object, folder: Path, code: int = 0) -> str:
    done = subprocess.run(
        [BAIT, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    folder = tmp_path_factory.mktemp("run")
    bait("run", write(folder, BASE), "--output", folder / "run", folder=folder)
    return folder / "run"


def test_a_run_searches_trains_and_searches_again(finished: Path) -> None:
    report = read_report(finished)
    first, second = report.iterations
    assert first.searches["collect"].theorems == second.searches["collect"].theorems == 12
    assert first.trainings["tactics"].metrics["steps"] > 0
    assert not second.trainings
    records = list(read_traces(finished / "traces" / "2" / "collect.jsonl.gz"))
    model = records[0].configuration["model"]
    assert model["name"] == "bait-core:frequencies"
    assert model["checkpoint"].endswith("training/1/tactics/checkpoint")
    learner = make_tactic_model("frequencies", {"checkpoint": model["checkpoint"]})
    learned = learner.get_tactics([None], 100)[0]  # type: ignore[list-item]
    used = {edge.tactic for record in records for edge in record.edges}
    assert used <= {suggestion.tactic for suggestion in learned}


def test_metrics_count_what_is_new_and_what_is_known(finished: Path) -> None:
    names = []
    for iteration in (1, 2):
        records = read_traces(finished / "traces" / str(iteration) / "collect.jsonl.gz")
        names.append({r.theorem for r in records if r.status == "proved"})
    first, second = (it.searches["collect"] for it in read_report(finished).iterations)
    assert set(first.proved) == names[0]
    assert (first.new, first.cumulative) == (len(names[0]), len(names[0]))
    assert (second.new, second.cumulative) == (len(names[1] - names[0]), len(names[0] | names[1]))
    assert sum(first.statuses.values()) == 12
    assert first.by_share_of_time[1.0] == len(first.proved)


def test_the_report_is_shown(finished: Path) -> None:
    shown = bait("report", finished, folder=finished)
    assert "loop, seed 0" in shown
    assert "After iteration 1, tactics" in shown
    (told,) = json.loads(bait("report", finished, "--json", folder=finished))
    metrics = told["iterations"][0]["searches"]["collect"]
    assert metrics["pass_at_1"] == len(metrics["proved"]) / 12
    assert "no report" in bait("report", finished / "traces", folder=finished, code=2)


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/none", "x" * 300], ids=len)
@pytest.mark.parametrize(
    "command", [("run",), ("train",), ("evaluate", "model.name=synthetic", "training=[]")]
)
def test_folders_that_cannot_be_made(tmp_path: Path, command: list[str], place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    name, *changes = command
    arguments = (write(tmp_path, BASE), *changes, "--output", tmp_path / place)
    told = bait(name, *arguments, folder=tmp_path, code=2)
    assert told.strip().splitlines()[-1].startswith("Choose a")
    assert "Traceback" not in told


@pytest.mark.parametrize("limit", [8, 24, 40])
def test_too_few_open_files(tmp_path: Path, limit: int) -> None:
    arguments = ("run.workers=4", "execution.where=processes", "--output", "run")
    command = [str(BAIT), "run", str(write(tmp_path, BASE)), *arguments]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "ulimit -n" in done.stderr
    assert "bug in BAIT" not in done.stderr


def test_there_is_one_seed(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    shown = bait("run", path, "seed=3", "--print-config", folder=tmp_path)
    assert yaml.safe_load(shown)["seed"] == 3
    assert "seed" not in yaml.safe_load(shown)["settings"]
    config = load_config(path, ["seed=3"])
    assert search_job(config, config.collect or TheoremSet(), 1, {}).settings.seed == 3


def test_what_is_no_run_costs_no_report_of_others(tmp_path: Path, finished: Path) -> None:
    (tmp_path / "stray").write_text("stray")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "report.json").write_bytes(b"\xff{")
    strays = [tmp_path / name for name in ("stray", "damaged", "missing")]
    command = [BAIT, "report", *map(str, strays), str(finished), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert len(json.loads(done.stdout)) == 1
    for stray, why in zip(strays, ("not a folder", "is damaged", "no such folder"), strict=True):
        assert why in bait("report", stray, folder=tmp_path, code=2)
        assert f"Warning: there is no report of a run at {stray}" in done.stderr
    assert "Errno" not in done.stderr


def test_a_finished_run_is_not_done_again(finished: Path) -> None:
    before = {path: path.read_bytes() for path in finished.rglob("*.jsonl.gz")}
    command = [BAIT, "run", str(finished / "config.yaml"), "--output", str(finished)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert {path: path.read_bytes() for path in finished.rglob("*.jsonl.gz")} == before
    _, _, where = done.stderr.partition("See also:\n")
    report, traces = (line.split()[1:] for line in where.strip().splitlines())
    assert "loop, seed 0" in bait(*report, folder=finished)
    assert "theorem-11" in bait(*traces[:2], folder=finished)


def test_the_whole_configuration_is_shown_and_can_be_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    shown = bait(
        "run", path, "seed=3", "search.name=breadth-first", "--print-config", folder=tmp_path
    )
    (tmp_path / "shown.yaml").write_text(shown)
    config = load_config(tmp_path / "shown.yaml")
    assert config == resolved(load_config(path, ["seed=3", "search.name=breadth-first"]))
    assert (config.seed, config.search.name) == (3, "breadth-first")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"serach": {"name": "best-first"}}, "serach"),
        ({"iterations": 0}, "iterations"),
        ({"settings": {"seed": 3}}, "seed"),
        ({"environment": {"name": "synthetic", "theorem": 3}}, "'theorem'"),
        ({"environment": {"name": "synthetics"}}, "synthetics"),
        ({"initial": {"model": {"name": "synthetic", "x": 1}}}, "'x'"),
        ({"search": {"name": "best-first", "alpha": "z"}}, "alpha"),
        ({"goal_model": {"name": "nothing"}}, "uses no goal model"),
        ({"name": "../up"}, "name"),
        ({"training": [{"name": "a", "trainer": {"name": "frequency"}}]}, "frequency"),
        pytest.param({"training": [BASE["training"][0]] * 2}, "same name", id="one name twice"),
        pytest.param(
            {"training": [{**BASE["training"][0], "updates": ["model"]}]},
            "model.OPTION",
            id="updates no option",
        ),
        pytest.param(
            {"training": [{**BASE["training"][0], "updates": ["model.weights"]}]},
            "no such option",
            id="updates an unknown option",
        ),
        pytest.param(
            {"training": [{**BASE["training"][0], "updates": ["training.tactics.x"]}]},
            "LATER_STEP",
            id="updates itself",
        ),
        pytest.param(
            {
                "training": [
                    {**BASE["training"][0], "name": "first", "updates": ["training.tactics.x"]},
                    BASE["training"][0],
                ]
            },
            "no such option",
            id="updates an unknown option of a step",
        ),
        pytest.param(
            {"training": [{**BASE["training"][0], "updates": ["goal_model.checkpoint"]}]},
            "names no goal_model",
            id="updates no model",
        ),
        pytest.param(
            {"training": [{**BASE["training"][0], "traces": ["lost.gz"]}]},
            "lost.gz",
            id="lost traces",
        ),
        pytest.param(
            {"training": [{**BASE["training"][0], "trace_processor": {"name": "x"}}]},
            "'x'",
            id="unknown processor",
        ),
    ],
)
def test_what_is_wrong_is_told_before_anything_starts(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(BaitError) as error:
        check(load_config(write(tmp_path, changed(**changes))))
    assert message in str(error.value)


def test_a_step_goes_on_from_the_newest_checkpoint(tmp_path: Path) -> None:
    step = {**BASE["training"][0], "continued": True}
    model = {"name": "frequencies", "checkpoint": "first"}
    config = load_config(write(tmp_path, changed(training=[step], model=model)))

    def start(config: ExperimentConfig, **newest: Path) -> str | None:
        checkpoints = {f"{part}.checkpoint": path for part, path in newest.items()}
        folder = RunFolder(tmp_path)
        return training_job(config, config.training[0], 1, folder, checkpoints, ()).start

    assert start(config) == "first"
    assert start(config, model=Path("second")) == "second"
    assert start(load_config(write(tmp_path, changed(training=[step])))) is None
    assert start(load_config(write(tmp_path, changed(model=model)))) is None


def test_files_that_are_no_configuration(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    with pytest.raises(ConfigurationError, match="can't be read"):
        load_config(path)
    for text in ("a: [", "- 1\n- 2", "name: x"):
        path.write_text(text)
        with pytest.raises(ConfigurationError):
            load_config(path)
    with pytest.raises(ConfigurationError, match="well-formed"):
        load_config(write(tmp_path, BASE), ["settings.seconds.x=[1"])


def test_theorems_that_are_measured_are_not_learned_from(tmp_path: Path) -> None:
    path = write(tmp_path, changed(evaluate={"environment": {"theorems": 3}}))
    told = bait("run", path, "--output", tmp_path / "run", folder=tmp_path, code=2)
    assert "theorem-0 is one of the theorems that the models are evaluated on" in told
    assert not (tmp_path / "run" / "training" / "1" / "tactics" / "checkpoint").exists()


def test_a_run_without_theorems(tmp_path: Path) -> None:
    path = write(tmp_path, changed(collect=None))
    assert "searches no theorems" in bait("run", path, folder=tmp_path, code=2)


def test_two_runs_in_one_folder(tmp_path: Path, finished: Path) -> None:
    with FileLock(finished / ".lock"):
        told = bait("run", finished / "config.yaml", "--output", finished, folder=tmp_path, code=2)
    assert "another process is running in" in told
    told = bait(
        "run", finished / "config.yaml", "seed=9", "--output", finished, folder=tmp_path, code=2
    )
    assert "another configuration" in told


def test_nothing_to_take_up(tmp_path: Path) -> None:
    told = bait("run", write(tmp_path, BASE), "--resume", folder=tmp_path, code=2)
    assert "no run of loop" in told


SLOW = {"name": "synthetic", "theorems": 12, "closing_rate": 0.0, "work": 300}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_while_searching_is_taken_up(tmp_path: Path, how: int) -> None:
    path = write(
        tmp_path,
        changed(environment=SLOW, training=[], iterations=1, model=BASE["initial"]["model"]),
    )
    with subprocess.Popen([BAIT, "run", path], cwd=tmp_path, stderr=subprocess.DEVNULL) as run:
        wait_for(tmp_path, "traces/1/collect.jsonl.gz")
        run.send_signal(how)
        assert run.wait(60) in {-how, 130}
    [folder] = (tmp_path / "runs" / "loop").iterdir()
    bait("run", path, "--resume", "settings.expansions=60", folder=tmp_path)
    names = Counter(r.theorem for r in read_traces(folder / "traces" / "1" / "collect.jsonl.gz"))
    assert names == Counter(f"theorem-{k}" for k in range(12))


def test_a_run_that_is_killed_while_training_is_taken_up(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    bait("run", path, "--output", tmp_path / "run", folder=tmp_path)
    done = tmp_path / "run" / "training" / "1" / "tactics"
    counts = (done / "checkpoint" / "frequencies.json").read_bytes()
    first = (tmp_path / "run" / "traces" / "1" / "collect.jsonl.gz").read_bytes()
    (done / "result.json").unlink()  # as if killed before the end
    bait("run", path, "--output", tmp_path / "run", folder=tmp_path)
    assert (done / "checkpoint" / "frequencies.json").read_bytes() == counts
    assert (tmp_path / "run" / "traces" / "1" / "collect.jsonl.gz").read_bytes() == first


def wait_for(folder: Path, name: str) -> None:
    for _ in range(600):
        if any(path.stat().st_size for path in folder.glob(f"runs/*/*/{name}")):
            return
        time.sleep(0.05)
    raise AssertionError(f"{name} never came")


def test_a_spent_budget_ends_the_run_and_its_report_is_partial(tmp_path: Path) -> None:
    environment = {"name": "synthetic", "theorems": 12, "closing_rate": 0.0}
    model = BASE["initial"]["model"]
    path = write(tmp_path, changed(environment=environment, training=[], model=model))
    folder = tmp_path / "run"
    arguments = ("settings.expansions=20", "run.total_expansions=170", "--output", folder)
    told = bait("run", path, *arguments, folder=tmp_path, code=1)
    (iteration,) = read_report(folder).iterations  # what follows is not begun
    metrics = iteration.searches["collect"]
    assert (metrics.theorems, metrics.unsearched, metrics.statuses) == (8, 4, {"failed": 8})
    assert "partial: 8 of 12 searched" in bait("report", folder, folder=tmp_path)
    again = told.strip().splitlines()[-1].split()[1:]
    bait(*again, folder=tmp_path, code=1)
    first, second = (it.searches["collect"] for it in read_report(folder).iterations)
    assert (first.theorems, first.unsearched) == (12, 0)
    assert (second.theorems, second.unsearched) == (8, 4)
    bait(*again, folder=tmp_path)
    assert "partial" not in bait("report", folder, folder=tmp_path)


def test_evaluate_searches_once(tmp_path: Path, finished: Path) -> None:
    checkpoint = finished / "training" / "1" / "tactics" / "checkpoint"
    arguments = (f"model.checkpoint={checkpoint}", "--output", tmp_path / "evaluated")
    told = bait("evaluate", finished / "config.yaml", *arguments, "--json", folder=tmp_path)
    (iteration,) = json.loads(told)["iterations"]
    again = read_report(finished).iterations[1].searches["collect"]
    assert iteration["searches"]["collect"]["proved"] == list(again.proved)
    (tmp_path / "none").mkdir()
    arguments = (f"model.checkpoint={tmp_path / 'none'}", "--output", tmp_path / "other")
    assert "not a checkpoint" in bait(
        "evaluate", finished / "config.yaml", *arguments, folder=tmp_path, code=2
    )


def test_train_does_one_step(tmp_path: Path, finished: Path) -> None:
    config = finished / "config.yaml"
    arguments = ("--run", finished, "--output", tmp_path / "trained", "iterations=1")
    told = json.loads(bait("train", config, *arguments, "--json", folder=tmp_path))
    again = read_report(finished).iterations[0].trainings["tactics"]
    assert told["metrics"] == again.metrics
    told_no = bait("train", config, "--step", "tactic", "--output", "x", folder=tmp_path, code=2)
    assert "Did you mean 'tactics'" in told_no
    none = bait("train", config, "training=[]", "--output", "x", folder=tmp_path, code=2)
    assert "trains nothing" in none
    assert "Choose" not in none
    empty = bait("train", config, "--output", tmp_path / "empty", folder=tmp_path, code=2)
    assert "no examples to train on" in empty


def test_intervals_are_wilson_s() -> None:
    for successes, trials in ((0, 7), (3, 7), (103, 200), (200, 200)):
        known = binomtest(successes, trials).proportion_ci(method="wilson")
        assert wilson_interval(successes, trials) == pytest.approx((known.low, known.high))
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_a_checkpoint_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        make_tactic_model("frequencies", {"checkpoint": tmp_path})
    (tmp_path / "frequencies.json").write_text("{}")
    with pytest.raises(CheckpointError, match="contains no tactic"):
        make_tactic_model("frequencies", {"checkpoint": tmp_path})


def test_a_finished_run_is_given_more_iterations(tmp_path: Path) -> None:
    path = write(tmp_path, changed(iterations=1))
    bait("run", path, "--output", "run", folder=tmp_path)
    first = (tmp_path / "run" / "traces" / "1" / "collect.jsonl.gz").read_bytes()
    bait("run", path, "iterations=2", "--output", "run", folder=tmp_path)
    assert len(read_report(tmp_path / "run").iterations) == 2
    assert (tmp_path / "run" / "traces" / "1" / "collect.jsonl.gz").read_bytes() == first
    fewer = bait("run", path, "--output", "run", folder=tmp_path, code=2)
    assert "another configuration" in fewer


@pytest.mark.parametrize(
    ("change", "what"),
    [("seed=5", "seed"), ("training.0.valid_share=0.3", "valid_share")],
    ids=["seed", "share"],
)
def test_train_refuses_a_folder_that_holds_another_training(
    tmp_path: Path, finished: Path, change: str, what: str
) -> None:
    arguments = ("--run", finished, "--output", tmp_path / "trained")
    bait("train", finished / "config.yaml", *arguments, folder=tmp_path)
    bait("train", finished / "config.yaml", *arguments, folder=tmp_path)
    error = bait("train", finished / "config.yaml", change, *arguments, folder=tmp_path, code=2)
    assert f"contains a training that differs in {what}" in error


def test_the_printed_configuration_runs_the_same(tmp_path: Path, finished: Path) -> None:
    path = write(tmp_path, BASE)
    printed = bait("run", path, "--print-config", folder=tmp_path)
    values = yaml.safe_load(printed)
    assert values["search"] == {"name": "best-first", "length_exponent": 0.0, "batch_size": 1}
    assert values["settings"]["tactic_seconds"] == 5.0
    assert values["training"][0]["trace_processor"]["name"] == "proof-steps"
    (tmp_path / "printed.yaml").write_text(printed, "utf-8")
    assert bait("run", tmp_path / "printed.yaml", "--print-config", folder=tmp_path) == printed
    assert (finished / "config.yaml").read_text("utf-8") == printed


def test_options_of_a_plugin_that_is_given_by_its_name(tmp_path: Path) -> None:
    path = write(tmp_path, changed(search="breadth-first", model="synthetic", training=[]))
    config = load_config(path, ["search.batch_size=2", "model.seed=3"])
    assert config.search == PluginConfig(name="breadth-first", batch_size=2)
    assert config.model == PluginConfig(name="synthetic", seed=3)


def test_another_search_than_the_run_had(tmp_path: Path) -> None:
    """A goal model that was left to the search is not the next one's."""
    path = write(tmp_path, changed(search="updown", model="synthetic", training=[], iterations=1))
    run_experiment(path, output=tmp_path / "run")
    again = evaluate(
        tmp_path / "run" / "config.yaml", ["search=best-first"], output=tmp_path / "again"
    )
    assert again.report.iterations[0].searches["collect"].theorems == 12
    assert "<table>" in again._repr_html_()


def test_a_mapping_may_hold_options(tmp_path: Path) -> None:
    config = {**BASE, "model": PluginConfig(name="synthetic"), "training": [], "iterations": 1}
    finished = run_experiment(config, ["settings.expansions=5"], output=tmp_path / "run")
    assert finished.folder == tmp_path / "run"
    with pytest.raises(ConfigurationError, match="well-formed"):
        run_experiment({**config, "seed": {1, 2}}, output=tmp_path / "other")
    with pytest.raises(ConfigurationError, match="not a list"):
        run_experiment(config, "iterations=1", output=tmp_path / "other")


def test_a_set_of_theorems_is_of_the_same_environment() -> None:
    with pytest.raises(ConfigurationError, match="can't choose another"):
        config_of({**BASE, "collect": {"environment": {"name": "lean"}}}, "it")


def test_what_is_left_to_be_filled_in_is_named_before_anything_starts(tmp_path: Path) -> None:
    path = write(tmp_path, changed(model={"name": "frequencies", "checkpoint": "???"}))
    left = bait("run", path, "--output", "run", folder=tmp_path, code=2)
    assert "leaves model.checkpoint to be filled in" in left
    assert not (tmp_path / "run").exists()


def test_a_folder_in_which_nothing_was_done_is_no_obstacle(tmp_path: Path, finished: Path) -> None:
    output = ("--output", tmp_path / "evaluated")
    typo = f"model.checkpoint={tmp_path / 'typo'}"
    bait("evaluate", finished / "config.yaml", typo, *output, folder=tmp_path, code=2)
    right = f"model.checkpoint={finished / 'training' / '1' / 'tactics' / 'checkpoint'}"
    bait("evaluate", finished / "config.yaml", right, *output, folder=tmp_path)
    trained = ("--output", tmp_path / "trained")
    bait("train", finished / "config.yaml", *trained, folder=tmp_path, code=2)
    bait("train", finished / "config.yaml", *trained, "--run", finished, folder=tmp_path)


def test_a_trainer_says_which_option_names_its_checkpoint(tmp_path: Path) -> None:
    step = {"name": "goals", "trainer": "provability"}
    base = {**BASE, "search": "updown", "model": "synthetic"}
    config = config_of({**base, "training": [step]}, "it")
    with pytest.raises(ConfigurationError, match=r"updates goal_model\.checkpoint"):
        check(config)
    named = {"name": "provability", "checkpoint": "first"}
    check(config_of({**config.model_dump(), "goal_model": named}, "it"))


FREE_STEP = {"name": "goals", "trainer": "frequencies", "updates": []}
"""A training whose checkpoint nothing uses."""


@pytest.mark.parametrize("command", ["run", "evaluate", "train"])
def test_a_configuration_is_checked_before_it_is_printed(tmp_path: Path, command: str) -> None:
    output = ("--output", tmp_path / "x", "--print-config")
    path = write(tmp_path, changed(model={"name": "synthetic"}, training=[FREE_STEP]))
    assert "length_exponent" in bait(command, path, *output, folder=tmp_path)
    wrong = bait(command, path, "search.lengths=1", *output, folder=tmp_path, code=2)
    assert "has no option 'lengths'" in wrong
    assert not (tmp_path / "x").exists()


FILLED_IN = {
    "checkpoint": "x",
    "corpus": "x.jsonl.gz",
    "file": "x.lean",
    "library": "x.jsonl.gz",
    "model": "x",
}
"""Values for the options that a plugin's YAML leaves to the user."""


@pytest.mark.parametrize(
    "plugin", installed().plugins, ids=lambda plugin: f"{plugin.kind.value}-{plugin.spec.name}"
)
def test_the_yaml_of_every_plugin_is_accepted_as_printed(plugin: Plugin) -> None:
    printed = yaml_of(plugin)
    for option, value in FILLED_IN.items():
        printed = re.sub(rf"\b{option}: \?\?\?", f"{option}: {value}", printed)
    values = yaml.safe_load(printed)
    base: dict[str, Any] = {"name": "stub", "environment": "synthetic", "model": "synthetic"}
    if "goal_model" in values:
        base["search"] = "updown"
    config = config_of({**base, "collect": {}, **values}, "The YAML")
    for step in config.training:
        trainer, processor = training_plugins(step)
        parse_options(trainer, step.trainer.options)
        parse_options(processor, step.trace_processor.options if step.trace_processor else {})
    _ = search_job(config, TheoremSet(), 1, {}).configuration
