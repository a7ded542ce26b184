"""The table of the splits of HOList's core theorems, shipped as `core_splits.json`."""

from __future__ import annotations

from collections.abc import Iterable

from bait_holist.benchmark.reader import Entry

_NAMES = {"TRAINING": "train", "VALIDATION": "valid", "TESTING": "test"}


def core_splits(entries: Iterable[Entry]) -> dict[str, list[int]]:
    """Fingerprints of the core entries that have a split, sorted, by split."""
    table: dict[str, list[int]] = {name: [] for name in _NAMES.values()}
    for entry in entries:
        if "core" in entry.library_tags and entry.split in _NAMES:
            table[_NAMES[entry.split]].append(entry.fingerprint)
    return {name: sorted(numbers) for name, numbers in table.items()}
