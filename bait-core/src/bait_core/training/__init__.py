"""From recorded searches to training examples, and from these to checkpoints."""

from bait_core.training.choice import best_traces, of_splits
from bait_core.training.corpus import CorpusPremise, corpus_of, read_corpus, write_corpus
from bait_core.training.examples import (
    ExampleCounts,
    read_examples,
    write_examples,
)
from bait_core.training.step import (
    TrainingJob,
    TrainingReport,
    require_same_training,
    train_in_child,
)

__all__ = [
    "CorpusPremise",
    "ExampleCounts",
    "TrainingJob",
    "TrainingReport",
    "best_traces",
    "corpus_of",
    "of_splits",
    "read_corpus",
    "read_examples",
    "require_same_training",
    "train_in_child",
    "write_corpus",
    "write_examples",
]
