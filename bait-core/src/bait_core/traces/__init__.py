"""Recorded searches: the standard format, writing and reading it."""

from bait_core.traces.export import graph_of_record
from bait_core.traces.reading import SUFFIX, decode_record, read_traces, read_what_is_readable
from bait_core.traces.schema import (
    SCHEMA,
    EdgeRecord,
    GoalRecord,
    ProofRecord,
    SelectionRecord,
    TraceRecord,
)
from bait_core.traces.store import TraceWriter, encode_record, write_traces

__all__ = [
    "SCHEMA",
    "SUFFIX",
    "EdgeRecord",
    "GoalRecord",
    "ProofRecord",
    "SelectionRecord",
    "TraceRecord",
    "TraceWriter",
    "decode_record",
    "encode_record",
    "graph_of_record",
    "read_traces",
    "read_what_is_readable",
    "write_traces",
]
