"""What the guides say is done here, to the letter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PLAIN = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Project:
    """The files of a guide, written out and importable like an installed distribution."""

    def __init__(self, guide: str, folder: Path) -> None:
        self.folder = folder
        for name, text in BLOCK.findall((DOCS / guide).read_text("utf-8")):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        settings = (folder / "pyproject.toml").read_text("utf-8")
        project = tomllib.loads(settings)["project"]
        name = project["name"]
        (plugin,) = project["entry-points"]["bait"].values()
        info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[bait]\nplugin = {plugin}\n")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.folder), *filter(None, sys.path)])
        return subprocess.run(
            [sys.executable, *command],
            env=os.environ | {"PYTHONPATH": path, "BAIT_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            check=False,
        )

    def bait(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-c", "from bait_core.cli.main import main; main()", *arguments)


def test_writing_a_search(tmp_path):
    project = Project("writing-a-search.md", tmp_path)
    listed = project.bait("list-plugins", "--kind", "search-model", "--strict")
    assert "shortest-goal" in listed.stdout
    assert listed.returncode == 0
    assert "longest" in project.bait("show-plugin", "shortest-goal").stdout
    tried = project.run(str(tmp_path / "try_it.py"))
    assert tried.stderr == ""
    assert sorted(line.split()[0] for line in tried.stdout.splitlines()) == [
        "theorem-0",
        "theorem-1",
        "theorem-2",
    ]
    assert "proved" in tried.stdout


def test_writing_an_environment(tmp_path):
    project = Project("writing-an-environment.md", tmp_path)
    proved = project.bait("prove", "40", "--environment", "coins", "--json")
    assert proved.returncode == 0, proved.stderr
    (theorem,) = json.loads(proved.stdout)["theorems"]
    assert (theorem["status"], theorem["proof"]) == ("proved", "pay 20\npay 20")
    as_option = project.bait("prove", "--environment", "coins", "-o", "environment.amount=40")
    assert as_option.returncode == 0, as_option.stderr
    failed = project.bait("prove", "19", "--environment", "coins")
    assert failed.returncode == 1
    assert "0 of 1 proved" in failed.stdout


def test_searches_of_bait_prove_are_recorded(tmp_path):
    project = Project("writing-an-environment.md", tmp_path)
    project.bait("prove", "40", "--environment", "coins")
    (run,) = json.loads(project.bait("traces", "--json").stdout)
    assert run["theorems"] == ["pay 40"]
    (record,) = json.loads(project.bait("traces", "last", "--json").stdout)
    assert record["configuration"]["environment"] == {
        "name": "coins:coins",
        "options": {"amount": 40, "coins": [7, 20]},
    }
    assert record["configuration"]["search"]["name"] == "bait-core:best-first"
    assert record["versions"].keys() == {"python", "bait-core", "coins"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["40"], "several environments"),
        (["40", "--environment", "coin"], "coins"),
        (["40", "--environment", "coins", "--write"], "--write and --output are for files"),
        (["x", "--environment", "coins"], "amount"),
        (["40", "--environment", "coins", "-o", "amount=3"], "SECTION.KEY=VALUE"),
        (["40", "--environment", "coins", "-o", "environment.coin=3"], "coins"),
        (["40", "--environment", "coins", "--search", "best-frist"], "best-first"),
        (["40", "--environment", "coins", "--model", "all-coin"], "all-coins"),
        (["40", "--environment", "coins", "--only", "x"], "--only chooses among several"),
        (["40", "--environment", "coins", "--allow-axiom", "x"], "'coins' can't be told to allow"),
        ([], "it was not said what to prove"),
        (["--environment", "coins"], "amount"),
        (["40", "--environment", "coins", "-o", "environment.coins=[7,"], "is not JSON"),
        (["40", "--environment", "coins", "--workers", "0"], "workers"),
    ],
)
def test_bad_input_to_bait_prove_gets_a_clear_answer(tmp_path, arguments, message):
    result = Project("writing-an-environment.md", tmp_path).bait("prove", *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_plain_python_blocks_run(tmp_path):
    guides = sorted(DOCS.glob("*.md"))
    blocks = [block for guide in guides for block in PLAIN.findall(guide.read_text("utf-8"))]
    assert blocks
    for block in blocks:
        subprocess.run(
            [sys.executable, "-c", block], check=True, env=os.environ | {"BAIT_HOME": str(tmp_path)}
        )


def test_links_lead_somewhere():
    for guide in [*DOCS.glob("*.md"), *ROOT.glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", guide.read_text("utf-8")):
            assert (guide.parent / link).exists(), f"{guide.name}: {link}"
