"""A run from the opened environment to the written file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bait_core.cli.prove.filling import Filling, require_filling
from bait_core.cli.prove.recording import search
from bait_core.cli.prove.results import Result, complete
from bait_core.execution import RunEnd, SearchJob
from bait_core.protocols import FillsFiles


def prove_all(
    job: SearchJob,
    file: Path | None,
    destination: Path | None,
    *,
    show: Callable[[list[Result]], None],
    console: Console,
    traces: Path,
    resume: bool,
) -> list[Result]:
    """Search for proofs, put them into the file and show what was found.

    Args:
        job: What to run, and where.
        file: The file whose holes are to be filled, if it is a file.
        destination: Where the filled file goes; None if it is not to be written.
        show: Called once with the results; also if something goes wrong, with those there are.
        console: For progress.
        traces: The folder of the trace files.
        resume: Take up the newest run of the same job.

    Returns:
        One result per theorem.

    Raises:
        KeyboardInterrupt: Ctrl-C ended the run early.
        BaitError: The task is not usable, the run broke down, or the file can't be written.
    """
    with job.open_environment() as prover:
        if destination is not None:
            require_filling(prover)
        with console.status("Starting the prover and reading the task"):
            theorems = list(prover.theorems())
        found: dict[str, Result] = {}
        written = ""
        try:
            end = search(job, prover, theorems, found, console, traces=traces, resume=resume)
            has_proofs = any(result.proof for result in found.values())
            if file is not None and isinstance(prover, FillsFiles) and (has_proofs or destination):
                with console.status("Checking the filled file"):
                    filling = Filling(prover, file, found)
                    written = filling.save(destination) if destination is not None else ""
        except BaseException:
            if found:
                show(complete(theorems, found))
            raise
        results = complete(theorems, found)
        show(results)
        if written:
            console.print(written, markup=False)
    if end is RunEnd.STOPPED:
        raise KeyboardInterrupt
    return results
