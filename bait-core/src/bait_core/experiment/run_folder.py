"""The files of a run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from filelock import FileLock, Timeout
from omegaconf import OmegaConf

from bait_core.errors import ConfigurationError
from bait_core.experiment.config import ExperimentConfig, load_config
from bait_core.experiment.resolving import resolved
from bait_core.files import replace_file
from bait_core.traces import SUFFIX

_CONFIG, _VERSIONS, _REPORT = "config.yaml", "versions.json", "report.json"


class RunFolder:
    """`runs/<experiment>/<time>/`: configuration, traces, trainings, report.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def new(cls, base: Path, config: ExperimentConfig) -> RunFolder:
        """A folder for a new run of an experiment."""
        return cls(base / config.name / time.strftime("%Y-%m-%d_%H-%M-%S"))

    @classmethod
    def newest(cls, base: Path, config: ExperimentConfig) -> RunFolder:
        """The newest run of an experiment.

        Raises:
            ConfigurationError: There is none.
        """
        paths = sorted((base / config.name).glob(f"*/{_CONFIG}"))
        if not paths:
            raise ConfigurationError(
                f"there is no run of {config.name} in {base} to resume",
                hint="Leave out --resume to start one.",
            )
        return cls(paths[-1].parent)

    @property
    def config(self) -> ExperimentConfig:
        """The configuration that the run was started with."""
        return load_config(self.path / _CONFIG)

    @property
    def report(self) -> Path:
        """The file of the report (JSON)."""
        return self.path / _REPORT

    def traces(self, iteration: int, part: str) -> Path:
        """The traces of an iteration, counted from 1; `part` is `collect` or `evaluate`."""
        return self.path / "traces" / str(iteration) / f"{part}{SUFFIX}"

    def training(self, iteration: int, step: str) -> Path:
        """The folder of a training after an iteration."""
        return self.path / "training" / str(iteration) / step

    def begin(self, config: ExperimentConfig, versions: Mapping[str, str]) -> None:
        """Record the configuration. A resumed run may be given more iterations.

        Raises:
            ConfigurationError: The folder is that of a run with another configuration.
        """
        if self._is_begun and not _continues(resolved(self.config), config):
            raise ConfigurationError(
                f"{self.path} contains a run with another configuration",
                hint=f"Resume it with its own, `bait run {self.path / _CONFIG} --output "
                f"{self.path}`, or choose another folder. Only more iterations may be added.",
            )
        text = OmegaConf.to_yaml(OmegaConf.create(config.model_dump(mode="json")))
        with self._writing():
            replace_file(self.path / _CONFIG, [text.encode()])
            replace_file(self.path / _VERSIONS, [_json(dict(versions))])

    @property
    def _is_begun(self) -> bool:
        """Whether there is anything of a run that another configuration would not have given."""
        work = (*self.path.glob("traces/*/*"), *self.path.glob("training/*/*"))
        return (self.path / _CONFIG).exists() and bool(work)

    def write_report(self, report: object) -> None:
        """Write the report, complete or partial."""
        with self._writing():
            replace_file(self.report, [_json(report)])

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Keep other processes from running in the folder.

        Raises:
            ConfigurationError: Another process does, or the folder isn't writable.
        """
        lock = FileLock(self.path / ".lock", blocking=False)
        try:
            with self._writing():
                self.path.mkdir(parents=True, exist_ok=True)
                lock.acquire()
        except Timeout as error:
            raise ConfigurationError(
                f"another process is running in {self.path}",
                hint="Wait for it to end, stop it, or choose another folder with --output.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except Timeout:  # an OSError, too
            raise
        except OSError as error:
            raise ConfigurationError(
                f"the folder {self.path} can't be written: {error.strerror or error}",
                hint="Choose another folder with --output.",
            ) from error


def _continues(known: ExperimentConfig, wanted: ExperimentConfig) -> bool:
    """Whether a run is the same except for added iterations."""
    iterations = max(known.iterations, wanted.iterations)
    return known.model_copy(update={"iterations": iterations}) == wanted


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"
