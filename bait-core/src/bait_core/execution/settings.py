"""Where searches run, how many at a time, and their combined limits."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from bait_core.batching import BatchingSettings
from bait_core.options import Options


class Where(StrEnum):
    """What runs the searches."""

    THREADS = "threads"
    """Threads of this process: one environment and one copy of the models for all."""
    PROCESSES = "processes"
    """Worker processes on this machine."""
    RAY = "ray"
    """Actors of a Ray cluster."""


_REMOTE_ONLY = ("model_replicas",)
_RAY_ONLY = (
    "address",
    "worker_cpus",
    "worker_gpus",
    "worker_resources",
    "model_cpus",
    "model_gpus",
    "model_resources",
)


class ExecutionSettings(Options):
    """Where searches run; how many at a time is `RunSettings.workers`."""

    where: Where = Field(default=Where.THREADS, description="what runs the searches")
    model_replicas: int = Field(
        default=0,
        ge=0,
        description="processes that hold the models for all workers; with 0 each worker process "
        "loads its own models",
    )
    address: str = Field(
        default="",
        description="address of the Ray cluster, such as `auto`; empty starts one on this machine",
    )
    worker_cpus: float = Field(default=1.0, ge=0, description="CPUs that Ray reserves per worker")
    worker_gpus: float = Field(default=0.0, ge=0, description="GPUs that Ray reserves per worker")
    worker_resources: dict[str, float] = Field(
        default={}, description="other resources that Ray reserves per worker"
    )
    model_cpus: float = Field(
        default=1.0, ge=0, description="CPUs that Ray reserves per model replica"
    )
    model_gpus: float = Field(
        default=0.0, ge=0, description="GPUs that Ray reserves per model replica"
    )
    model_resources: dict[str, float] = Field(
        default={}, description="other resources that Ray reserves per model replica"
    )

    @model_validator(mode="after")
    def _refuse_what_has_no_effect(self) -> Self:
        allowed: tuple[str, ...] = ()
        if self.where is not Where.THREADS:
            allowed += _REMOTE_ONLY
        if self.where is Where.RAY:
            allowed += _RAY_ONLY
        # Resolved configurations spell out defaults, so default values are not refused.
        defaults = type(self).model_fields
        idle = [name for name in (*_REMOTE_ONLY, *_RAY_ONLY) if name not in allowed]
        if wrong := [name for name in idle if getattr(self, name) != defaults[name].default]:
            raise ValueError(f"{', '.join(wrong)} has no effect when searches run in {self.where}")
        return self


class RunSettings(Options):
    """The limits of a run over several theorems.

    Exhausting them ends the run as Ctrl-C does: unsearched theorems have no final record.
    """

    workers: int = Field(default=1, ge=1, description="theorems searched at a time")
    total_seconds: float | None = Field(
        default=None, ge=0, description="wall time for the whole run"
    )
    total_expansions: int | None = Field(
        default=None, ge=0, description="goals expanded in the whole run"
    )
    batching: BatchingSettings = Field(
        default=BatchingSettings(), description="how requests to the models are batched"
    )
