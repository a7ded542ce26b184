"""Which axioms a library may have: those of HOL Light's logic and no others."""

from __future__ import annotations

from collections.abc import Iterable

from bait_holist.errors import LoadError
from bait_holist.prover.replies import Axiom
from bait_holist.terms import canonical, parse

_BOOL2 = "(fun (bool) (fun (bool) (bool)))"
_IND = "(fun (ind) (ind))"
_EXTENSIONALITY = (
    "(a (c (fun (fun (fun A B) (bool)) (bool)) !) (l (v (fun A B) t) "
    "(a (a (c (fun (fun A B) (fun (fun A B) (bool))) =) "
    "(l (v A x) (a (v (fun A B) t) (v A x)))) (v (fun A B) t))))"
)
_CHOICE = (
    "(a (c (fun (fun (fun A (bool)) (bool)) (bool)) !) (l (v (fun A (bool)) P) "
    f"(a (c (fun (fun A (bool)) (bool)) !) (l (v A x) (a (a (c {_BOOL2} ==>) "
    "(a (v (fun A (bool)) P) (v A x))) "
    "(a (v (fun A (bool)) P) (a (c (fun (fun A (bool)) A) @) (v (fun A (bool)) P))))))))"
)
_INFINITY = (
    f"(a (c (fun (fun {_IND} (bool)) (bool)) ?) (l (v {_IND} f) (a (a (c {_BOOL2} /\\) "
    f"(a (c (fun {_IND} (bool)) ONE_ONE) (v {_IND} f))) "
    f"(a (c (fun (bool) (bool)) ~) (a (c (fun {_IND} (bool)) ONTO) (v {_IND} f))))))"
)
_AXIOMS = frozenset(canonical(parse(axiom)) for axiom in (_EXTENSIONALITY, _CHOICE, _INFINITY))


def check_axioms(axioms: Iterable[Axiom]) -> None:
    """Require that a library adds no axiom to extensionality, choice and infinity.

    A wrong axiom, made with `new_axiom` or `mk_thm`, proves any statement.

    Raises:
        LoadError: It has further axioms.
    """
    own = [axiom.text for axiom in axioms if canonical(axiom.sexp) not in _AXIOMS]
    if own:
        raise LoadError(
            f"HOL Light's library has axioms of its own: {'; '.join(own)}",
            hint="Use a library without new_axiom, mk_thm and CHEAT_TAC (HOLLIGHT_DIR).",
        )
