"""Searches in actors of a Ray cluster; Ray decides which machine runs which actor."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError

from bait_core.domain import Goal, PremiseSet, Suggestion, Theorem
from bait_core.errors import BaitError, ExecutionError
from bait_core.execution.hosting import Host, ModelHost, Wire
from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Observer
from bait_core.execution.remote import RemoteRun, WorkerLostError
from bait_core.execution.settings import ExecutionSettings
from bait_core.execution.supervision import RunEnd
from bait_core.execution.worker import SearchWorker

_KNOCK_SECONDS = 10


def run_on_ray(job: SearchJob, theorems: Sequence[Theorem], observer: Observer) -> RunEnd:
    """Search for proofs of the theorems; see `run_searches`."""
    with _cluster(job):
        hosts = [RayHost(job) for _ in range(job.execution.model_replicas)]

        def start_worker(number: int) -> RayWorker:
            return RayWorker(job, hosts[number % len(hosts)] if hosts else None)

        try:
            return RemoteRun(job, start_worker, observer).run(theorems)
        finally:
            for host in hosts:
                host.kill()


class _WorkerActor:
    """The actor of a worker."""

    def start(self, job: SearchJob, host: Host | None, folder: str) -> None:
        # Not in the constructor, whose errors reach callers as text only.
        if Path(folder).is_dir():
            os.chdir(folder)  # relative paths in options mean what they mean to the user
        self._worker = SearchWorker(job, host)

    def prove(self, theorem: Theorem, seconds: float | None) -> bytes:
        return self._worker.prove(theorem, seconds)

    def cancel(self) -> None:
        self._worker.cancel()

    def close(self) -> None:
        self._worker.close()


class RayWorker:
    """A `SearchWorker` in a Ray actor.

    Args:
        job: What to run.
        host: Holds the models; None if the worker makes its own.

    Raises:
        WorkerLostError: The actor died while starting.
        BaitError: A part of the job can't be made there.
    """

    def __init__(self, job: SearchJob, host: Host | None) -> None:
        settings = job.execution
        # One thread proves; the other can tell it to stop.
        self._actor = _actor(
            _WorkerActor,
            settings.worker_cpus,
            settings.worker_gpus,
            settings.worker_resources,
            max_concurrency=2,
        )
        _get(self._actor.start.remote(job, host, str(Path.cwd())))

    def prove(self, theorem: Theorem, seconds: float | None) -> bytes:
        """Search for a proof; see `SearchWorker.prove`."""
        record: bytes = _get(self._actor.prove.remote(theorem, seconds))
        return record

    def cancel(self) -> None:
        """Make the current search end soon."""
        self._actor.cancel.remote()

    def close(self) -> None:
        """Shut the actor down cleanly."""
        with suppress(WorkerLostError):
            _get(self._actor.close.remote())
        self.kill()

    def kill(self) -> None:
        """Kill the actor; its provers end once they lose contact with it."""
        ray.kill(self._actor)


class RayHost:
    """A `ModelHost` in a Ray actor; can be sent to other actors.

    Args:
        job: What to run.
    """

    def __init__(self, job: SearchJob) -> None:
        settings = job.execution
        self._actor = _actor(
            ModelHost,
            settings.model_cpus,
            settings.model_gpus,
            settings.model_resources,
            max_concurrency=job.run.workers + 1,
        )
        self._ask(self._actor.open, job)

    def add_premises(self, premises: Mapping[str, PremiseSet]) -> None:
        """Cache premise sets by their tokens."""
        self._ask(self._actor.add_premises, premises)

    def get_tactics(self, requests: Sequence[Wire]) -> list[list[Suggestion]] | None:
        """Suggestions for each request, in order; None if a premise set is not cached."""
        suggestions: list[list[Suggestion]] | None = self._ask(self._actor.get_tactics, requests)
        return suggestions

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The log-probability that each goal can be proved, in order."""
        scores: list[float] = self._ask(self._actor.score_goals, goals)
        return scores

    def kill(self) -> None:
        """End the actor."""
        ray.kill(self._actor)

    @staticmethod
    def _ask(method: Any, argument: object) -> Any:
        try:
            return _get(method.remote(argument))
        except WorkerLostError as error:
            raise ExecutionError(
                f"the actor that holds the models died: {error}",
                hint="If memory ran out, use fewer replicas or a smaller model.",
            ) from error


def _actor(
    kind: type[object],
    cpus: float,
    gpus: float,
    resources: Mapping[str, float],
    max_concurrency: int,
) -> Any:
    actor_class: Any = ray.remote(kind)
    return actor_class.options(
        num_cpus=cpus,
        num_gpus=gpus,
        resources=dict(resources),
        max_concurrency=max_concurrency,
    ).remote()


def _get(reference: Any) -> Any:
    """The result of an actor call.

    Raises:
        WorkerLostError: The actor has died.
        BaitError: The call raised it.
        ExecutionError: Something else went wrong.
    """
    try:
        return ray.get(reference)
    except RayActorError as error:
        raise WorkerLostError(_first_line(error)) from error
    except RayTaskError as error:
        if isinstance(error.cause, BaitError):
            raise error.cause from None
        raise ExecutionError(f"an actor failed: {error}") from error
    except RayError as error:
        raise ExecutionError(f"Ray failed: {_first_line(error)}") from error


@contextmanager
def _cluster(job: SearchJob) -> Iterator[None]:
    """A connection to the configured cluster; reuses the caller's connection, if any."""
    if ray.is_initialized():
        yield
        return
    settings = job.execution
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        _knock(settings.address)
        ray.init(
            address=settings.address or "local",
            num_cpus=None if settings.address else _local_cpus(settings, job.run.workers),
            include_dashboard=None if settings.address else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (RayError, OSError, RuntimeError, ValueError) as error:
        raise ExecutionError(
            f"the Ray cluster {settings.address or 'on this machine'} can't be reached: "
            f"{_first_line(error)}",
            hint="`ray status` says whether it is running. Without an address, Ray runs here.",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError if nothing listens at `host:port`: Ray itself would wait for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host, int(port)), _KNOCK_SECONDS).close()


def _local_cpus(settings: ExecutionSettings, workers: int) -> int:
    """The number of CPUs to declare for a cluster on this machine, so that all actors fit."""
    wanted = workers * settings.worker_cpus + settings.model_replicas * settings.model_cpus
    return max(os.cpu_count() or 1, int(wanted) + 1)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
