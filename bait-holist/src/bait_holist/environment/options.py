"""Options of the environment `holist`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from bait_core import Options
from bait_holist.library import Split
from bait_holist.prover.launch import LOAD_TIMEOUT, MEMORY

STATEMENT = "statement"
"""The name of a theorem that is a statement from the user."""


class HolistOptions(Options):
    """What to prove, and with which HOL Light."""

    statement: str | None = Field(
        default=None, description="Statement to prove, in HOL Light's syntax."
    )
    theorems: tuple[str, ...] = Field(
        default=(),
        description="Names of the library theorems to prove (default: all but definitions).",
    )
    files: tuple[str, ...] = Field(
        default=(), description="Only theorems from these library files, such as arith."
    )
    split: Split | None = Field(
        default=None, description="Only theorems of this split: train, valid or test."
    )
    limit: int | None = Field(default=None, ge=1, description="Maximum number of theorems.")
    server: Path | None = Field(
        default=None,
        description="Socket of a running HOL Light (default: the one that `bait holist start` "
        "keeps, or else a new one for this run).",
    )
    memory: int = Field(
        default=MEMORY, ge=512, description="Heap at which a tactic is stopped, in MiB."
    )
    load_timeout: float = Field(
        default=LOAD_TIMEOUT, gt=0, description="Time limit for loading HOL Light, in seconds."
    )

    address: str | None = Field(
        default=None,
        pattern=r"^[^\s/]+:\d+$",
        description="host:port of a HOList server to use in place of a local HOL Light.",
    )
    database: Path | None = Field(
        default=None, description="HOList's theorem database, for use with address."
    )

    @model_validator(mode="after")
    def _one_prover(self) -> Self:
        if self.address is None and self.database is not None:
            raise ValueError("a database needs the address of a HOList server")
        if self.address is not None and self.server is not None:
            raise ValueError("give an address or a server, not both")
        if self.address is not None and self.database is None and self.statement is None:
            raise ValueError("with an address, give a database or a statement (an S-expression)")
        return self

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        selection = self.theorems or self.files or self.split or self.limit
        if self.statement is not None and selection:
            raise ValueError("a statement can't be combined with theorems, files, split or limit")
        return self
