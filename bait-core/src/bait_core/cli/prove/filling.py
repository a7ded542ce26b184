"""Writing the filled file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bait_core.cli.prove.results import Result
from bait_core.errors import ConfigurationError, ProverError
from bait_core.protocols import Environment, FillsFiles


def fill_file(
    environment: Environment, results: Sequence[Result], destination: Path
) -> list[Result]:
    """Write the file with the proofs found.

    Returns:
        The results; if a fresh prover refuses the filled file, nothing is written and what was
        proved becomes an error.

    Raises:
        ConfigurationError: The environment can't fill files, or the file can't be written.
    """
    if not isinstance(environment, FillsFiles):
        raise ConfigurationError(
            f"the environment {type(environment).__name__} can't fill files",
            hint="Leave out --write and --output; the proofs are shown.",
        )
    scripts = {result.theorem.name: result.proof for result in results if result.proof}
    try:
        text = environment.fill(scripts)
    except ProverError as error:
        message = f"the filled file was not accepted: {error.message}"
        return [replace(r, status="error", message=message) if r.proof else r for r in results]
    _replace(destination, text)
    return list(results)


def _replace(path: Path, text: str) -> None:
    """Write a file so that at any moment it has either its old or its new content."""
    path = path.resolve()
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigurationError(
            f"{path} can't be written: {error.strerror or error}",
            hint="Choose another file with --output; the searches are recorded, see `bait traces`.",
        ) from error
