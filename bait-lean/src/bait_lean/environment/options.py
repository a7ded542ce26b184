"""Options of the environment `lean`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from bait_core import Options
from bait_lean.prover.backend import BackendOptions

GIB = 1 << 30


class LeanOptions(Options):
    """What to prove, with which Lean and within which limits."""

    statement: str | None = Field(
        default=None, description="a theorem to prove, such as `theorem t (a : Nat) : a + 0 = a`"
    )
    file: Path | None = Field(default=None, description="a Lean file whose holes to fill")
    theorems: tuple[str, ...] = Field(
        default=(),
        description="library theorems to prove again, without using them or what comes later",
    )
    only: tuple[str, ...] = Field(
        default=(), description="names of the holes of `file` to prove; all if empty"
    )
    imports: tuple[str, ...] = Field(
        default=("Init",), min_length=1, description="imports for `statement` and `theorems`"
    )
    backend: Literal["auto", "embedded", "native"] = Field(
        default="auto", description="the Lean to use; auto takes a project's own if it is complete"
    )
    project: Path | None = Field(default=None, description="folder of the Lake project")
    repl: Path | None = Field(default=None, description="executable of the project's REPL")
    build_repl: bool = Field(default=False, description="have lean-interact build the REPL")
    memory_limit: int | None = Field(
        default=3 * GIB, ge=GIB, description="bytes of memory that one Lean process may use"
    )
    command_timeout: float = Field(
        default=120.0, gt=0, description="seconds that a command of the text or a check may take"
    )
    allow_axioms: tuple[str, ...] = Field(
        default=(), description="full names of axioms that proofs may rest on besides Lean's three"
    )

    @property
    def backend_options(self) -> BackendOptions:
        """The options that say which Lean to run."""
        return BackendOptions(
            backend=self.backend,
            project=self.project or (self.file.parent if self.file else None),
            repl=self.repl,
            build_repl=self.build_repl,
            memory_limit=self.memory_limit,
        )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("statement", "file", "theorems") if getattr(self, name)]
        if self.statement is not None and not self.statement.strip():
            raise ValueError("the statement is empty")
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"give exactly one of statement, file and theorems; there is {found}")
        if self.only and self.file is None:
            raise ValueError("`only` chooses among the holes of a file; there is no `file`")
        return self
