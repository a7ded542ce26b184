"""The rules of acceptance, on reports made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.domain import Edit, Foundations, apply_edits
from bait_lean.checking.acceptance import (
    Declared,
    closed,
    difference,
    forbidden,
    judge,
    reach,
    relied_on,
    undermined,
)
from bait_lean.process.reports import ConstantReport, graph_of, visible_name
from bait_lean.source.positions import (
    Lines,
    Position,
    left_open,
    offset_after,
    offset_before,
    replace_sorries,
)

HOLE = Position(2, 4)
OTHER = Position(3, 4)
NOTHING_LEFT: frozenset[Position] = frozenset()


def constant(name: str, **changes: Any) -> ConstantReport:
    """A theorem that rests on nothing, with changes."""
    given: dict[str, Any] = {
        "kind": "theorem",
        "type": f"type of {name}",
        "position": Position(1, 0),
        "internal": False,
        "unsafe": False,
        "uses": (),
        "axioms": (),
        "sorries": (),
        "proves": True,
    }
    return ConstantReport(name=name, **(given | changes))


def declared(*constants: ConstantReport, before: tuple[ConstantReport, ...] = ()) -> Declared:
    return Declared.after(graph_of([before]), constants)


OPEN = declared(constant("t", sorries=(HOLE,)))


def objection(filled: Declared, original: Declared = OPEN, allowed: str = "") -> str:
    names = frozenset({allowed} if allowed else ())
    return judge(original, filled, NOTHING_LEFT, names).objection


def test_a_declaration_that_rests_on_nothing_is_proved() -> None:
    judgement = judge(OPEN, declared(constant("t", axioms=("propext",))), NOTHING_LEFT)
    assert judgement.objection == ""
    assert judgement.foundations(str) == Foundations()


@pytest.mark.parametrize(
    ("filled", "why"),
    [
        ((), "Lean keeps nothing"),
        ((constant("u"),), "declares u, too"),
        ((constant("t"), constant("u")), "declares u, too"),
        ((constant("t", type="another"),), "declares t otherwise"),
        ((constant("t", kind="axiom"),), "declares t otherwise"),
    ],
    ids=["nothing", "renamed", "more", "type", "kind"],
)
def test_the_text_declares_what_it_declared(filled: tuple[ConstantReport, ...], why: str) -> None:
    assert why in objection(declared(*filled))


def test_declarations_keep_their_order_and_are_all_there() -> None:
    one, two = constant("one", sorries=(HOLE,)), constant("two")
    assert "does not declare two" in objection(declared(one), declared(one, two))
    assert "another order" in objection(declared(two, one), declared(one, two))


def test_auxiliaries_and_what_stands_below_a_declaration_may_come_and_go() -> None:
    auxiliary = constant("t._proof_1", internal=True)
    local = constant("t.go")
    assert "declares tx, too" in objection(declared(constant("t"), constant("tx")))
    axiom = constant("t._aux", internal=True, axioms=("bad",))
    assert "the axiom bad" in objection(declared(constant("t"), axiom))
    assert objection(declared(constant("t", uses=("t._proof_1", "t.go")), auxiliary, local)) == ""
    before = declared(constant("t", sorries=(HOLE,)), auxiliary)
    assert objection(declared(constant("t")), before) == ""


def test_values_count_of_data_and_not_of_proofs() -> None:
    data = constant("d", kind="def", proves=False, value="1", sorries=(HOLE,))
    other = constant("d", kind="def", proves=False, value="2")
    assert "declares d otherwise" in objection(declared(other), declared(data))
    proof = constant("d", kind="def", value="1", sorries=(HOLE,))
    assert objection(declared(constant("d", kind="def", value="2")), declared(proof)) == ""


def test_auxiliary_definitions_count_where_they_give_data_their_meaning() -> None:
    def recursive(value: str, kind: str = "def", *, proves: bool = False) -> Declared:
        f = constant("f", kind=kind, proves=proves, value="f._unary", uses=("f._unary",))
        unary = constant(
            "f._unary", kind="def", internal=True, proves=False, value=value, uses=("f.match_1",)
        )
        match = constant("f.match_1", kind="def", internal=True, proves=False, value=value)
        return declared(f, unary, match)

    assert difference(recursive("1"), recursive("1")) == ""
    assert "declares f._unary otherwise" in difference(recursive("1"), recursive("2"))
    found = difference(recursive("1"), recursive("2"), lambda name: name == "f._unary")
    assert "declares f.match_1 otherwise" in found
    assert difference(recursive("1"), recursive("2"), lambda _: True) == ""
    theorem = recursive("1", "theorem", proves=True)
    assert difference(theorem, recursive("2", "theorem", proves=True)) == ""


def test_the_kernel_may_say_that_another_term_means_the_same() -> None:
    filled = declared(constant("t", type="another"))
    assert judge(OPEN, filled, NOTHING_LEFT, is_same=lambda name: name == "t").objection == ""


@pytest.mark.parametrize("name", ["bad", "A.bad", "_private.M.0.A.bad"], ids=str)
def test_axioms_of_the_text_count_where_they_are_allowed_by_name(name: str) -> None:
    axiom = constant(name, kind="axiom")
    filled = declared(constant("t", uses=(name,)), before=(axiom,))
    shown = visible_name(name)
    assert objection(filled) == f"the proof rests on the axiom {shown}"
    assert "the axiom" in objection(filled, allowed=f"Other.{shown}")
    judgement = judge(OPEN, filled, NOTHING_LEFT, frozenset({shown}))
    assert judgement.objection == ""
    assert judgement.foundations(str) == Foundations(axioms=(shown,))


def test_an_axiom_of_the_text_is_none_of_leans_whatever_its_name() -> None:
    axiom = constant("_private.M.0.propext", kind="axiom")
    filled = declared(constant("t", uses=(axiom.name,)), before=(axiom,))
    assert objection(filled) == "the proof rests on the axiom propext"


def test_axioms_are_found_through_auxiliaries_and_in_what_nobody_uses() -> None:
    axiom = constant("bad", kind="axiom")
    through = declared(
        constant("t", uses=("t._proof_1",)),
        constant("t._proof_1", internal=True, uses=("bad",)),
        before=(axiom,),
    )
    beside = declared(constant("t"), constant("t.step", uses=("bad",)), before=(axiom,))
    assert "the axiom bad" in objection(through)
    assert "the axiom bad" in objection(beside)


@pytest.mark.parametrize(
    "name",
    [
        "sorryAx",
        "Lean.reduceBool",
        "Lean.reduceNat",
        "Lean.ofReduceBool",
        "Lean.ofReduceNat",
        "Lean.trustCompiler",
        "lcProof",
        "lcUnreachable",
        "lcAny",
    ],
)
def test_what_proves_anything_is_never_allowed(name: str) -> None:
    lemma = constant("lemma", axioms=(name,))
    filled = declared(constant("t", uses=("lemma",)), before=(lemma,))
    assert name in objection(filled)
    assert name in objection(filled, allowed=name)


def test_filling_adds_no_use_of_what_is_open() -> None:
    helper = constant("helper", sorries=(OTHER,))
    uses = constant("t", uses=("helper",))
    assert "helper" in objection(declared(uses, before=(helper,)), OPEN)
    original = declared(constant("t", sorries=(HOLE,), uses=("helper",)), before=(helper,))
    judgement = judge(original, declared(uses, before=(helper,)), NOTHING_LEFT)
    assert judgement.objection == ""
    assert judgement.foundations(str).open == ("helper",)


def test_an_open_auxiliary_is_told_by_its_declaration() -> None:
    before = (
        constant("d", kind="def", uses=("d._proof_1",)),
        constant("d._proof_1", internal=True, sorries=(OTHER,)),
    )
    uses = declared(constant("t", uses=("d",)), before=before)
    original = declared(constant("t", sorries=(HOLE,), uses=("d",)), before=before)
    assert judge(original, uses, NOTHING_LEFT).open_constants == ("d",)


@pytest.mark.parametrize("place", [HOLE, OTHER, None], ids=["hole", "elsewhere", "nowhere"])
def test_only_holes_that_are_left_may_have_a_sorry(place: Position | None) -> None:
    filled = declared(constant("t", sorries=(place,)))
    assert objection(filled) == "the proof uses `sorry`"
    judgement = judge(OPEN, filled, frozenset({OTHER}))
    assert bool(judgement.objection) is (place != OTHER)
    if place == OTHER:
        assert judgement.foundations(lambda p: f"{p and p.line}").open == ("`sorry` 3",)


def test_what_the_kernel_has_not_checked_proves_nothing() -> None:
    lemma = constant("lemma", unsafe=True)
    assert "lemma" in objection(declared(constant("t", uses=("lemma",)), before=(lemma,)))
    code = constant("t._unsafe_rec", kind="def", internal=True, unsafe=True)
    assert objection(declared(constant("t"), code)) == ""
    assert "_unsafe_rec" in objection(declared(constant("t", uses=(code.name,)), code))


def test_what_lean_has_not_told_of_proves_nothing() -> None:
    assert "does not declare: ghost" in objection(declared(constant("t", uses=("ghost",))))


def test_a_hole_in_a_declaration_that_is_not_kept_is_not_judged() -> None:
    judgement = judge(OPEN, declared(constant("t")), NOTHING_LEFT, is_kept=False)
    assert "keeps nothing" in judgement.objection


def test_proofs_may_not_use_what_their_declaration_does_not_rest_on() -> None:
    before = (
        constant("axiom_", kind="axiom"),
        constant("open_", sorries=(OTHER,)),
        constant("data", kind="def", proves=False, sorries=(OTHER,)),
        constant("fine"),
        constant("through", uses=("open_",)),
    )
    plain = declared(constant("t", sorries=(HOLE,)), before=before)
    assert forbidden(plain, frozenset()) == ("axiom_", "open_", "data", "through")
    assert "axiom_" not in forbidden(plain, frozenset({"axiom_"}))
    assert (
        forbidden(declared(constant("t", uses=("axiom_",)), before=before[:1]), frozenset()) == ()
    )
    about = declared(constant("t", sorries=(HOLE,), uses=("data", "open_")), before=before)
    assert forbidden(about, frozenset()) == ("axiom_", "open_", "through")


@st.composite
def texts(draw: st.DrawFn) -> Declared:
    """A declaration, each constant before which uses earlier ones."""
    names = [f"c{number}" for number in range(draw(st.integers(1, 8)))]
    found: list[ConstantReport] = []
    for number, name in enumerate([*names, "t"]):
        used = draw(st.sets(st.sampled_from(names[:number]))) if number else set()
        kind = draw(st.sampled_from(["theorem", "def", "axiom"])) if name != "t" else "theorem"
        sorries = (OTHER,) if draw(st.booleans()) else ()
        found.append(constant(name, kind=kind, uses=tuple(sorted(used)), sorries=sorries))
    return declared(found[-1], before=tuple(found[:-1]))


@given(texts(), st.frozensets(st.sampled_from(["c0", "c1", "c2"])))
def test_what_is_forbidden_is_told_by_what_each_constant_rests_on(
    text: Declared, allowed: frozenset[str]
) -> None:
    base, relied = text.reach(), relied_on(text)
    refused = []
    for name in text.graph.keys() - text.names:
        found = reach((name,), text.graph)
        known = base.sorries.keys() if name in relied else set()
        if found.sorries.keys() - known or found.axioms - base.axioms - allowed:
            refused.append(name)
    assert sorted(refused) == sorted(forbidden(text, allowed))


def test_a_declaration_that_was_not_filled_keeps_its_foundations() -> None:
    before, after = declared(constant("t")), declared(constant("t", sorries=(None,)))
    assert difference(before, after) == ""
    assert undermined(before, before) == ""
    assert "rests on t" in undermined(before, after)
    assert "rests on bad" in undermined(before, declared(constant("t", axioms=("bad",))))


def test_a_declaration_as_it_stands() -> None:
    assert closed(declared(constant("t")), frozenset()).foundations(str) == Foundations()
    assert closed(OPEN, frozenset()).open_holes == (HOLE,)
    axiom = constant("bad", kind="axiom")
    uses = declared(constant("t", uses=("bad",)), before=(axiom,))
    assert "the axiom bad" in closed(uses, frozenset()).objection
    assert closed(uses, frozenset({"bad"})).axioms == ("bad",)
    assert "unsafe" in closed(declared(constant("t", unsafe=True)), frozenset()).objection
    assert "ghost" in closed(declared(constant("t", uses=("ghost",))), frozenset()).objection


# Places ----------------------------------------------------------------------------------------

TEXTS = st.text(alphabet="ab\n𝒜", max_size=30)


@st.composite
def texts_and_edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(TEXTS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [Edit(start, end, draw(TEXTS)) for start, end in pairs]


@given(TEXTS, st.integers(0, 30))
def test_a_place_is_an_offset_and_back(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    lines = Lines(text)
    assert lines.offset(lines.position(offset)) == offset


@given(texts_and_edits())
def test_what_is_not_edited_is_found_again(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    filled = apply_edits(text, edits)
    for offset, letter in enumerate(text):
        after = offset_after(offset, edits)
        if after is not None:
            assert filled[after] == letter
            assert offset_before(after, edits) == offset
    new = {offset_before(offset, edits) for offset in range(len(filled))}
    assert new <= {*range(len(text)), *(edit.start for edit in edits)}


def test_sorries_that_are_not_replaced_are_left() -> None:
    text = "a sorry\nb sorry"
    places = [Lines(text).position(2), Lines(text).position(10), None]
    edit = Edit(2, 7, "x\ny")
    assert left_open(text, places, [edit]) == {Position(3, 2)}
    assert replace_sorries(text, places, [edit])
    assert not replace_sorries(text, places, [edit, Edit(0, 1, "c")])
