"""Reading printed goals and formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.domain import Definition, DefinitionKind, Goal, Premise, PremiseSet
from bait_lean.automation.formula import Shape, find_words, parse_formula, split_all
from bait_lean.automation.goal_text import Hypothesis, parse_goal
from bait_lean.automation.premise_ranking import PremiseViews
from bait_lean.automation.vocabulary import Vocabulary, applications, vocabulary_of

GOAL = """case node.inl
α : Type u_1
inst✝ : DecidableEq α
l r : Tree α
x✝ : α
n : Nat := 5
f : α → Nat
p : α → Prop
ih : l.mirror.size =
    l.size
h : ∀ (y : α),
  p y → f y < n
⊢ (l.node x✝ r).mirror.size =
    (l.node x✝ r).size

case node.inr
α : Type u_1
⊢ True"""


def test_a_goal_is_split_into_tag_hypotheses_and_target() -> None:
    goal = parse_goal(GOAL)
    assert goal.case == "node.inl"
    assert goal.target == "(l.node x✝ r).mirror.size = (l.node x✝ r).size"
    assert [h.name for h in goal.hypotheses] == [
        "α", "inst✝", "l", "r", "x✝", "n", "f", "p", "ih", "h"
    ]  # fmt: skip
    assert goal.hypotheses[5] == Hypothesis("n", "Nat", "5")
    assert goal.hypotheses[8].type == "l.mirror.size = l.size"


def test_values_and_facts_are_told_apart() -> None:
    goal = parse_goal(GOAL)
    assert [h.name for h in goal.data] == ["l", "r", "n", "f", "p"]
    assert [h.name for h in goal.facts] == ["ih", "h"]


def test_a_fact_whose_type_shows_no_connective_is_a_fact() -> None:
    goal = parse_goal("m n : Nat\nhm : IsEven m\nhp : p\np : Prop\n⊢ IsEven (m + n)")
    assert [h.name for h in goal.data] == ["m", "n"]
    assert [h.name for h in goal.facts] == ["hm", "hp"]


@pytest.mark.parametrize(
    ("text", "shape", "left", "right"),
    [
        ("p ∧ q → r", Shape.IMPLIES, "p ∧ q", "r"),
        ("(p → q) ∨ r", Shape.OR, "p → q", "r"),
        ("p ∨ ∃ x, q x ∧ r", Shape.OR, "p", "∃ x, q x ∧ r"),
        ("¬p ↔ q", Shape.IFF, "¬p", "q"),
        ("¬(p ∧ q)", Shape.NOT, "p ∧ q", ""),
        ("∀ (x y : α), x = y", Shape.FORALL, "(x y : α)", "x = y"),
        ("∃ k, n = k + k", Shape.EXISTS, "k", "n = k + k"),
        ("(f fun x => x = x) = g", Shape.EQUAL, "f fun x => x = x", "g"),
        ("a ∣ b * c", Shape.RELATION, "a", "b * c"),
        ("Injective (g ∘ f)", Shape.ATOM, "", ""),
        ("(((False)))", Shape.FALSE, "", ""),
        ("(a, b) = (c, d)", Shape.EQUAL, "(a, b)", "(c, d)"),
        ("a + (if p then b else c) ≤ d", Shape.RELATION, "a + (if p then b else c)", "d"),
    ],
)
def test_the_weakest_outer_connective_decides(
    text: str, shape: Shape, left: str, right: str
) -> None:
    formula = parse_formula(text)
    assert (formula.shape, formula.left, formula.right) == (shape, left, right)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("∀ x y, p", ("x", "y")),
        ("∀ ⦃a b : α⦄ {c : β} [inst : Foo α] (d : γ), p", ("a", "b", "c", "inst", "d")),
        ("∃ x ∈ xs, p x", ("x",)),
        ("∀ (f : (x : α) → β x), p", ("f",)),
    ],
)
def test_bound_names(text: str, names: tuple[str, ...]) -> None:
    assert parse_formula(text).variables == names


def test_chains_are_flattened_to_the_right() -> None:
    parts = split_all(parse_formula("p ∧ (q ∨ r) ∧ s"), Shape.AND)
    assert [part.text for part in parts] == ["p", "q ∨ r", "s"]


def test_words_have_the_prefixes_of_dotted_names() -> None:
    assert find_words("Tree.size t.l ≤ 3") >= {"Tree.size", "Tree", "t", "t.l"}


@given(st.text(alphabet="∀∃¬∧∨→↔=(){}⟨⟩,:.x✝ 1hfun?", max_size=60))
def test_any_text_is_some_formula(text: str) -> None:
    formula = parse_formula(text)
    assert len(formula.left) + len(formula.right) <= len(text)


@given(st.text(alphabet="⊢:case \n✝xyz=→∧().", max_size=80))
def test_any_text_is_some_goal(text: str) -> None:
    goal = parse_goal(text)
    assert all(h.name.strip() for h in goal.hypotheses)


DEFINITIONS = (
    Definition("Tree", DefinitionKind.TYPE),
    Definition("Tree.size", DefinitionKind.FUNCTION),
    Definition("Tree.mirror", DefinitionKind.FUNCTION),
    Definition("Full", DefinitionKind.PREDICATE),
    Definition("Even", DefinitionKind.INDUCTIVE_PREDICATE),
)
SIZE_MIRROR = Premise("Tree.size_mirror", "∀ (t : Tree), t.mirror.size = t.size", ("Tree.mirror",))


def vocabulary(text: str, *symbols: str) -> Vocabulary:
    premises = PremiseSet("", (), local=(SIZE_MIRROR,), definitions=DEFINITIONS)
    return vocabulary_of(Goal("", text, symbols), PremiseViews().of(premises))


def test_the_users_constants_are_those_that_the_text_defines() -> None:
    symbols = ("Eq", "HAdd.hAdd", "Tree.mirror", "Tree.leaf", "Even", "Tree.size", "Full", "Tree")
    assert vocabulary("⊢ p", *symbols) == Vocabulary(
        functions=("Tree.mirror", "Tree.size"),
        predicates=("Full",),
        rules=("Even",),
        lemmas=("Tree.size_mirror",),
    )
    assert vocabulary("⊢ Even (Tree.size t)", "Eq") == Vocabulary()


def test_without_symbols_the_text_is_read() -> None:
    own = vocabulary("t : Tree\nh : Even (fun k => k + depth t)\n⊢ t.mirror = t")
    assert own.functions == ("Tree.mirror",)
    assert (own.predicates, own.rules) == ((), ("Even",))
    assert own.predicate_words == {"Even"}


def test_applications_are_found_in_both_notations() -> None:
    assert applications("app", "app xs ys = app (f xs) []") == [("xs", "ys")]
    assert applications("Tree.size", "t.size = Tree.size u + t.sizes") == [("u",), ("t",)]
