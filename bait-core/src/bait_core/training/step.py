"""One training: from traces to examples to a checkpoint, in a separate process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from bait_core.errors import BaitError, TrainingError
from bait_core.plugins.build import make_trace_processor, make_trainer
from bait_core.protocols import TrainingTask
from bait_core.traces import read_traces
from bait_core.traces.schema import TraceRecord
from bait_core.training.choice import Identity, best_traces, identity, of_splits
from bait_core.training.examples import write_examples

_JOB, _RESULT, _ERROR = "job.json", "result.json", "error.json"
_INTERRUPTED = 130


class TrainingJob(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that determines a training; sent to the child process as JSON.

    Attributes:
        trace_processor: Qualified name and options.
        trainer: Qualified name and options.
        traces: Trace files or folders of them, oldest first.
        splits: If any, use only those of `traces` whose configuration names one of them.
        searches: Further traces, of searches of the run itself, oldest first.
        every_trace: Learn from all traces of a theorem, not from the best only.
        held_out: Theorems that must not be trained on, by name and statement.
        valid_share: Share of the theorems whose examples are used for validation.
        start: The checkpoint to start from.
        seed: The random seed.
    """

    trace_processor: tuple[str, dict[str, Any]]
    trainer: tuple[str, dict[str, Any]]
    traces: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    every_trace: bool = False
    held_out: tuple[Identity, ...] = ()
    valid_share: float = 0.1
    start: str | None = None
    seed: int = 0


class TrainingReport(msgspec.Struct, frozen=True):
    """The result of a training: its checkpoint, its examples by split, and metrics."""

    checkpoint: str
    examples: dict[str, int]
    theorems: dict[str, int]
    metrics: dict[str, float] = field(default_factory=dict)


def train_in_child(job: TrainingJob, folder: Path) -> TrainingReport:
    """Train in a child process, so that its memory is released.

    An interrupted training resumes where it was, if the trainer supports that; a finished one is
    not run again.

    Args:
        job: What to do.
        folder: For the examples, the trainer's files, the checkpoint and the report.

    Raises:
        TrainingError: The training failed or its process died.
        BaitError: Whatever else the child raised.
        KeyboardInterrupt: At Ctrl-C, once the child has ended.
    """
    if report := finished(folder):
        return report
    _prepare(folder, job)
    with _child(folder) as child:
        code = child.wait()
    if report := finished(folder):
        return report
    if code == _INTERRUPTED:
        raise KeyboardInterrupt
    raise _failure(folder, code)


def require_same_training(folder: Path, job: TrainingJob) -> None:
    """Check that a folder contains no other training.

    Raises:
        TrainingError: It does.
    """
    path = folder / _JOB
    if not (path.exists() and ((folder / "trainer").exists() or (folder / _RESULT).exists())):
        return  # nothing was trained
    known = msgspec.json.decode(path.read_bytes(), type=TrainingJob)
    if different := [name for name in job.__struct_fields__ if _differs(known, job, name)]:
        raise TrainingError(
            f"{folder} contains a training that differs in {', '.join(different)}",
            hint="Choose another folder with --output, or remove this one.",
        )


def _differs(known: TrainingJob, job: TrainingJob, name: str) -> bool:
    encode = msgspec.json.encode  # what was read back holds lists where there were tuples
    return encode(getattr(known, name)) != encode(getattr(job, name))


def _prepare(folder: Path, job: TrainingJob) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _ERROR).unlink(missing_ok=True)
        (folder / _JOB).write_bytes(msgspec.json.format(msgspec.json.encode(job)))
    except OSError as error:
        raise TrainingError(
            f"the folder {folder} can't be written: {error.strerror or error}",
            hint="Choose another folder with --output.",
        ) from error


def finished(folder: Path) -> TrainingReport | None:
    """The report of the training in a folder; None if it has not ended."""
    path = folder / _RESULT
    return msgspec.json.decode(path.read_bytes(), type=TrainingReport) if path.exists() else None


def train_here(folder: Path) -> TrainingReport:
    """Run the job described in the folder; called in the child process."""
    job = msgspec.json.decode((folder / _JOB).read_bytes(), type=TrainingJob)
    examples = folder / "examples"
    processor = make_trace_processor(*job.trace_processor)
    counts = write_examples(examples, processor.process(chosen_traces(job)), job.valid_share)
    sys.stderr.write(f"Training on {counts}.\n")
    checkpoint = folder / "checkpoint"
    start = Path(job.start) if job.start else None
    task = TrainingTask(examples, folder / "trainer", checkpoint, start, job.seed)
    result = make_trainer(*job.trainer).train(task)
    report = TrainingReport(str(checkpoint), counts.examples, counts.theorems, dict(result.metrics))
    temporary = folder / f"{_RESULT}.new"
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    temporary.replace(folder / _RESULT)
    return report


def chosen_traces(job: TrainingJob) -> Iterator[TraceRecord]:
    """The traces to learn from, read as they are needed.

    Raises:
        TrainingError: There are traces of theorems that are held out.
    """
    chosen = None if job.every_trace else best_traces([_all_traces(job)])
    held_out = set(job.held_out)
    for position, trace in enumerate(_all_traces(job)):
        if identity(trace) in held_out:
            raise TrainingError(
                f"{trace.theorem} is one of the theorems that the models are evaluated on, but "
                "there is a trace of it among those to learn from",
                hint="Learn from other theorems, for example with `splits: [train]`.",
            )
        if chosen is None or position in chosen:
            yield trace


def _all_traces(job: TrainingJob) -> Iterator[TraceRecord]:
    given = chain.from_iterable(map(_read, job.traces))
    return chain(of_splits(given, job.splits), *map(_read, job.searches))


def _read(path: str) -> Iterator[TraceRecord]:
    return read_traces(Path(path))


def report_error(folder: Path, error: BaitError) -> None:
    """Report to the parent process why the training failed."""
    (folder / _ERROR).write_bytes(
        msgspec.json.encode({"message": error.message, "hint": error.hint})
    )


@contextmanager
def _child(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bait_core.training", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=sys.stderr.fileno()) as child:
        try:
            yield child
        except KeyboardInterrupt:
            child.wait()  # Ctrl-C has reached it too, and makes it save its state
            raise
        finally:
            if child.poll() is None:
                child.kill()


def _failure(folder: Path, code: int) -> TrainingError:
    path = folder / _ERROR
    if path.exists():
        told = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        return TrainingError(told["message"], hint=told["hint"])
    how = f"was ended by signal {-code}" if code < 0 else f"exited with {code}"
    return TrainingError(
        f"the process that trains in {folder} {how}",
        hint="Its last output is above. If memory ran out, use smaller batches. "
        "`bait run ... --resume` resumes it.",
    )
