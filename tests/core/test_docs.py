"""What the guides say is done here, to the letter."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.lean.server_process import lean_folder

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PLAIN = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Project:
    """A guide followed to the letter: its files, and `pip install .` in an environment of its own.

    That environment sees the packages that are installed for the tests, so no index is asked.
    """

    def __init__(self, guide: str, folder: Path) -> None:
        self.folder = folder / "project"
        text = (DOCS / guide).read_text("utf-8")
        install, *self.commands = (shlex.split(command)[1:] for command in COMMAND.findall(text))
        for name, content in BLOCK.findall(text):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        venv.create(folder / "venv", symlinks=True)
        self.python = folder / "venv" / "bin" / "python"
        [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
        seen = [path for path in sys.path if path.endswith("site-packages")]
        lines = [f"import site; site.addsitedir({path!r})\n" for path in seen]
        (packages / "installed-for-tests.pth").write_text("".join(lines), "utf-8")
        self.pip(*install)

    def pip(self, *arguments: str) -> None:
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), *arguments]
        offline = ("--quiet", "--no-index", "--no-build-isolation")
        done = subprocess.run(
            [*pip, *offline], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def run(self, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, *command],
            cwd=home,  # what is imported is what was installed
            env=os.environ | {"BAIT_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )

    def bait(self, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(home, "-c", "from bait_core.cli.main import main; main()", *arguments)


@pytest.fixture(scope="module")
def shallow_search(tmp_path_factory):
    return Project("writing-a-search.md", tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def coins(tmp_path_factory):
    return Project("writing-an-environment.md", tmp_path_factory.mktemp("environment"))


def test_writing_a_search(tmp_path, shallow_search):
    listed, shown = (shallow_search.bait(tmp_path, *it) for it in shallow_search.commands[:2])
    assert "shortest-goal" in listed.stdout
    assert "longest" in shown.stdout
    assert shallow_search.bait(tmp_path, "list-plugins", "--strict").returncode == 0
    tried = shallow_search.run(tmp_path, str(shallow_search.folder / "try_it.py"))
    assert tried.stderr == ""
    assert sorted(line.split()[0] for line in tried.stdout.splitlines()) == [
        "theorem-0",
        "theorem-1",
        "theorem-2",
    ]
    assert "proved" in tried.stdout


@pytest.mark.lean
def test_the_search_of_the_guide_proves_its_theorem_in_lean(tmp_path, shallow_search):
    if (lean := lean_folder()) is None:
        pytest.skip("needs `bait lean install`")
    (tmp_path / lean.name).symlink_to(lean)
    (prove,) = shallow_search.commands[2:]
    proved = shallow_search.bait(tmp_path, *prove)
    assert proved.returncode == 0, proved.stderr
    assert "1 of 1 proved" in proved.stdout


def test_writing_an_environment(tmp_path, coins):
    prove_40, prove_19 = coins.commands
    proved = coins.bait(tmp_path, *prove_40, "--json")
    assert proved.returncode == 0, proved.stderr
    (theorem,) = json.loads(proved.stdout)["theorems"]
    assert (theorem["status"], theorem["proof"]) == ("proved", "pay 20\npay 20")
    as_option = coins.bait(
        tmp_path, "prove", "--environment", "coins", "-o", "environment.amount=40"
    )
    assert as_option.returncode == 0, as_option.stderr
    failed = coins.bait(tmp_path, *prove_19)
    assert failed.returncode == 1
    assert "0 of 1 proved" in failed.stdout


def test_searches_of_bait_prove_are_recorded(tmp_path, coins):
    coins.bait(tmp_path, "prove", "40", "--environment", "coins")
    (run,) = json.loads(coins.bait(tmp_path, "traces", "--json").stdout)
    assert run["theorems"] == ["pay 40"]
    (record,) = json.loads(coins.bait(tmp_path, "traces", "last", "--json").stdout)
    assert record["configuration"]["environment"] == {
        "name": "coins:coins",
        "amount": 40,
        "coins": [7, 20],
    }
    assert record["configuration"]["search"]["name"] == "bait-core:best-first"
    assert record["versions"].keys() == {"python", "bait-core", "coins"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demo.leann"], "there is no file demo.leann\nDid you mean '.lean'?"),
        (["40", "--environment", "coin"], "coins"),
        (["40", "--environment", "coins", "--write"], "there is no file to fill"),
        (["x", "--environment", "coins"], "amount"),
        (["40", "--environment", "coins", "-o", "amount=3"], "SECTION.KEY=VALUE"),
        (["40", "--environment", "coins", "-o", "environment.coin=3"], "coins"),
        (["40", "--environment", "coins", "--search", "best-frist"], "best-first"),
        (["40", "--environment", "coins", "--model", "all-coin"], "all-coins"),
        (["40", "--environment", "coins", "--only", "x"], "'coins' can't choose theorems by name"),
        (["40", "--environment", "coins", "--allow-axiom", "x"], "'coins' has no option to allow"),
        ([], "nothing to prove was given"),
        (["--environment", "coins"], "amount"),
        (["40", "--environment", "coins", "-o", "environment.coins=[7,"], "is not well-formed"),
        (["40", "--environment", "coins", "--workers", "0"], "workers"),
    ],
)
def test_bad_input_to_bait_prove_gets_a_clear_answer(tmp_path, coins, arguments, message):
    result = coins.bait(tmp_path, "prove", *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_plain_python_blocks_run(tmp_path):
    guides = sorted(DOCS.glob("*.md"))
    blocks = [block for guide in guides for block in PLAIN.findall(guide.read_text("utf-8"))]
    assert blocks
    for block in blocks:
        subprocess.run(
            [sys.executable, "-c", block],
            check=True,
            cwd=tmp_path,
            env=os.environ | {"BAIT_HOME": str(tmp_path)},
        )


def test_recorded_searches_are_analysed_as_the_guide_says(tmp_path, coins):
    coins.bait(tmp_path, "prove", "40", "--environment", "coins")
    blocks = PLAIN.findall((DOCS / "running.md").read_text("utf-8"))
    [analysis] = [block for block in blocks if "graph_of_record" in block]
    analysed = coins.run(tmp_path, "-c", analysis)
    assert analysed.stderr == ""
    assert re.fullmatch(r"pay 40 \d+ goals, [1-9]\d* deep, 2 in the proof\n", analysed.stdout)


def test_links_lead_somewhere():
    for guide in [*DOCS.glob("*.md"), *ROOT.glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", guide.read_text("utf-8")):
            assert (guide.parent / link).exists(), f"{guide.name}: {link}"
