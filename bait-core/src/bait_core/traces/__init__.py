"""Recorded searches: the standard format, writing and reading it."""

from bait_core.domain.records import (
    SCHEMA,
    EdgeRecord,
    GoalRecord,
    ProofRecord,
    SelectionRecord,
    TraceRecord,
)
from bait_core.traces.build import trace_record
from bait_core.traces.store import SUFFIX, TraceWriter, decode_record, encode_record, read_traces

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
    "read_traces",
    "trace_record",
]
