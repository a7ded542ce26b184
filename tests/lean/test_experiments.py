"""The example experiments on the real Lean, as users run them, on tiny settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bait_core.cli.main import command_line
from bait_core.experiment import Report, read_report
from bait_core.plugins import installed
from bait_lean.environment import environment as environment_module

from .proving import STOCK, needs_lean

ROOT = Path(__file__).parents[2]
EXPERIMENTS = ROOT / "examples" / "experiments"
TINY = "{d_model: 32, d_ff: 32, layers: 1, decoder_layers: 1, heads: 2}"
SMALL = (
    f"environment.file={ROOT / 'examples' / 'textbook.lean'}",
    "environment.only=[and_swap', or_swap', contrapositive]",
    "run.workers=1",
    "settings.tactics=16",
    "settings.expansions=3",
    "model.max_tokens=16",
)
THEOREMS = 3

pytestmark = [*needs_lean, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def used_lean() -> Iterator[None]:
    """Environments of experiments use Lean processes again: each iteration would start new ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment_module, "choose", lambda options: STOCK)
        yield


def bait(command: str, name: str, *changes: str, output: Path) -> Report:
    """The report of an experiment."""
    path = str(EXPERIMENTS / f"{name}.yaml")
    arguments = [command, path, *SMALL, *changes, "--output", str(output)]
    command_line(installed()).main(arguments, standalone_mode=False)
    return read_report(output)


def steps(*options: str, count: int = 1) -> list[str]:
    """Changes that make each step of training short."""
    each = ("max_epochs=1", "max_source=128", "progress_bar=false", *options)
    return [f"training.{n}.trainer.{option}" for n in range(count) for option in each]


def run(name: str, *changes: str, output: Path) -> Report:
    """Run an experiment; every theorem was searched twice, and the first search proved some."""
    report = bait("run", name, *changes, output=output)
    first, second = report.iterations
    assert first.searches["collect"].theorems == THEOREMS
    assert second.searches["collect"].theorems == THEOREMS
    assert first.searches["collect"].proved
    assert all(training.examples["train"] for training in first.trainings.values())
    return report


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generator that the first experiment trained."""
    output = tmp_path_factory.mktemp("reprover") / "run"
    run("lean-reprover", *steps(f"size={TINY}"), output=output)
    return output / "training" / "1" / "generator" / "checkpoint"


@pytest.mark.parametrize("search", ["best-first", "breadth-first", "htps", "updown", "fringe"])
def test_each_search_uses_the_trained_generator(
    tmp_path: Path, generator: Path, search: str
) -> None:
    changes = (
        "environment.only=[and_swap']",
        f"model.checkpoint={generator}",
        f"search.name={search}",
    )
    report = bait("evaluate", "lean-reprover", *changes, output=tmp_path / "run")
    (only,) = report.iterations
    assert only.searches["collect"].theorems == 1
    assert "error" not in only.searches["collect"].statuses


def test_preferences(tmp_path: Path) -> None:
    size = f"training.0.trainer.size={TINY}"
    changes = (*steps(count=2), size, "training.0.valid_share=0", "training.1.valid_share=0")
    report = run("lean-dpo", *changes, output=tmp_path / "run")
    assert set(report.iterations[0].trainings) == {"generator", "preferences"}


def test_values(tmp_path: Path) -> None:
    changes = (*steps(f"size={TINY}"), "training.0.valid_share=0")
    run("lean-ilql", *changes, output=tmp_path / "run")
