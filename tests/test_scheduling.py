"""Which process gets which test."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = "import pytest\n@pytest.mark.parametrize('n', range(3))\ndef test_it(n): pass\n"
SLOW = "pytestmark = pytest.mark.slow\n"


def run(folder: Path, files: dict[str, str], processes: int) -> list[tuple[str, Path]]:
    """The processes and files of the tests, in the order in which they ended."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    command = [sys.executable, "-m", "pytest", "-n", str(processes), "-v"]
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    done = subprocess.run(
        [*command, *settings, "-p", "tests.conftest", "-p", "no:cacheprovider", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    ended = re.findall(r"^\[(gw\d)\].* PASSED (\S+)::", done.stdout, re.MULTILINE)
    return [(process, Path(file)) for process, file in ended]


def test_the_tests_of_a_file_and_those_of_hol_light_share_a_process(tmp_path: Path) -> None:
    names = [f"tests/{folder}/test_{n}.py" for folder in ("holist", "lean") for n in range(5)]
    ended = run(tmp_path, dict.fromkeys(names, TESTS), processes=2)
    assert len(ended) == 3 * len(names)
    pairs = set(ended)
    assert len(pairs) == len(names)
    assert {process for process, _ in pairs} == {"gw0", "gw1"}
    assert len({process for process, file in pairs if file.parent.name == "holist"}) == 1


def test_files_with_slow_tests_come_first(tmp_path: Path) -> None:
    files = {"test_a.py": TESTS, "test_b.py": TESTS + SLOW, "test_c.py": TESTS + TESTS}
    ended = run(tmp_path, files, processes=1)
    order = dict.fromkeys(file.name for _, file in ended)
    assert list(order) == ["test_b.py", "test_a.py", "test_c.py"]
