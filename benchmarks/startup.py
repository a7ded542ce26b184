"""How long `bait` takes to start, against the import of the libraries it is built on.

Times are processor time of whole interpreters, the least of many runs; the runs are interleaved
so that other load on the machine meets all of them.

    python benchmarks/startup.py [--runs 20]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from rich.console import Console
from rich.table import Table

from bait_core.plugins import installed

MAIN = "import sys; from bait_core.cli.main import main; sys.argv[1:] = {!r}; main()"
PROGRAMS = {
    "import typer, rich, pluggy, pydantic": "import typer, rich, pluggy, pydantic",
    "bait --version": MAIN.format(["--version"]),
    "bait --help": MAIN.format(["--help"]),
    "bait list-plugins": MAIN.format(["list-plugins"]),
    "bait list-plugins --json": MAIN.format(["list-plugins", "--json"]),
    "bait show-plugin best-first": MAIN.format(["show-plugin", "best-first"]),
}


def processor_seconds(code: str) -> float:
    """Processor time of an interpreter that runs `code`."""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, code)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    rounds = [[processor_seconds(code) for code in PROGRAMS.values()] for _ in range(runs)]
    least = [min(times) for times in zip(*rounds, strict=True)]

    table = Table("Program", "ms", "Ratio", box=None)
    for name, seconds in zip(PROGRAMS, least, strict=True):
        table.add_row(name, f"{1000 * seconds:.0f}", f"{seconds / least[0]:.2f}")
    console = Console()
    console.print(table)
    for contribution in installed().contributions:
        milliseconds = 1000 * contribution.import_seconds
        console.print(f"Plugin module of {contribution.distribution}: {milliseconds:.1f} ms")


if __name__ == "__main__":
    main()
