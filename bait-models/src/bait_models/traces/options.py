"""Options of the trace processors; light, since listing plugins imports them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bait_core.plugins.options import Options


class HolistStepsOptions(Options):
    """What HOL Light's library is."""

    library: Path = Field(
        description="theorems.jsonl.gz, which `bait holist export --folder FOLDER` writes"
    )


class Seq2SeqOptions(Options):
    """What the names of premises are."""

    corpus: Path | None = Field(
        default=None,
        description="premises by name (jsonl.gz); without it, examples name no premises",
    )
