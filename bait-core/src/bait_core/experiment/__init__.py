"""Experiments: search for proofs, record, train on the traces, search again."""

from bait_core.experiment.api import ExperimentResult, evaluate, run_experiment
from bait_core.experiment.config import (
    ExperimentConfig,
    Models,
    TheoremSet,
    TrainingStep,
    load_config,
)
from bait_core.experiment.loop import Experiment
from bait_core.experiment.metrics import Metrics
from bait_core.experiment.report import Report, read_report
from bait_core.experiment.run_folder import RunFolder

__all__ = [
    "Experiment",
    "ExperimentConfig",
    "ExperimentResult",
    "Metrics",
    "Models",
    "Report",
    "RunFolder",
    "TheoremSet",
    "TrainingStep",
    "evaluate",
    "load_config",
    "read_report",
    "run_experiment",
]
