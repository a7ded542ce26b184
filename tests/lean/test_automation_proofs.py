"""The tactic model's suggestions, tried on the real Lean."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bait_core.domain import Failed, FailureKind, Outcome, Proved, Subgoals
from bait_core.protocols.tactic_model import TacticRequest
from bait_lean.automation.model import AutomationModel
from bait_lean.environment.session import LeanSession

from .proving import LIMIT, file_environment, needs_lean

pytestmark = needs_lean

# What each theorem needs is in the comment.
ONE_STEP = """
inductive Tree where
  | leaf
  | node (l r : Tree)

namespace Tree

def mirror : Tree → Tree
  | leaf => leaf
  | node l r => node (mirror r) (mirror l)

def size : Tree → Nat
  | leaf => 0
  | node l r => size l + size r + 1

-- induction, and the definition
theorem mirror_mirror (t : Tree) : t.mirror.mirror = t := by sorry

-- induction, two definitions, and arithmetic
theorem size_mirror (t : Tree) : t.mirror.size = t.size := by sorry

-- the theorem before
theorem size_twice (t : Tree) : t.mirror.size + t.mirror.size = 2 * t.size := by sorry

end Tree

def app : List Nat → List Nat → List Nat
  | [], ys => ys
  | x :: xs, ys => x :: app xs ys

-- functional induction, or induction on the right variable
theorem length_app (xs ys : List Nat) : (app xs ys).length = xs.length + ys.length := by sorry

def Injective {α β : Type} (f : α → β) : Prop := ∀ a b, f a = f b → a = b

-- the definition, in hypotheses and target
theorem injective_comp {α : Type} {f g : α → α} (hf : Injective f) (hg : Injective g) :
    Injective (g ∘ f) := by sorry
"""

ODD_SHAPES = """
def Even (n : Nat) : Prop := ∃ k, n = 2 * k

theorem odd (p q : Prop) (f : Nat → Nat) (xs : List (Nat × Option Bool)) (n k : Nat)
    (h : ∃ x, f x = 1 ∧ (p ∨ q)) (hn : Even n) (hk : n = k) (hd : k ∣ n) (hp : p → q → ¬Even k) :
    ∃ m, (if m = k then xs.length else n) = f m ∧ Even (n + k) := by sorry
"""


def first_proof(session: LeanSession) -> str:
    """The first suggestion that proves the theorem at once, or nothing."""
    request = TacticRequest(session.root, session.retrieve_premises(session.root))
    for tactic, _ in AutomationModel().get_tactics([request], 64)[0]:
        if isinstance(session.run_tactics(session.root, [tactic], LIMIT)[0], Proved):
            return tactic
    return ""


def test_textbook_theorems_fall_in_one_step(tmp_path: Path) -> None:
    with closing(file_environment(tmp_path, ONE_STEP)) as environment:
        found = {}
        for theorem in environment.theorems():
            with environment.start(theorem) as session:
                found[theorem.name] = first_proof(session)
    assert len(found) == 5
    assert all(found.values()), found


def test_suggestions_are_tactics_that_this_lean_knows(tmp_path: Path) -> None:
    """They may fail, but neither in the parser nor at the guard, here and one step later."""
    model = AutomationModel()
    with closing(file_environment(tmp_path, ODD_SHAPES)) as environment:
        [theorem] = environment.theorems()
        with environment.start(theorem) as session:
            goals = [session.root]
            outcomes: dict[str, Outcome] = {}
            for depth in range(2):
                requests = [TacticRequest(g, session.retrieve_premises(g)) for g in goals[:4]]
                for request, found in zip(requests, model.get_tactics(requests, 96), strict=True):
                    # Library search takes its time, and always parses.
                    tactics = [s.tactic for s in found if s.tactic != "exact?"]
                    results = session.run_tactics(request.goal, tactics, 2.0)
                    outcomes |= dict(zip((f"{depth} {t}" for t in tactics), results, strict=True))
                goals = [g for o in outcomes.values() if isinstance(o, Subgoals) for g in o.goals]
    assert len(outcomes) > 100
    assert any(isinstance(outcome, Subgoals) for outcome in outcomes.values())
    refused = {t: o for t, o in outcomes.items() if isinstance(o, Failed) and _not_lean(o)}
    assert not refused


def _not_lean(failure: Failed) -> bool:
    signs = ("<input>", "expected token", "unexpected token", "unknown tactic", "parse")
    return failure.kind in {FailureKind.REJECTED, FailureKind.CRASH} or any(
        sign in failure.message for sign in signs
    )
