"""The ids of the tests: the same in every process that collects them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.case_ids import case_id

ROOT = Path(__file__).parent.parent


def collecting(*arguments: str | Path, seed: int) -> subprocess.Popen[str]:
    """A process that collects tests."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-q"]
    return subprocess.Popen(
        [*command, "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ids(process: subprocess.Popen[str]) -> list[str]:
    output, _ = process.communicate(timeout=250)
    assert process.returncode == 0, output
    return [line for line in output.splitlines() if "::" in line]


def test_all_processes_collect_the_same() -> None:
    first = collecting(seed=1)
    time.sleep(2.1)  # so that a clock that is read while collecting shows two times
    second = collecting(seed=2)
    found = ids(first)
    assert len(found) > 2000
    assert ids(second) == found


@pytest.mark.parametrize("values", ["[gzip.compress(b'')]", "[object()]", "[{'a'}]", "['a' * 101]"])
def test_a_case_without_a_lasting_id_fails_when_it_is_collected(
    tmp_path: Path, values: str
) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(
        "import gzip, pytest\n"
        f"@pytest.mark.parametrize('value', {values})\n"
        "def test_it(value): pass\n"
    )
    settings = ("-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, "-p", "tests.conftest")
    process = collecting(*settings, file, seed=1)
    output, _ = process.communicate(timeout=60)
    assert process.returncode
    assert "'value'" in output
    assert "id=" in output


def test_plain_values_are_shown() -> None:
    assert case_id({"a": [1, None, ("é",)]}, "value") == r"{'a': [1, None, ('\xe9',)]}"
    assert case_id("text", "value") is None
    for bad in (b"", {1}, [{1}], {"a": object()}, ["a" * 101]):
        with pytest.raises(pytest.fail.Exception, match="Name the case"):
            case_id(bad, "value")
