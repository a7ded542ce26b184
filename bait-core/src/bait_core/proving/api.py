"""Proving from Python: what `bait prove` does, as a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bait_core.execution import ExecutionSettings, QuietDisplay, Where
from bait_core.paths import trace_folder
from bait_core.plugins.config import Chosen
from bait_core.proving.plan import ProofRequest, make_plan
from bait_core.proving.results import ProofResults, TheoremResult
from bait_core.proving.run import carry_out


def prove(  # noqa: PLR0913  # one parameter per option of `bait prove`
    what: str | Path | None = None,
    *,
    only: str | Sequence[str] = (),
    allow_axioms: str | Sequence[str] = (),
    environment: Chosen | None = None,
    model: Chosen | None = None,
    search: Chosen | None = None,
    goal_model: Chosen | None = None,
    seconds: float | None = 60.0,
    expansions: int | None = None,
    tactics: int = 64,
    tactic_seconds: float | None = None,
    total_seconds: float | None = None,
    workers: int = 1,
    execution: str | Mapping[str, Any] | ExecutionSettings = Where.THREADS.value,
    seed: int = 0,
    write: bool = False,
    output: str | Path | None = None,
    traces: str | Path | None = None,
    resume: bool = False,
    install: bool = False,
    on_result: Callable[[TheoremResult], None] | None = None,
) -> ProofResults:
    """Prove a statement, the holes of a file, or theorems that an environment has of its own.

    Every proof is checked by a fresh prover. A plugin is given by its name, or as in a
    configuration by name and options: `search={"name": "best-first", "batch_size": 4}`.

    Args:
        what: A statement, or a file whose holes are to be filled (a `Path` always is a file); None
            for the theorems that the environment has of its own.
        only: Names of the holes or theorems to prove; empty for all.
        allow_axioms: Axioms of the file that proofs may use.
        environment: Where to prove; None for the one that takes `what`.
        model: The tactic model; None for the environment's own.
        search: The search model; None for best-first.
        goal_model: The goal model; None for the search's own.
        seconds: Wall time per theorem; None for no limit.
        expansions: Goals expanded per theorem, at most.
        tactics: Tactics proposed per goal.
        tactic_seconds: Time limit of one tactic; None for the environment's own.
        total_seconds: Wall time for the whole run.
        workers: Theorems searched at a time.
        execution: What runs the searches: `threads`, `processes` or `ray`; or the section
            `execution` of a configuration. Worker processes import the calling script, which
            therefore must call `prove` below `if __name__ == "__main__":`.
        seed: The random seed.
        write: Put the proofs into the file.
        output: Write the filled file there instead.
        traces: Folder for the records of the searches; None for the user's own.
        resume: Resume the newest interrupted run of the same plan.
        install: Install missing parts of the prover; otherwise they are an error.
        on_result: Called with each result as soon as it is known, from the thread of the search;
            whether the proof fits into the file is known only in the end.

    A record that can't be written is a `TraceWarning`, and costs no proof.

    Returns:
        The results in the order of the theorems, with proofs and the text of the filled file.

    Raises:
        KeyboardInterrupt: Ctrl-C ended the run; what was found is recorded, and was handed to
            `on_result`.
        BaitError: What to prove is not usable, or the run broke down; what was found is recorded.
    """
    limits = {
        "seconds": seconds,
        "expansions": expansions,
        "tactics": tactics,
        "tactic_seconds": tactic_seconds,
    }
    plan = make_plan(
        ProofRequest(
            what=what,
            only=only,
            allow_axioms=allow_axioms,
            environment=environment,
            model=model,
            search=search,
            goal_model=goal_model,
            settings=limits,
            run={"workers": workers, "total_seconds": total_seconds},
            execution={"where": execution} if isinstance(execution, str) else dict(execution),
            seed=seed,
            write=write,
            output=None if output is None else Path(output),
        )
    )
    if install:
        plan.target.prepare(yes=True)
    return carry_out(
        plan,
        trace_folder() if traces is None else Path(traces),
        QuietDisplay(),
        resume=resume,
        on_result=on_result or (lambda _: None),
    )
