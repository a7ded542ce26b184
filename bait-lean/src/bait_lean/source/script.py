"""Proofs as structured Lean text: bullets for independent goals, a sequence for coupled ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bait_core import Goal, Proof, ProverError

MAX_STEPS = 10_000

Arrangement = tuple[tuple[int, ...], ...]
"""For each subgoal of a step, the indices of its goals in the list that Lean left."""

Arrangements = Mapping[tuple[str, str], Arrangement]
"""Goal key and tactic -> arrangement; steps whose subgoals are one goal each are left out."""


_NONE: Mapping[tuple[str, str], str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line of a proof, and the goal whose step it belongs to."""

    text: str
    goal: Goal


@dataclass(frozen=True, slots=True)
class _Step:
    """A step to write: at its indentation, and below a bullet or not."""

    goal: Goal
    indent: int
    bullet: bool


def script_text(lines: list[ScriptLine]) -> str:
    """The text of a script."""
    return "\n".join(line.text for line in lines)


def write_script(
    proof: Proof, arrangements: Arrangements, replacements: Mapping[tuple[str, str], str] = _NONE
) -> list[ScriptLine]:
    """`proof` as a block of tactics, in the first column.

    A goal of several coupled Lean goals is proved in sequence, as in the search: each tactic
    runs on the first of them. Bullets focus on one goal, so that where coupled goals stand
    among independent ones the latter are rotated to the front and proved first.

    Args:
        proof: The proof.
        arrangements: How the goals of its steps are arranged.
        replacements: Goal key and tactic -> tactic to write instead.

    Raises:
        ProverError: The proof has more than `MAX_STEPS` steps when it is unfolded.
    """
    if (size := proof.size()) > MAX_STEPS:
        raise ProverError(
            f"the proof has {size} steps when shared goals are written out; "
            f"at most {MAX_STEPS} are written",
        )
    lines: list[ScriptLine] = []
    pending: list[_Step | ScriptLine] = [_Step(proof.root, 0, bullet=False)]
    while pending:
        item = pending.pop()
        if isinstance(item, ScriptLine):
            lines.append(item)
            continue
        step = proof[item.goal]
        key = (item.goal.key, step.tactic)
        lines.extend(_tactic_lines(item, replacements.get(key, step.tactic)))
        arrangement = arrangements.get(key)
        inner = item.indent + 2 if item.bullet else item.indent
        if len(step.subgoals) == 1:
            pending.append(_Step(step.subgoals[0], inner, bullet=False))
        elif arrangement is None:
            pending.extend(_Step(goal, inner, bullet=True) for goal in reversed(step.subgoals))
        else:
            pending.extend(reversed(_arranged(item.goal, step.subgoals, arrangement, inner)))
    return lines


def _tactic_lines(step: _Step, tactic: str) -> list[ScriptLine]:
    pad = " " * step.indent
    first, *others = tactic.strip().split("\n")
    if step.bullet:
        first, others = f"· {first}", [f"  {line}" for line in others]
    return [ScriptLine((pad + line).rstrip(), step.goal) for line in (first, *others)]


def _arranged(
    parent: Goal, subgoals: tuple[Goal, ...], arrangement: Arrangement, indent: int
) -> list[_Step | ScriptLine]:
    """Subgoals of which some have several Lean goals: single ones first, by bullet."""
    items: list[_Step | ScriptLine] = []
    current = sorted(index for indices in arrangement for index in indices)
    order = sorted(range(len(subgoals)), key=lambda number: len(arrangement[number]) > 1)
    for number in order:
        indices = arrangement[number]
        if turn := current.index(indices[0]):
            items.append(ScriptLine(f"{' ' * indent}rotate_left {turn}", parent))
            current = current[turn:] + current[:turn]
        items.append(_Step(subgoals[number], indent, bullet=len(indices) == 1))
        current = [index for index in current if index not in indices]
    return items
