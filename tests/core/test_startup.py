"""How `bait` starts: quickly, and without the heavy libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .distributions import Site

HEAVY = {
    "datasets",
    "grpc",
    "lightning",
    "matplotlib",
    "networkx",
    "numpy",
    "pandas",
    "ray",
    "scipy",
    "sklearn",
    "torch",
    "transformers",
}
ALLOWED_RATIO = 2
REPETITIONS = 15
UNMEASURED = {key: os.environ[key] for key in os.environ if not key.startswith("COVERAGE_")}
LIBRARIES = "import typer, rich, pluggy, pydantic"
BAIT = "import sys; from bait_core.cli.main import main; sys.argv[1:] = [{!r}]; main()"


def imported_by(argument: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", BAIT.format(argument)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def processor_seconds(code: str) -> float:
    """Processor time of an interpreter that runs `code`; waiting for others is not in it."""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, env=UNMEASURED
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("argument", ["--help", "list-plugins"])
def test_no_heavy_library_is_imported(argument: str) -> None:
    imported = imported_by(argument)
    assert "pluggy" in imported
    assert not imported & HEAVY


def test_no_factory_is_imported(tmp_path: Path) -> None:
    done = Site(tmp_path).run("list-plugins", "--json")
    code = (
        "import sys; from bait_core.plugins import installed; installed()\n"
        "print(*sorted(name for name in sys.modules if name.startswith('bait_')))"
    )
    names = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()
    assert done.returncode == 0
    assert "bait_core.plugins.core_plugin" in names
    assert not [name for name in names if name.startswith("bait_core.search")]


@pytest.mark.parametrize("argument", ["--help", "list-plugins"])
def test_starts_within_twice_the_import_of_its_libraries(argument: str) -> None:
    # Interleaved, so that a change of the machine's load meets both; the least of many, since
    # load only ever adds.
    pairs = [
        (processor_seconds(LIBRARIES), processor_seconds(BAIT.format(argument)))
        for _ in range(REPETITIONS)
    ]
    libraries, bait = (min(times) for times in zip(*pairs, strict=True))
    assert bait <= ALLOWED_RATIO * libraries
