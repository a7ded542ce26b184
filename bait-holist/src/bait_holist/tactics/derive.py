"""Makes `templates.json` from recorded human proofs: `python -m bait_holist.tactics.derive`.

Only proofs of the training split count, so that the model knows nothing of those it is tested on.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from bait_holist.environment.splits import Split
from bait_holist.human_proofs import (
    HumanProof,
    LibraryTheorem,
    read_human_proofs,
    read_library_theorems,
    split_of_proof,
)
from bait_holist.tactics.templates import TERM_SOURCES

LEAST_COUNT = 5
"""Templates that people used less often are left out."""

_WORD = re.compile(r"`[^`]*`|\"[^\"]*\"|[A-Za-z_][\w']*|\[|\]|[^\s]")
_SEVERAL = re.compile(r"\[ (?:(?:GSYM )?\? ; )+(?:GSYM )?\? \]")


def derive_templates(
    proofs: Iterable[HumanProof], theorems: Mapping[str, LibraryTheorem], least: int = LEAST_COUNT
) -> list[tuple[str, int]]:
    """Templates that occur at least `least` times, with their counts, most frequent first.

    Args:
        proofs: Those of people, in the training split, count, and of these the steps that change
            something.
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


def template_of(tactic: str, theorems: Collection[str]) -> str | None:
    """The tactic with its theorems and terms left out; None if nobody could fill the gaps."""
    words = [_gap(word, theorems) for word in _WORD.findall(tactic)]
    text = _SEVERAL.sub("[?*]", " ".join(words))
    for spaced, plain in (("[ ", "["), (" ]", "]"), ("( ", "("), (" )", ")")):
        text = text.replace(spaced, plain)
    if text.count("?") + text.count("!") > 1:
        return None
    return None if "!" in text and text.partition(" ")[0] not in TERM_SOURCES else text


def _gap(word: str, theorems: Collection[str]) -> str:
    if word.startswith("`"):
        return "!"
    return "?" if word in theorems else word


def main(folder: Path, output: Path) -> None:
    """Derive templates from what `bait holist export --folder FOLDER` wrote."""
    facts = read_library_theorems(folder / "theorems.jsonl.gz")
    theorems = {theorem.name: theorem for theorem in facts}
    templates = derive_templates(read_human_proofs(folder / "proofs.jsonl.gz"), theorems)
    lines = ",\n".join(json.dumps(template) for template in templates)
    output.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
