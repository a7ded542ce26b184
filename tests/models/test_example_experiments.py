"""The example experiments, and that of the README, are configurations whose parts fit together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bait_core.experiment import load_config
from bait_core.experiment.jobs import check

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "experiments").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_well_formed(path: Path) -> None:
    steps = len(load_config(path).training)
    without_files = [f"training.{number}.traces=[]" for number in range(steps)]
    assert check(load_config(path, without_files))["bait-core"]


def test_the_experiment_of_the_readme(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    path = tmp_path / "loop.yaml"
    path.write_text(text, "utf-8")
    config = load_config(path, ["settings.seconds=30"])
    assert check(config).keys() >= {"bait-core", "bait-lean", "bait-models"}
