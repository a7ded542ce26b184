"""The tactic model without learning."""

from __future__ import annotations

import itertools
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.domain import (
    NO_PREMISES,
    Definition,
    DefinitionKind,
    Goal,
    Premise,
    PremiseSet,
    Suggestion,
)
from bait_core.protocols.tactic_model import TacticRequest
from bait_lean.automation.model import AutomationModel
from bait_lean.automation.options import AutomationOptions
from bait_lean.automation.premise_ranking import PremiseViews

FACTS = (
    Premise("Nat.add_comm", "∀ (n m : Nat), n + m = m + n", ("Nat", "Eq", "HAdd.hAdd")),
    Premise("Nat.le_of_dvd", "0 < n → m ∣ n → m ≤ n", ("Nat", "Dvd.dvd", "LE.le")),
    Premise("List.map_map", "List.map g (List.map f l) = List.map (g ∘ f) l", ("List.map",)),
)
LIBRARY = PremiseSet("library", FACTS)
APP = Definition("app", DefinitionKind.FUNCTION)


def suggest(
    text: str,
    *symbols: str,
    n: int = 64,
    premises: PremiseSet = NO_PREMISES,
    options: AutomationOptions | None = None,
) -> list[Suggestion]:
    request = TacticRequest(Goal(text, text, symbols), premises)
    return AutomationModel(options).get_tactics([request], n)[0]


def tactics(text: str, *symbols: str, **keywords: object) -> list[str]:
    return [s.tactic for s in suggest(text, *symbols, **keywords)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("⊢ ∀ (x : α), p x → q", "intro x h"),
        ("h : r\n⊢ ∀ (x : α), p x → q → s", "intro x h₁ h₂"),
        ("⊢ ¬p", "intro h"),
        ("⊢ p ∧ q", "constructor"),
        ("⊢ p ↔ q", "constructor <;> intro h"),
        ("⊢ p ∨ q", "left"),
        ("h : ∃ x, p x ∧ q x\n⊢ r", "rcases h with ⟨x, ⟨h, h₁⟩⟩"),
        ("h : p ∨ q\n⊢ r", "rcases h with (h | h₁)"),
        ("h : p → q\nhp : p\n⊢ q", "have h₁ := h hp"),
        ("h : ¬p\n⊢ False", "apply h"),
        ("a b : Nat\nh : a = b\n⊢ b = a", "subst h"),
        ("h : ∀ x, f x = g x\n⊢ f a = g a", "rw [h]"),
        ("f g : α → β\n⊢ f = g", "funext x"),
        ("⊢ (if c then a else b) = b", "split"),
        ("a✝ : p\nx✝ : q\n⊢ r", "rename_i a x"),
        ("n : Nat\n⊢ n = 0 + n", "induction n with | zero => ?_ | succ n ih => ?_"),
        ("n : Nat\nh : n = 2 * 3\n⊢ ∃ k, n = 2 * k", "exact ⟨(n) / 2, by omega⟩"),
        ("a : α\nh : p a\n⊢ ∃ x, p x", "refine ⟨a, ?_⟩"),
    ],
)
def test_the_shape_of_the_goal_decides(text: str, expected: str) -> None:
    assert expected in tactics(text)


def test_definitions_of_the_file_are_unfolded() -> None:
    premises = PremiseSet("", (), definitions=(APP,))
    found = tactics("xs ys : List α\n⊢ app xs ys = ys", "List", "Eq", "app", premises=premises)
    assert {"simp [app]", "grind [app]", "unfold app"} <= set(found)
    assert "induction ys generalizing xs with | nil => ?_ | cons x ys ih => ?_" in found
    assert "unhygienic fun_induction app xs ys" in found


def test_earlier_theorems_of_the_file_are_used() -> None:
    lemma = Premise("Lists.len_snoc", "len (snoc x xs) = len xs + 1", ("len", "snoc", "x"))
    definitions = tuple(
        Definition(name, DefinitionKind.FUNCTION) for name in ("Lists.len", "Lists.rev")
    )
    premises = PremiseSet("library", FACTS, local=(lemma,), definitions=definitions)
    found = tactics(
        "xs : List α\n⊢ Lists.len (Lists.rev xs) = Lists.len xs",
        "Lists.len", "Lists.rev", premises=premises,
    )  # fmt: skip
    assert "rw [Lists.len_snoc]" in found
    assert "simp_all [Lists.len, Lists.rev, Lists.len_snoc]" in found


def test_fitting_premises_come_before_others() -> None:
    goal = Goal("k", "a b : Nat\nh : a ∣ b\n⊢ a ≤ b", ("Nat", "Dvd.dvd", "LE.le"))
    ranked = PremiseViews().of(LIBRARY).rank(goal, 2)
    assert ranked[0].name == "Nat.le_of_dvd"
    assert "apply Nat.le_of_dvd" in tactics(goal.text, *goal.symbols, premises=LIBRARY)


