"""Human proofs of HOL Light's library, recorded step by step."""

from bait_holist.human_proofs.export import Export, export_human_proofs
from bait_holist.human_proofs.records import (
    HumanGoal,
    HumanProof,
    HumanStep,
    LibraryTheorem,
    read_human_proofs,
    read_library_theorems,
)
from bait_holist.human_proofs.report import FileRates, Rates, rates_by_file, rates_table
from bait_holist.human_proofs.traces import human_trace, human_traces, split_of_proof

__all__ = [
    "Export",
    "FileRates",
    "HumanGoal",
    "HumanProof",
    "HumanStep",
    "LibraryTheorem",
    "Rates",
    "export_human_proofs",
    "human_trace",
    "human_traces",
    "rates_by_file",
    "rates_table",
    "read_human_proofs",
    "read_library_theorems",
    "split_of_proof",
]
