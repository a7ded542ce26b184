"""Options of the environment `holist`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from bait_core.options import Options
from bait_holist.library import Split
from bait_holist.prover.launch import LOAD_TIMEOUT, MEMORY

STATEMENT = "statement"
"""What a statement of the user is called."""


class HolistOptions(Options):
    """What to prove, and with which HOL Light."""

    statement: str | None = Field(
        default=None, description="A statement to prove, in HOL Light's syntax."
    )
    theorems: tuple[str, ...] = Field(
        default=(), description="Names of library theorems to prove; if empty, all but definitions."
    )
    files: tuple[str, ...] = Field(
        default=(), description="Only theorems of these library files, such as arith."
    )
    split: Split | None = Field(
        default=None, description="Only library theorems of this split: train, valid or test."
    )
    limit: int | None = Field(default=None, ge=1, description="At most so many theorems.")
    server: Path | None = Field(
        default=None,
        description="Socket of a running server; by default the one that `bait holist start` "
        "keeps, or else one that is started and stopped with the run.",
    )
    memory: int = Field(
        default=MEMORY, ge=512, description="MiB of heap at which a tactic is stopped."
    )
    load_timeout: float = Field(
        default=LOAD_TIMEOUT, gt=0, description="Seconds that HOL Light may take to load."
    )

    address: str | None = Field(
        default=None,
        pattern=r"^[^\s/]+:\d+$",
        description="host:port of a HOList server to use instead of a HOL Light on this machine.",
    )
    database: Path | None = Field(
        default=None, description="HOList's theorem database, whose theorems such a server proves."
    )

    @model_validator(mode="after")
    def _one_prover(self) -> Self:
        if self.address is None and self.database is not None:
            raise ValueError("a database is for HOList servers: give the address of one")
        if self.address is not None and self.server is not None:
            raise ValueError("give an address or a server, not both")
        if self.address is not None and self.database is None and self.statement is None:
            raise ValueError("with an address, give a database or a statement (an S-expression)")
        return self

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        selection = self.theorems or self.files or self.split or self.limit
        if self.statement is not None and selection:
            raise ValueError("a statement can't be combined with a choice of library theorems")
        return self
