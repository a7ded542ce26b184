"""Derives `templates.json` from human proofs: `python -m bait_holist.tactics.derive`.

Only proofs of the training split count, so that the model knows nothing of the test split.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from bait_holist.human_proofs import (
    HumanProof,
    LibraryTheorem,
    read_human_proofs,
    read_library_theorems,
    split_of_proof,
)
from bait_holist.library import Split
from bait_holist.tactics.templates import template_of

LEAST_COUNT = 5
"""Rarer templates are left out."""


def derive_templates(
    proofs: Iterable[HumanProof], theorems: Mapping[str, LibraryTheorem], least: int = LEAST_COUNT
) -> list[tuple[str, int]]:
    """Templates that occur at least `least` times, with their counts, most frequent first.

    Args:
        proofs: Of these, the steps of human proofs in the training split that change the goal
            are counted.
        theorems: The library's theorems by name.
        least: How often a template must occur.
    """
    tactics = (
        step.tactic
        for proof in proofs
        if not proof.is_procedural and split_of_proof(proof, theorems) == Split.TRAIN
        for step in proof.steps
        if step.tactic is not None and step.subgoals != (step.goal,)
    )
    counts = Counter(template_of(tactic, theorems) for tactic in tactics)
    return [(text, count) for text, count in counts.most_common() if text and count >= least]


def main(folder: Path, output: Path) -> None:
    """Derive templates from the export in `folder`, written by `bait holist export`."""
    facts = read_library_theorems(folder / "theorems.jsonl.gz")
    theorems = {theorem.name: theorem for theorem in facts}
    templates = derive_templates(read_human_proofs(folder / "proofs.jsonl.gz"), theorems)
    lines = ",\n".join(json.dumps(template) for template in templates)
    output.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