def test_sets_that_share_a_library_share_its_index() -> None:
    views = PremiseViews()
    library = tuple(Premise(f"l{i}", f"f{i} = g{i}", (f"f{i}",)) for i in range(50))
    more = Premise("mine", "h = f7", ("h", "f7"))
    first = views.of(PremiseSet("a", library))
    second = views.of(PremiseSet("a", library, local=(more,)))
    third = views.of(PremiseSet("b", library[:45]))
    assert first.index is second.index is not third.index
    goal = Goal("k", "⊢ h = f49", ("f49", "h"))
    assert [p.name for p in second.rank(goal, 4)][:2] == ["mine", "l49"]
    assert "l49" not in [p.name for p in third.rank(goal, 50)]


def test_quick_closing_tactics_come_first_and_library_search_last() -> None:
    found = tactics("a b : Nat\n⊢ a + b = b + a", "Nat", "HAdd.hAdd")
    assert found[0] == "rfl"
    assert found.index("omega") < found.index("grind") < found.index("exact?")
    assert found[-1] == "exact?"


def test_options_leave_tactics_out() -> None:
    options = AutomationOptions(premises=0, slow=False, disabled=("grind", "omega"))
    found = tactics("a b : Nat\nh : a ∣ b\n⊢ a ≤ b", "Dvd.dvd", premises=LIBRARY, options=options)
    assert found
    assert not [t for t in found if "grind" in t or "omega" in t or "exact?" in t]
    assert not [t for t in found if "le_of_dvd" in t]


def test_a_short_list_keeps_a_mix() -> None:
    premises = PremiseSet("library", FACTS, definitions=(APP,))
    found = tactics("xs ys : List α\nh : p ∧ q\n⊢ app xs ys = ys", "app", n=12, premises=premises)
    assert len(found) == 12
    for kind in ("rfl", "induction", "rcases", "[app]"):
        assert any(kind in tactic for tactic in found), kind


def test_the_same_goal_gets_the_same_suggestions() -> None:
    goal = Goal("k", "t u : Tree\nh : ∃ x, x = t\n⊢ t.size = u.size", ("Tree", "Tree.size"))
    requests = [TacticRequest(goal, LIBRARY)] * 2
    first, second = AutomationModel().get_tactics(requests, 50)
    assert first == second == AutomationModel().get_tactics(requests, 50)[0]


def test_several_goals_count_as_the_first() -> None:
    first = "n : Nat\n⊢ ∃ k, n = ?w"
    assert tactics(f"{first}\n\ncase w\nn : Nat\n⊢ Nat") == tactics(first)


LINES = st.sampled_from(
    [
        "case succ", "α : Type", "x✝ y : α", "h : ∃ x, p x ∧", "h : x = y", "⊢ ", "⊢ p ∨ (q",
        "n m : Nat", "  ∀ (x : α), ¬p", "inst✝ : Foo α", "⊢ IsEven (n + sorry)", "t : Tree α", "",
        "z : α × β := (a, b)", "⊢ ∃ k, n = 2 * k", "| conv", "h : if ?m then x else «a b»",
        "xs : List (Option «weird name»)", "⊢ t.mirror.size = app xs ys", "h : a ∣ b ↔ ¬c → d",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(LINES, max_size=9).map("\n".join))
SYMBOLS = st.lists(
    st.sampled_from(["Nat", "app", "Tree.size", "Tree", "IsEven", "match_1", "a b", "_x", ""]),
    max_size=5,
)


@given(TEXTS, SYMBOLS, st.integers(0, 40))
def test_any_text_gets_valid_suggestions(text: str, symbols: list[str], n: int) -> None:
    kinds = itertools.cycle(DefinitionKind)
    definitions = tuple(Definition(name, next(kinds)) for name in ("app", "Tree.size", "Tree"))
    premises = PremiseSet("library", FACTS, definitions=definitions)
    found = suggest(text, *symbols, n=n, premises=premises)
    assert len(found) <= n
    assert len({s.tactic for s in found}) == len(found)
    assert all(math.isfinite(s.log_probability) and s.log_probability <= 0 for s in found)
    assert sum(math.exp(s.log_probability) for s in found) <= 1 + 1e-9
    weights = [s.log_probability for s in found]
    assert weights == sorted(weights, reverse=True)
    for tactic, _ in found:
        assert tactic.strip() == tactic != ""
        assert not any(word in tactic for word in ("sorry", "native_decide", "✝", "\n"))


def test_ranking_does_not_depend_on_the_size_of_the_library_alone() -> None:
    """Many goals against many premises take less than indexing the premises did."""
    library = tuple(
        Premise(f"l{i}", f"f{i % 97} (g{i}) = h{i % 89}", (f"f{i % 97}", f"h{i % 89}"))
        for i in range(5000)
    )
    premises = PremiseSet("many", library)
    model = AutomationModel()

    def seconds(goals: list[Goal]) -> float:
        start = time.process_time()
        model.get_tactics([TacticRequest(goal, premises) for goal in goals], 32)
        return time.process_time() - start

    first = seconds([Goal("a", "⊢ f1 = h2", ("f1", "h2"))])
    assert seconds([Goal(f"{i}", f"⊢ f{i} = h{i}", (f"f{i}",)) for i in range(10)]) < first
