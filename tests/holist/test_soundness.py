"""What counts as proved in HOL Light: hostile tactics, statements and libraries are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from bait_core.domain import CheckResult, Failed, PremiseSet, Proof, ProofStep, Proved, Theorem
from bait_core.errors import TheoremError
from bait_holist.environment.environment import HolistEnvironment
from bait_holist.environment.options import HolistOptions
from bait_holist.environment.session import HolistSession, HolistTask
from bait_holist.errors import LoadError
from bait_holist.library import Library
from bait_holist.prover.axioms import check_axioms
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.connector import Connector
from bait_holist.prover.launch import Server
from bait_holist.prover.replies import Axiom, CheckedProof
from bait_holist.terms import parse

from .conftest import KeptHolLight
from .provers import apply, prove, session
from .unguarded import any_ocaml

pytestmark = pytest.mark.hol

FALSE = "(c (bool) F)"
TRUE = "(c (bool) T)"
SMUGGLED = "UNDISCH (EQ_IMP_RULE_LEFT _FALSITY_)"
"""A theorem that says `F`, under an assumption that says the same."""

HOSTILE_TEXTS = [
    # what is not in the table, also under other names
    "CHEAT_TAC",
    "ACCEPT_TAC (mk_thm ([], `F`))",
    "ACCEPT_TAC (new_axiom `F`)",
    "CONTR_TAC (new_axiom `F`)",
    "MP_TAC (new_basic_definition `f = F`)",
    "MP_TAC (new_definition `f = F`)",
    "MP_TAC (new_specification [] TRUTH)",
    "MP_TAC (mk_fthm ([], `F`))",
    "Obj.magic TRUTH",
    "(fun g -> null_meta,[],(fun i ths -> TRUTH))",
    "let th = TRUTH in ACCEPT_TAC th",
    "ALL_TAC;; let axioms () = [];; CHEAT_TAC",
    "ACCEPT_TAC (Sequent ([], `F`))",
    "ACCEPT_TAC (Hol.new_axiom `F`)",
    "EVAL_TAC",
    "(* ARITH_TAC *)",
    # hypotheses smuggled into the theorem
    "ACCEPT_TAC (ASSUME `F`)",
    "CONTR_TAC (ASSUME `F`)",
    "CONTR_TAC (ASSUME `!p:bool. p`)",
    "MATCH_ACCEPT_TAC (SPEC `F` (ASSUME `!p:bool. p`))",
    "ACCEPT_TAC (UNDISCH (TAUT `F ==> F`))",
    "ACCEPT_TAC (EQ_MP (ASSUME `T = F`) TRUTH)",
    "ASM_MESON_TAC [ASSUME `F`]",
    "REWRITE_TAC [ASSUME `F = T`]",
    "MP_TAC (ADD_ASSUM `F` TRUTH)",
    "DISJ_CASES_TAC (ASSUME `F \\/ F`)",
    "SUBST1_TAC (ASSUME `F = T`)",
    "CHOOSE_TAC (ASSUME `?x:bool. F`)",
    # the same with the assumption by which HOL Light marks what is not proved yet
    f"ACCEPT_TAC ({SMUGGLED})",
    f"CONTR_TAC ({SMUGGLED})",
    "ACCEPT_TAC (EQ_MP _FALSITY_ (ASSUME `_FALSITY_`))",
    f"thenl_ (RAW_SUBGOAL_TAC `T`) [ACCEPT_TAC TRUTH; ACCEPT_TAC ({SMUGGLED})]",
    # theorems that say something else, or nothing
    "ACCEPT_TAC TRUTH",
    "MATCH_ACCEPT_TAC EQ_REFL",
    "ACCEPT_TAC (INST [(`F`, `T`)] TRUTH)",
    "CONV_TAC ALL_CONV",
    "REFL_TAC",
    pytest.param("ACCEPT_TAC \ud800", id="half a character"),
]


@pytest.mark.parametrize("tactic", HOSTILE_TEXTS)
def test_hostile_texts_prove_nothing(hol_light: Server, tactic: str) -> None:
    with attempt(hol_light, "F") as proving:
        assert not isinstance(apply(proving, proving.root, tactic), Proved)
        assert not check(proving, tactic).accepted


def test_a_step_can_not_borrow_the_mark_of_what_is_not_proved(hol_light: Server) -> None:
    with attempt(hol_light, "F") as proving:
        tactic = f"thenl_ (RAW_SUBGOAL_TAC `T`) [ALL_TAC; ACCEPT_TAC ({SMUGGLED})]"
        outcome = apply(proving, proving.root, tactic)
        assert isinstance(outcome, Failed)
        assert "additional assumptions" in outcome.message


@contextmanager
def attempt(server: Server, statement: str) -> Iterator[HolistSession]:
    """A session on a statement, without the list of premises: reading the library takes seconds."""
    with (
        closing(Connector(server=server.socket)) as connector,
        closing(connector.connect()) as worker,
    ):
        term, _ = worker.parse(statement)
        task = HolistTask("statement", term, None, PremiseSet("none", ()))
        with closing(HolistSession(task, connector)) as opened:
            yield opened


def check(proving: HolistSession, tactic: str) -> CheckResult:
    """What the check says to a proof of one step, whatever the search said to it."""
    step = ProofStep(proving.root, tactic, ())
    return proving.check(Proof(proving.root, {proving.root.key: step}))


# With the guard off: any OCaml that has the type of a tactic.

CHANGES = "the proof changed the theory: it added the "
OTHER = "another theorem was proved"
ASSUMPTIONS = "additional assumptions"
BY = "fun (asl,w) -> null_meta,[],(fun i ths -> {})"
"""A tactic that comes up with a theorem of its own."""

# Statement, OCaml, and what the check finds. A true statement stands for one that needs no help.
HOSTILE_OCAML = [
    ("F", "CHEAT_TAC", f"{CHANGES}axiom |- F"),
    ("F", "ACCEPT_TAC(mk_thm([],`F`))", f"{CHANGES}axiom |- F"),
    ("F", "fun (asl,w) -> ACCEPT_TAC(mk_thm([],w)) (asl,w)", f"{CHANGES}axiom"),
    ("F", "ACCEPT_TAC(new_axiom `F`)", f"{CHANGES}axiom |- F"),
    ("F", "CONTR_TAC(new_axiom `F`)", f"{CHANGES}axiom |- F"),
    ("F", "ACCEPT_TAC(Hol.new_axiom `F`)", f"{CHANGES}axiom |- F"),
    ("F", "let th = new_axiom `F` in NO_TAC ORELSE ACCEPT_TAC th", f"{CHANGES}axiom |- F"),
    ("F", "ASSUME_TAC(mk_thm([],`F`)) THEN ASM_REWRITE_TAC[]", f"{CHANGES}axiom |- F"),
    ("F", "CHEAT_TAC;; let axioms () = ([]:thm list)", f"{CHANGES}axiom |- F"),
    ("F", "CHEAT_TAC;; let bait_tactic : tactic = CHEAT_TAC", f"{CHANGES}axiom |- F"),
    ("1 = 0", "MESON_TAC[new_axiom `!n. n = 0`]", f"{CHANGES}axiom |- !n. n = 0"),
    ("!x. x = 1", "X_GEN_TAC `n:num` THEN CHEAT_TAC", f"{CHANGES}axiom |- n = 1"),
    ("1 = 1", "let th = new_axiom `F` in REFL_TAC", f"{CHANGES}axiom |- F"),
    ("1 = 1", "let th = new_axiom `T` in REFL_TAC", f"{CHANGES}axiom |- T"),
    ("1 = 1", 'let u = new_constant("bogus",`:num`) in REFL_TAC', f"{CHANGES}constant bogus"),
    ("1 = 1", 'let u = new_type("bogus",0) in REFL_TAC', f"{CHANGES}type bogus"),
    ("1 = 1", "let th = new_definition `bogus = 2` in REFL_TAC", f"{CHANGES}constant bogus"),
    (
        "1 = 1",
        "let th = new_basic_definition `bogus = 2` in REFL_TAC",
        "the definition |- bogus = 2",
    ),
    (
        "1 = 1",
        'let th = new_specification ["bogus"] (MESON[] `?n:num. n = n`) in REFL_TAC',
        f"{CHANGES}constant",
    ),
    (
        "1 = 1",
        'let th = new_type_definition "bogus" ("mk","dest") (MESON[] `?n:num. T`) in REFL_TAC',
        f"{CHANGES}type bogus",
    ),
    ("1 = 1", 'let i,r = define_type "bogus = Bogus num" in REFL_TAC', f"{CHANGES}type bogus"),
    (
        "1 = 1",
        "let r = new_inductive_definition `bogus 0 /\\ (!n. bogus n ==> bogus n)` in REFL_TAC",
        f"{CHANGES}constant bogus",
    ),
    ("F", "ACCEPT_TAC(ASSUME `F`)", ASSUMPTIONS),
    ("F", "CONTR_TAC(ASSUME `F`)", ASSUMPTIONS),
    ("F", "ASSUME_TAC(ASSUME `F`) THEN ASM_REWRITE_TAC[]", ASSUMPTIONS),
    ("F", BY.format("ASSUME w"), ASSUMPTIONS),
    ("F", BY.format("mk_fthm([],w)"), ASSUMPTIONS),
    ("F", "ACCEPT_TAC(UNDISCH(fst(EQ_IMP_RULE _FALSITY_)))", ASSUMPTIONS),
    ("T", BY.format("ADD_ASSUM `F` TRUTH"), ASSUMPTIONS),
    ("F", "fun (asl,w) -> null_meta,[],(fun i ths -> ACCEPT_TAC(ASSUME w) (asl,w); TRUTH)", OTHER),
    ("F", BY.format("TRUTH"), OTHER),
    ("F", BY.format('failwith "no theorem"'), "no theorem"),
    ("F", BY.format("hd ths"), "hd"),
    ("F", "ALL_TAC", "1 subgoals instead of 0"),
    # printed alike: other types, a variable instead of a constant and a constant instead of one
    ("!x:num. ?y. y < x", BY.format("REAL_ARITH `!x. x - &1 < x`"), OTHER),
    (
        "!x:num. ?y. y < x",
        BY.format("MESON[REAL_ARITH `!x. x - &1 < x`] `!x:real. ?y. y < x`"),
        OTHER,
    ),
    ("!x y:A. x = y", BY.format("GENL [`x:1`;`y:1`] (MESON[one] `x:1 = y`)"), OTHER),
    ("!T. T", BY.format('GEN (mk_var("T",bool_ty)) TRUTH'), OTHER),
    ("F", BY.format('ASSUME (mk_var("F",bool_ty))'), OTHER),
    ("?x y:A. ~(x = y)", BY.format("MESON[ARITH_RULE `~(0 = 1)`] `?x y:num. ~(x = y)`"), OTHER),
]


@pytest.mark.parametrize(("statement", "ocaml", "message"), HOSTILE_OCAML)
def test_the_check_alone_refuses_what_no_guard_stopped(
    unguarded: Server, statement: str, ocaml: str, message: str
) -> None:
    tactic = any_ocaml(ocaml)
    with attempt(unguarded, statement) as proving:
        assert not isinstance(apply(proving, proving.root, tactic), Proved)
        result = check(proving, tactic)
    assert not result.accepted
    assert message in result.message


@pytest.mark.parametrize(
    ("statement", "ocaml"),
    [
        ("T", "ACCEPT_TAC TRUTH"),
        ("1 = 1", "REFL_TAC"),
        ("1 = 1", "fun g -> REFL_TAC g"),
        ("!x. x + 1 = 1 + x", "NO_TAC ORELSE ARITH_TAC"),
        ("!x:real. ?y. y < x", "MESON_TAC[REAL_ARITH `!x. x - &1 < x`]"),
        ("!x y:1. x = y", "MESON_TAC[one]"),
        ("!a b:bool. a /\\ b ==> b /\\ a", BY.format("ITAUT `!p q. p /\\ q ==> q /\\ p`")),
        ("~F", "REFUTE_THEN(ACCEPT_TAC o REWRITE_RULE[])"),
        ("!T. T ==> T", BY.format("ITAUT `!p. p ==> p`")),
    ],
)
def test_true_theorems_are_accepted_though_no_guard_is_there(
    unguarded: Server, statement: str, ocaml: str
) -> None:
    tactic = any_ocaml(ocaml)
    with attempt(unguarded, statement) as proving:
        assert isinstance(apply(proving, proving.root, tactic), Proved)
        result = check(proving, tactic)
    assert result.accepted, result.message


SUBGOAL_T = "fun (asl,w) -> null_meta,[asl,`T`],(fun i ths -> hd ths)"
ASSUMED_F = 'fun (asl,w) -> null_meta,[("",ASSUME `F`)::asl,w],(fun i ths -> hd ths)'
AXIOM = "MP_TAC(new_axiom `F`)"
AXIOM_ASIDE = "let th = new_axiom `F` in ALL_TAC"
ASM = "ASM_REWRITE_TAC []"
FREE_META = "fun (asl,w) -> ([`p:bool`],null_inst),[asl,`p:bool`;asl,`~p`],(fun i ths -> hd ths)"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        pytest.param([(any_ocaml(SUBGOAL_T), 1), ("ACCEPT_TAC TRUTH", 0)], OTHER, id="easier"),
        pytest.param([(any_ocaml(ASSUMED_F), 1), (ASM, 0)], ASSUMPTIONS, id="assumed"),
        pytest.param([("ASSUME_TAC (ASSUME `F`)", 1), (ASM, 0)], ASSUMPTIONS, id="guarded"),
        pytest.param([(any_ocaml(AXIOM_ASIDE), 1), ("ITAUT_TAC", 0)], "", id="axiom-aside"),
        pytest.param([(any_ocaml(AXIOM), 1), ("REWRITE_TAC []", 0)], CHANGES, id="axiom"),
        pytest.param([(any_ocaml(FREE_META), 2), (ASM, 0), (ASM, 0)], "meta", id="metavariables"),
        pytest.param([], "ends before all goals are proved", id="none"),
        pytest.param([("ALL_TAC", 1)], "ends before all goals are proved", id="short"),
        pytest.param([("ALL_TAC", 0)], "1 subgoals instead of 0", id="miscounted"),
    ],
)
def test_proofs_of_several_steps_are_judged_by_their_theorem(
    unguarded: Server, steps: list[tuple[str, int]], message: str
) -> None:
    checked = check_steps(unguarded, f"(g () {FALSE})", steps)
    assert not checked.accepted
    assert message in checked.message


def check_steps(server: Server, goal: str, steps: list[tuple[str, int]]) -> CheckedProof:
    with closing(ProverConnection(server.socket)) as worker:
        return worker.check(goal, steps, 10.0)


def test_assumptions_count_for_the_goal_that_has_them_only(hol_light: Server) -> None:
    steps = [("ACCEPT_TAC ASSUM 0", 0)]
    assert check_steps(hol_light, f"(g ({FALSE}) {FALSE})", steps).accepted
    assert not check_steps(hol_light, f"(g ({TRUE}) {FALSE})", steps).accepted
    with attempt(hol_light, "F") as proving:
        [goal] = [proving._know(proving._worker.goal(f"(g ({FALSE}) {FALSE})"))]
        step = ProofStep(goal, "ACCEPT_TAC ASSUM 0", ())
        result = proving.check(Proof(goal, {goal.key: step}))
    assert not result.accepted
    assert "this proves another goal" in result.message


def test_a_proof_of_another_theorem_is_refused(hol_light: Server) -> None:
    with (
        attempt(hol_light, "T") as easy,
        attempt(hol_light, "F") as hard,
    ):
        proof = prove(easy, ["ACCEPT_TAC TRUTH"])
        assert easy.check(proof).accepted
        assert not hard.check(proof).accepted


# Statements that could be read as others


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("T // /\\ F", "has a comment"),
        ("!n. n + 0 = n // = 1", "has a comment"),
        ("F // \n \\/ T", "has a comment"),
        ("x + 1 = 1", "free variables: x"),
        ("`!n. n + 0 = n`", "Leave out the backquotes"),
        ("``!n. n + 0 = n``", "Leave out the backquotes"),
        ("T` /\\ `F", "does not accept"),
        ("T;; F", "does not accept"),
        ("T) /\\ (F", "does not accept"),
        (":bool", "does not accept"),
        pytest.param("\udcff", "does not accept", id="no character"),
        pytest.param("\ud800", "does not accept", id="half a character"),
        ("0", "not of type bool"),
        ("", "does not accept"),
    ],
)
def test_statements_are_read_whole_or_refused(
    hol_light: Server, statement: str, message: str
) -> None:
    options = HolistOptions(server=hol_light.socket, statement=statement)
    with (
        closing(HolistEnvironment(options)) as environment,
        pytest.raises(TheoremError) as refused,
    ):
        environment.theorems()
    assert message in f"{refused.value}\n{refused.value.hint}"


def test_a_string_with_slashes_is_no_comment(hol_light: Server) -> None:
    with attempt(hol_light, '"a // b" = "a // b"') as proving:
        assert check(proving, "REFL_TAC").accepted


def test_a_bound_variable_may_have_the_name_of_a_constant(hol_light: Server) -> None:
    with attempt(hol_light, "!T. T") as proving:
        for tactic in ("GEN_TAC", "REWRITE_TAC []", "ACCEPT_TAC TRUTH", "MESON_TAC []"):
            assert not check(proving, tactic).accepted


def test_nothing_breaks_out_of_a_quotation_in_a_script(hol_light: Server) -> None:
    with attempt(hol_light, '!s. s = "`;; new_axiom `F" ==> s = s') as proving:
        script = check(proving, "REWRITE_TAC []").script
    assert script.startswith("let statement = prove\n (")
    assert "`" not in script
    assert "mk_mconst" in script


# Libraries


def test_a_value_of_another_type_called_thm_is_no_theorem(unguarded: Server) -> None:
    with session(unguarded, statement="F") as proving:
        names = {premise.name for premise in proving.retrieve_premises(proving.root).library}
        assert "ORIGINAL" in names
        assert "FORGED" not in names
        result = check(proving, "ACCEPT_TAC FORGED")
    assert not result.accepted
    assert "FORGED is neither in the table of tactics nor a theorem" in result.message


@pytest.mark.parametrize("target", ["ORIGINAL", "RENAMED", "OPENED"])
def test_no_name_of_a_theorem_proves_it(unguarded: Server, target: str) -> None:
    with session(unguarded, theorems=(target,)) as proving:
        names = {premise.name for premise in proving.retrieve_premises(proving.root).library}
        assert "ADD_SYM" in names
        for name in ("ORIGINAL", "BETWEEN", "RENAMED", "OPENED"):
            assert name not in names
            for tactic in (f"MATCH_ACCEPT_TAC {name}", f"REWRITE_TAC [GSYM {name}]"):
                assert "must not be used" in check(proving, tactic).message
        assert check(proving, "ARITH_TAC").accepted


def test_a_name_that_was_bound_again_counts_from_its_first_binding(hol_light: Server) -> None:
    with closing(ProverConnection(hol_light.socket)) as worker:
        library = Library(worker.library(), "")
    places = {name: fact for name in ("ITERATE_UNIV", "NSUM_UNIV") if (fact := library.find(name))}
    again, between = places["ITERATE_UNIV"], places["NSUM_UNIV"]
    assert library.first_index(again) < between.index < again.index
    renamed = library.find("NOT_SUC")  # bound before to a theorem about another zero
    assert renamed is not None
    assert renamed.earlier
    assert library.first_index(renamed) == renamed.index


def test_a_theorem_of_another_library_is_not_taken_for_its_namesake(hol_light: Server) -> None:
    with (
        closing(HolistEnvironment(HolistOptions(server=hol_light.socket))) as environment,
        pytest.raises(TheoremError, match="states something else"),
    ):
        environment.start(Theorem("ADD_SYM", "!m n. m + n = m"))


def test_axioms_of_a_librarys_own_are_refused(hol_light: Server, unguarded: Server) -> None:
    for server in (hol_light, unguarded):
        with closing(ProverConnection(server.socket)) as worker:
            assert worker.greeting.counts.axioms == len(worker.axioms()) == 3
            check_axioms(worker.axioms())
    with closing(ProverConnection(unguarded.socket)) as worker:
        goal = worker.goal(f"(g () {FALSE})").number
        list(worker.apply(goal, [any_ocaml("CHEAT_TAC")], 10.0))
        with pytest.raises(LoadError, match=r"axioms of its own: \|- F\n"):
            check_axioms(worker.axioms())
    with pytest.raises(LoadError, match="axioms of its own"):
        check_axioms([Axiom(parse(FALSE), "|- F")])


# As users see it


@pytest.mark.parametrize("statement", ["`!n. n + 0 = n`", "``!n. n + 0 = n``", " `T` "])
@pytest.mark.parametrize("environment", [(), ("--environment", "holist")])
def test_backquotes_are_named(
    kept: KeptHolLight, statement: str, environment: tuple[str, ...]
) -> None:
    refused = kept.bait("prove", statement, *environment)
    assert refused.returncode == 2
    assert "backquotes" in refused.stderr
    assert "Traceback" not in refused.stderr
