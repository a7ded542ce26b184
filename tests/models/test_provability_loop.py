"""A whole experiment: searches with `size`, then with a goal model that learned from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from rich.console import Console

from bait_core.cli.ui.live_table import ConsoleDisplay
from bait_core.domain import Goal
from bait_core.experiment import Experiment, ExperimentConfig, RunFolder, load_config, read_report
from bait_core.experiment.jobs import check, search_job
from bait_core.experiment.loop import search_all
from bait_core.traces import TraceRecord, read_traces
from bait_core.training import read_examples
from bait_models.goal_models.provability.model import ProvabilityModel
from bait_models.goal_models.provability.options import ProvabilityModelOptions
from bait_models.trace_processors.provability import ProvabilityExample

from .tiny_t5 import FIT, TINY

CONFIG: dict[str, Any] = {
    "name": "goals",
    "environment": {"name": "synthetic", "theorems": 8, "closing_rate": 0.004},
    "model": {"name": "synthetic"},
    "search": {"name": "updown"},
    "initial": {"goal_model": {"name": "size"}},
    "goal_model": {"name": "provability", "device": "cpu"},
    "collect": {},
    "settings": {"expansions": 10},
    "iterations": 2,
    "training": [
        {
            "name": "goals",
            "trainer": {
                "name": "provability",
                **FIT,
                "encoder": {"kind": "bytes", "size": TINY},
                "max_epochs": 1,
                "batch_size": 4,
            },
            "trace_processor": {"name": "provability", "threshold": 200},
            "updates": ["goal_model.checkpoint"],
        }
    ],
}
SEARCHES = ["updown", "htps", "fringe"]
DISPLAY = ConsoleDisplay(Console(quiet=True))


def config(folder: Path, search: str) -> ExperimentConfig:
    path = folder / f"{search}.yaml"
    OmegaConf.save(OmegaConf.create(CONFIG), path)
    return load_config(path, [f"search.name={search}"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of both iterations, with UpDown."""
    folder = tmp_path_factory.mktemp("run")
    Experiment(config(folder, "updown"), RunFolder(folder / "run"), DISPLAY).run()
    return folder / "run"


def test_what_was_proved_and_what_was_tried_in_vain_is_learned(finished: Path):
    training = read_report(finished).iterations[0].trainings["goals"]
    assert training.metrics["steps"] > 0
    folder = finished / "training" / "1" / "goals" / "examples"
    found = list(read_examples(folder, "train", ProvabilityExample))
    assert {example.label for example in found} == {0.0, 1.0}


def test_the_second_iteration_goes_by_what_was_learned(finished: Path):
    first, second = (
        list(read_traces(finished / "traces" / str(number) / "collect.jsonl.gz"))
        for number in (1, 2)
    )
    assert {record.configuration["goal_model"]["name"] for record in first} == {"bait-models:size"}
    agrees_with(second, finished / "training" / "1" / "goals" / "checkpoint")


@pytest.mark.parametrize("search", SEARCHES)
def test_every_search_takes_the_checkpoint(tmp_path: Path, finished: Path, search: str):
    """What the second iteration does, without the training before."""
    wanted = config(tmp_path, search)
    assert check(wanted)["bait-models"]
    checkpoint = finished / "training" / "1" / "goals" / "checkpoint"
    assert wanted.collect is not None
    job = search_job(wanted, wanted.collect, 2, {"goal_model.checkpoint": checkpoint})
    search_all(job, 2, tmp_path / "found.jsonl.gz", DISPLAY)
    agrees_with(list(read_traces(tmp_path / "found.jsonl.gz")), checkpoint)


def agrees_with(records: list[TraceRecord], checkpoint: Path) -> None:
    """The searches asked the goal model of this checkpoint."""
    model = ProvabilityModel.load(ProvabilityModelOptions(checkpoint=checkpoint, device="cpu"))
    assert records
    for record in records:
        assert record.status in {"proved", "failed"}, record.details
        assert record.configuration["goal_model"]["name"] == "bait-models:provability"
        judged = [goal for goal in record.goals if goal.log_probability is not None]
        scores = model.score_goals([Goal(goal.key, goal.text) for goal in judged])
        assert judged
        assert [goal.log_probability for goal in judged] == pytest.approx(scores, abs=1e-5)
