"""Writing the proofs of a run into the file whose holes they fill."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from bait_core.domain import SOUND, FilledFile
from bait_core.errors import BaitError, ConfigurationError, FillError, MergeError
from bait_core.files import replace_file, replace_unchanged, require_replaceable, write_beside
from bait_core.paths import cache_folder
from bait_core.protocols import Environment, FillsFiles
from bait_core.proving.replacement import replacement
from bait_core.proving.results import TheoremResult

_MOST_MERGES = 5
_SAVING_SECONDS = 0.2
"""Longest duration of a save: many editors truncate the file before they write it."""


def require_writable(destination: Path) -> None:
    """Check before a search that its proofs can be written.

    Raises:
        ConfigurationError: They can't.
    """
    try:
        require_replaceable(destination.resolve())
    except OSError as error:
        raise ConfigurationError(
            f"{destination} can't be written: {error.strerror or error}",
            hint="Choose another file with --output.",
        ) from error


def require_filling(environment: Environment) -> None:
    """Check that an environment can write proofs into files.

    Raises:
        ConfigurationError: It can't.
    """
    if not isinstance(environment, FillsFiles):
        raise ConfigurationError(
            f"the environment {type(environment).__name__} can't fill files",
            hint="Leave out --write and --output; the proofs are shown.",
        )


class Filling:
    """The file of a run with the proofs that were found.

    Args:
        environment: Whose theorems are the file's holes.
        file: The file.
        results: The results for the theorems, by name; updated when a fresh prover checks the
            whole filled file.
    """

    def __init__(
        self, environment: FillsFiles, file: Path, results: dict[str, TheoremResult]
    ) -> None:
        self._environment = environment
        self._file = file
        self._results = results
        self._scripts = {name: result.proof for name, result in results.items() if result.proof}
        self._filled = self._fill()

    @property
    def text(self) -> str | None:
        """The filled text; None if it contains no proof."""
        return self._filled.text if self._filled.edits else None

    def save(self, destination: Path) -> str:
        """Write the filled file.

        If the file that was read has changed since, the proofs are merged into its current text.
        Other runs wait meanwhile.

        Returns:
            What was written, for users; empty if there was nothing to write.

        Raises:
            ConfigurationError: It can't be written. The filled text is saved next to the file.
            MergeError: It has changed, and the proofs no longer fit or can't be checked. The
                filled text is saved next to the file.
        """
        path = destination.resolve()
        is_own = path == self._file.resolve()
        if is_own and not self._filled.edits:
            return ""
        original = self._filled.original
        try:
            if is_own:
                self._put_back(path)
            else:
                replace_file(path, [self._filled.text.encode()])
        except OSError as error:
            raise ConfigurationError(
                f"{destination} can't be written: {error.strerror or error}", hint=self._keep()
            ) from error
        except BaitError as error:
            raise MergeError(
                f"{destination} has changed since it was read, and the proofs can't be merged into "
                f"its current text: {_reasons(error)}",
                hint=f"{self._keep()}\nWith --resume, only what has changed is searched again.",
            ) from error
        if self._filled.original != original:
            return f"Wrote {destination}, including changes made to it in the meantime."
        return f"Wrote {destination}."

    def _fill(self) -> FilledFile:
        """Fill the text that was read; proofs rejected there don't count as proofs."""
        while True:
            try:
                filled = self._environment.fill(self._scripts)
            except FillError as error:
                if not self._scripts:
                    raise
                self._refuse(error)
            else:
                self._tell(filled)
                return filled

    def _refuse(self, error: FillError) -> None:
        for name in error.reasons.keys() & self._scripts.keys() or set(self._scripts):
            del self._scripts[name]
            why = error.reasons.get(name, error.message)
            self._results[name] = replace(
                self._results[name],
                status="error",
                message=f"the proof is not accepted in the file: {why}",
                proof="",
                foundations=SOUND,
            )

    def _tell(self, filled: FilledFile) -> None:
        for name, edit in filled.edits.items():
            result = self._results[name]
            self._results[name] = replace(
                result,
                foundations=filled.foundations.get(name, result.foundations),
                replacement=replacement(edit, filled.original),
            )

    def _put_back(self, path: Path) -> None:
        """Write to the file that was read, even if others write to it too."""
        with _alone_with(path):
            for _ in range(_MOST_MERGES):
                filled = self._filled
                if replace_unchanged(path, filled.original.encode(), filled.text.encode()):
                    return
                self._merge(path)
        raise MergeError("it changes faster than proofs can be checked in it")

    def _merge(self, path: Path) -> None:
        """Fill the current text of the file, unless it soon changes again."""
        current = path.read_bytes()
        try:
            self._filled = self._environment.fill(self._scripts, _decoded(current))
        except BaitError:
            time.sleep(_SAVING_SECONDS)
            if path.read_bytes() == current:
                raise
        else:
            self._tell(self._filled)

    def _keep(self) -> str:
        """Save the filled text next to the file, and say where it is."""
        content = self._filled.text.encode()
        try:
            kept = write_beside(self._file, "filled", content)
        except OSError:
            return "The proofs are recorded; see `bait traces --help`."
        return f"The text that was read, with the proofs, is in {kept}."


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise MergeError("it is no longer UTF-8 text") from error


def _reasons(error: BaitError) -> str:
    if isinstance(error, FillError):
        return "; ".join(f"{name}: {why}" for name, why in error.reasons.items())
    return error.message


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    """Keep other runs of this user from writing to a file."""
    with ExitStack() as stack:
        folder = cache_folder() / "locks"
        with suppress(OSError):  # without locks, comparing before writing must do
            folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(str(path).encode(errors="surrogateescape")).hexdigest()
            stack.enter_context(FileLock(folder / f"{name}.lock"))
        yield
