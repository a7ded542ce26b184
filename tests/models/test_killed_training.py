"""A run that is killed in the middle of a training with Lightning."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from omegaconf import OmegaConf

from bait_core.experiment import read_report

from .tiny_t5 import FIT, TINY

BAIT = str(Path(sys.executable).with_name("bait"))
EPOCHS = 12
CONFIG: dict[str, Any] = {
    "name": "killed",
    "environment": {"name": "synthetic", "theorems": 6, "closing_rate": 0.2},
    "initial": {"model": {"name": "synthetic"}},
    "model": {"name": "reprover", "max_tokens": 8},
    "collect": {},
    "settings": {"expansions": 10, "tactics": 8},
    "training": [
        {
            "name": "generator",
            "valid_share": 0.3,
            "trainer": {
                "name": "seq2seq",
                **FIT,
                "size": {**TINY, "dropout": 0.1},
                "max_epochs": EPOCHS,
                "max_source": 16,
            },
        }
    ],
}


def command(path: Path, run: Path) -> list[str]:
    return [BAIT, "run", str(path), "--output", str(run)]


def trainers_in(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["cmdline"]):
        if str(folder) in " ".join(process.info["cmdline"] or ()):
            yield process


def wait_until(happens: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_run_that_is_killed_while_training_ends_like_one_that_is_not(tmp_path: Path) -> None:
    path = tmp_path / "killed.yaml"
    OmegaConf.save(OmegaConf.create(CONFIG), path)
    whole, again = tmp_path / "whole", tmp_path / "again"
    subprocess.run(command(path, whole), check=True, stderr=subprocess.DEVNULL, timeout=300)
    training = again / "training" / "1" / "generator"
    with subprocess.Popen(command(path, again), stderr=subprocess.DEVNULL) as run:
        wait_until((training / "trainer" / "kept" / "last.ckpt").exists)
        run.send_signal(signal.SIGKILL)
        assert run.wait(60) == -signal.SIGKILL
    wait_until(lambda: not list(trainers_in(training)))  # it does not go on by itself
    assert not (training / "result.json").exists()
    subprocess.run(command(path, again), check=True, stderr=subprocess.DEVNULL, timeout=300)
    weights = [
        (folder / "training" / "1" / "generator" / "checkpoint" / "model.safetensors").read_bytes()
        for folder in (whole, again)
    ]
    assert weights[0] == weights[1]
    numbers = [read_report(f).iterations[0].trainings["generator"].metrics for f in (whole, again)]
    assert numbers[0]["epochs"] == numbers[1]["epochs"] == EPOCHS
