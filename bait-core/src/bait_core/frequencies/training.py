"""Proof steps as examples, and a trainer that counts their tactics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from bait_core.errors import CheckpointError
from bait_core.options import Options
from bait_core.protocols import TrainingResult, TrainingTask
from bait_core.traces.schema import TraceRecord
from bait_core.training import read_examples

_FILE = "frequencies.json"


class ProofStepExample(msgspec.Struct, frozen=True):
    """A goal of a proof, and the tactic that was applied to it."""

    goal: str
    tactic: str


class ProofSteps:
    """The trace processor: every step of every accepted proof."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, ProofStepExample]]:
        """The steps, in the order of the proofs; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            if trace.proof is None or not trace.proof.accepted:
                continue
            for position in trace.proof.edges:
                edge = trace.edges[position]
                example = ProofStepExample(trace.goals[edge.goal].text, edge.tactic)
                yield trace.theorem, example


class FrequencyTrainer:
    """Counts how often each tactic was a step of a proof."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def train(self, task: TrainingTask) -> TrainingResult:
        """Count tactics, added to the counts of the checkpoint to start from, if any."""
        counts = Counter(read_counts(task.start) if task.start else {})
        examples = read_examples(task.examples, "train", ProofStepExample)
        counts.update(example.tactic for example in examples)
        task.checkpoint.mkdir(parents=True, exist_ok=True)
        ordered = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        (task.checkpoint / _FILE).write_bytes(msgspec.json.encode(ordered))
        return TrainingResult({"tactics": float(len(counts)), "steps": float(counts.total())})


def read_counts(checkpoint: Path) -> dict[str, int]:
    """How often each tactic was used, the most frequent first.

    Raises:
        CheckpointError: There is no such checkpoint, or it is damaged.
    """
    try:
        return msgspec.json.decode((checkpoint / _FILE).read_bytes(), type=dict[str, int])
    except (OSError, msgspec.MsgspecError) as error:
        raise CheckpointError(
            f"{checkpoint} is not a checkpoint of the model `frequencies`: {error}",
            hint="The trainer `frequencies` writes them.",
        ) from error
