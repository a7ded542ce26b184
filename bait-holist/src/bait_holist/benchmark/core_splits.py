"""The table of the splits of HOList's core theorems, shipped as `core_splits.json`."""

from __future__ import annotations

from bait_holist.benchmark.database import TheoremDatabase
from bait_holist.holist_protocol import proof_assistant_pb2 as pb

_SPLITS = {
    "train": pb.Theorem.TRAINING,
    "valid": pb.Theorem.VALIDATION,
    "test": pb.Theorem.TESTING,
}


def core_splits(database: TheoremDatabase) -> dict[str, list[int]]:
    """Fingerprints of the core entries that have a split, sorted, by split."""
    return {
        name: sorted(t.fingerprint for t in database.select(split=split, library="core"))
        for name, split in _SPLITS.items()
    }
