"""Every error that BAIT raises on purpose.

* BaitError
  x ConfigurationError      an option or configuration value is wrong
  x PluginError
    + UnknownPluginError    no plugin of that kind has the name
    + AmbiguousPluginError  several distributions claim the name
    + BrokenPluginError     the plugin is installed but can't be used
  x TheoremError            the statement or file to prove is not usable
  x ProverError
    + ProverStartError      the proof assistant can't be started
      - StartupCrashError   it died while starting; a retry may succeed
    + ProverCrashError      it died, and restarting did not help
    + FillError             a fresh prover does not accept a filled file
    + MergeError            a file has changed where a proof belongs
  x ModelError              a tactic model or search broke its contract
  x ExecutionError          worker processes, or a cluster, can't be used
  x TraceError              a recorded search can't be written or read
  x TrainingError           a model can't be trained
    + CheckpointError       a checkpoint is missing, damaged or of the wrong kind

A failing *tactic* is not an error: it is a `bait_core.domain.Failed` outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class BaitError(Exception):
    """Base of all errors: what happened, to what, and what to do next.

    Args:
        message: What happened and to what, one sentence.
        hint: What the user can do next; shown on a separate line.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle errors completely, whatever arguments their constructors take."""
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[BaitError], args: tuple[Any, ...], state: dict[str, Any]) -> BaitError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(BaitError):
    """An option or a configuration value is wrong."""


class PluginError(BaitError):
    """Something about a plugin prevents its use."""


class UnknownPluginError(PluginError):
    """No installed plugin of the wanted kind has the wanted name."""


class AmbiguousPluginError(PluginError):
    """Several distributions claim one name; `distribution:name` tells them apart."""


class BrokenPluginError(PluginError):
    """A plugin is installed but failed to load, or lacks something it needs."""


class TheoremError(BaitError):
    """The statement, file or library theorem to prove is not usable."""


class ProverError(BaitError):
    """The proof assistant itself, not a tactic, is the problem."""


class ProverStartError(ProverError):
    """The proof assistant is missing or can't be started."""


class StartupCrashError(ProverStartError):
    """The proof assistant died while starting, several times; a later retry may succeed."""


class ProverCrashError(ProverError):
    """The proof assistant died and could not be restarted."""


class FillError(ProverError):
    """A fresh prover does not accept a filled file.

    Attributes:
        reasons: For each theorem whose script is at fault, why it was rejected; the other holes
            can be filled without them.
    """

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        name, why = next(iter(self.reasons.items()))
        super().__init__(f"{name}: {why}", hint=f"Fill it without {', '.join(self.reasons)}.")


class MergeError(ProverError):
    """A file has changed, since it was read, where a proof belongs."""


class ModelError(BaitError):
    """A tactic model or a search broke its contract."""


class ExecutionError(BaitError):
    """Worker processes or a cluster can't be used; recorded searches are kept."""


class TraceError(BaitError):
    """A recorded search can't be written or read."""


class TraceWarning(UserWarning):
    """A part of a trace file is skipped because it can't be read."""


class TrainingError(BaitError):
    """A model can't be trained; existing files are untouched."""


class CheckpointError(TrainingError):
    """A checkpoint is missing, damaged, for another kind of model, or newer than this version."""
