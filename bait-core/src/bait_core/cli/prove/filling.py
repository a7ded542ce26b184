"""Writing the filled file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bait_core.cli.prove.results import Result
from bait_core.errors import ConfigurationError, FillError
from bait_core.files import replace_file
from bait_core.protocols import Environment, FillsFiles


def fill_file(
    environment: Environment, results: Sequence[Result], destination: Path
) -> list[Result]:
    """Write the file with the proofs found.

    Returns:
        The results; proofs that a fresh prover refuses in the filled file are left out of it,
        and become errors.

    Raises:
        ConfigurationError: The environment can't fill files, or the file can't be written.
        ProverError: The prover breaks down.
    """
    if not isinstance(environment, FillsFiles):
        raise ConfigurationError(
            f"the environment {type(environment).__name__} can't fill files",
            hint="Leave out --write and --output; the proofs are shown.",
        )
    scripts = {result.theorem.name: result.proof for result in results if result.proof}
    refused: dict[str, str] = {}
    while True:
        try:
            text = environment.fill(scripts).text
        except FillError as error:
            culprits = error.reasons.keys() & scripts.keys() or set(scripts)
            refused.update({name: error.reasons.get(name, error.message) for name in culprits})
            scripts = {name: script for name, script in scripts.items() if name not in culprits}
        else:
            break
    _write(destination, text)
    return [
        replace(result, status="error", proof="", message=refused[result.theorem.name])
        if result.theorem.name in refused
        else result
        for result in results
    ]


def _write(path: Path, text: str) -> None:
    try:
        replace_file(path.resolve(), [text.encode()])
    except OSError as error:
        raise ConfigurationError(
            f"{path} can't be written: {error.strerror or error}",
            hint="Choose another file with --output; the searches are recorded, see `bait traces`.",
        ) from error
