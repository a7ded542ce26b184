"""Human proofs as traces, as if a search had found each without a detour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bait_core import EdgeRecord, GoalRecord, ProofRecord, TraceRecord
from bait_core.traces.schema import TimingsRecord
from bait_holist.human_proofs.records import HumanProof, HumanStep, LibraryTheorem
from bait_holist.library import Split, split_of

Library = Mapping[str, LibraryTheorem]
"""The library's theorems by name."""


def human_traces(proofs: Iterable[HumanProof], library: Library) -> Iterator[TraceRecord]:
    """The traces of the human proofs, each with a unique name.

    Lemmas within a proof get a name from where they occur, and so does the second theorem where
    the library uses a name twice.
    """
    names = set[str]()
    for number, proof in enumerate(proofs):
        if not proof.is_procedural:
            name = proof.name
            if name is None or name in names:
                name = f"{proof.binding or proof.file} (lemma {number})"
            names.add(name)
            yield human_trace(proof, name, library)


def split_of_proof(proof: HumanProof, library: Library) -> Split:
    """The split of a proof: that of its theorem, or of the theorem whose proof it is a lemma of.

    Of the two, the one that is held out more: a model that is tested on a theorem must not have
    been trained on a lemma in its proof.
    """
    statements = [proof.statement]
    if proof.binding in library:
        statements.append(library[proof.binding].statement)
    return max(map(split_of, statements), key=list(Split).index)


def human_trace(proof: HumanProof, name: str, library: Library) -> TraceRecord:
    """The trace of a human proof.

    The edges are the steps in the order of execution. Their tactics are in the tactic language
    if that gives the same subgoals; otherwise they are the source as it is written, and
    `message` says why.

    Args:
        proof: Each of its goals is a goal of the trace.
        name: The theorem's name in the trace.
        library: Gives the statement as the environment states it.

    The configuration distinguishes these traces from searches: `source` is `human`, `split` the
    split of the proof, and `index` the binding index at which it was proved.
    """
    fact = library.get(name)
    is_fact = fact is not None and fact.statement == proof.statement
    return TraceRecord(
        theorem=name,
        statement=fact.text if fact is not None and is_fact else proof.goals[0].text,
        source=f"{proof.file}:{proof.line}",
        configuration={
            "source": "human",
            "split": split_of_proof(proof, library).value,
            "index": proof.index,
        },
        versions={},
        status="proved",
        started=0.0,
        seconds=0.0,
        expansions=len(proof.steps),
        timings=TimingsRecord(0.0, 0.0, 0.0, 0.0),
        goals=tuple(GoalRecord(g.key, g.text, "proved", g.symbols) for g in proof.goals),
        edges=tuple(map(_edge, proof.steps)),
        proof=_proof(proof),
    )


def _edge(step: HumanStep) -> EdgeRecord:
    tactic = step.tactic if step.is_reproduced and step.tactic is not None else step.source
    return EdgeRecord(
        step.goal,
        tactic,
        0.0,
        "subgoals" if step.subgoals else "proved",
        step.subgoals,
        step.reason or step.deviation,
    )


def _proof(proof: HumanProof) -> ProofRecord | None:
    if proof.script is None:
        return None
    script = proof.linear_script or ()
    text = "\n".join(tactic for tactic, _ in script)
    return ProofRecord(proof.script, text, not proof.fault, proof.fault)
