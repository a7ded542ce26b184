"""Which constants of a goal the user's own file defines, as far as names tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bait_core.domain import Goal
from bait_lean.automation.formula import Shape, parse_formula
from bait_lean.automation.goal_text import GoalText
from bait_lean.automation.premise_ranking import PremiseView

_MAX_DEFINITIONS = 8
_MAX_LEMMAS = 4
_RARE = 30
# Namespaces, classes and functions of Lean's core, for goals that come without premises.
_CORE_NAMES = """
absurd Add And Append Applicative Array BEq Bind BitVec Bool Char Classical cond Decidable
DecidableEq DecidablePred DecidableRel dite Div Dvd Empty EmptyCollection Eq Equivalence EStateM
Except Exists False Fin Float Function Functor GE GetElem getElem GetElem? GT HAdd HAnd HAppend
Hashable HashMap HasSubset HDiv HEmptyCollection HEq HMod HMul HOr HPow HShiftLeft HShiftRight
HSMul HSub HXor id Id Iff inferInstance inferInstanceAs Inhabited Insert Int IntCast ITE ite
LawfulBEq LawfulFunctor LawfulMonad LE Lean letFun List LT max Max Membership min Min MInt Mod
Monad MonadState Mul Nat NatCast NatPow Ne Neg Nonempty Not OfNat One Option Or Ord Ordering
outParam PEmpty Pow PProd Prod Prop PSigma PSum PUnit Pure Quot Quotient Rat ReaderT rfl SDiff Seq
Setoid Sigma Singleton SizeOf SMul sorryAx Sort SSubset StateM StateT Std Stream String Sub
Subarray Subsingleton Substring Subtype Sum Task Thunk ToString trivial True Type UInt16 UInt32
UInt64 UInt8 ULift Union Unit USize Vector WellFounded Xor Zero
"""
_CORE = frozenset(_CORE_NAMES.split())
_KEYWORD_NAMES = "fun let have if then else match with show do in at by from case λ"
_KEYWORDS = frozenset(_KEYWORD_NAMES.split())
_INTERNAL = re.compile(
    r"(?:^|\.)(?:_|match_\d|proof_\d|inst[A-Z]|rec$|casesOn$|recOn$|below|brecOn)"
)
_BOUND = re.compile(r"(?:\bfun\b|λ|∀|∃|\||\blet\b)([^,↦⊢]*?)(?:=>|↦|,|:=)")
_NAME = re.compile(r"(?<![\w.])[^\W\d](?:[\w'!?«»]|\.(?=[\w«]))*")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The user's constants in a goal, in order of occurrence, and the user's facts on them.

    Attributes:
        types: Data types, such as `Tree`.
        functions: Lower-case names: functions and, as print does not tell, constructors.
        predicates: Capitalised names that are not data types, such as `Injective`.
        constructors: Those of `functions` that are known to be constructors.
        lemmas: Earlier theorems of the file on these constants.
    """

    types: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    predicates: tuple[str, ...] = ()
    constructors: frozenset[str] = frozenset()
    lemmas: tuple[str, ...] = ()

    @property
    def predicate_words(self) -> frozenset[str]:
        """The predicates as print may show them: in full, and without their namespaces."""
        return frozenset(self.predicates) | {p.rpartition(".")[2] for p in self.predicates}

    @property
    def definitions(self) -> tuple[str, ...]:
        """What can be unfolded."""
        return tuple(f for f in self.functions if f not in self.constructors) + self.predicates


def vocabulary_of(goal: Goal, parsed: GoalText, view: PremiseView) -> Vocabulary:
    """Find the user's constants among the goal's symbols, or in its text if it has none."""
    names = goal.symbols or tuple(_text_symbols(goal.text, parsed))
    own = [name for name in dict.fromkeys(names) if _is_own(name, view)][:_MAX_DEFINITIONS]
    if not own:
        return Vocabulary()
    data_types = {h.head for h in parsed.data}
    types = tuple(n for n in own if _is_type(n, data_types, own))
    rest = [n for n in own if n not in types]
    functions = tuple(n for n in rest if not _capitalised(n))
    return Vocabulary(
        types=types,
        functions=functions,
        predicates=tuple(n for n in rest if _capitalised(n)),
        constructors=frozenset(n for n in functions if _is_constructor(n, parsed.case, view)),
        lemmas=tuple(p.name for p in view.about(rest, _MAX_LEMMAS)),
    )


def _is_own(name: str, view: PremiseView) -> bool:
    if _INTERNAL.search(name) or not _NAME.fullmatch(name):
        return False
    frequency = view.frequency(name)
    if name.partition(".")[0] in _CORE:
        return bool(view.names) and frequency == 0
    return frequency <= _RARE


def _is_type(name: str, data_types: set[str], names: list[str]) -> bool:
    short = name.rpartition(".")[2]
    if name in data_types or (_capitalised(name) and short in data_types):
        return True
    return _capitalised(name) and any(n.startswith(name + ".") for n in names)


def _is_constructor(name: str, case: str, view: PremiseView) -> bool:
    if f"{name}.injEq" in view.names or f"{name}.sizeOf_spec" in view.names:
        return True
    return name.rpartition(".")[2] in case.split(".")


def _capitalised(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper()


def _text_symbols(text: str, parsed: GoalText) -> list[str]:
    """Names in the text that are neither of the context nor bound, `t.size` as `Tree.size`."""
    types = {h.name: parse_formula(h.type) for h in parsed.hypotheses}
    bound = {word for part in _BOUND.findall(text) for word in _NAME.findall(part)}
    symbols: list[str] = []
    for name in _NAME.findall(f"{' '.join(h.type for h in parsed.hypotheses)} {parsed.target}"):
        first, _, fields = name.partition(".")
        if first in types and fields and types[first].shape is Shape.ATOM:
            symbols += [f"{types[first].head}.{field}" for field in fields.split(".")]
        elif first not in types and first not in bound and first not in _KEYWORDS:
            symbols.append(name)
    return symbols


def applications(function: str, text: str) -> list[tuple[str, ...]]:
    """Variables that the text applies a function to, one tuple for each application.

    Finds `app xs ys`, and `t.size` for `Tree.size t`.
    """
    namespace, _, short = function.rpartition(".")
    name = rf"(?:{re.escape(function)}|{re.escape(short)})"
    found = [
        tuple(match[1].split())
        for match in re.finditer(
            rf"(?<![\w.]){name}((?: [^\W\d][\w']*)+)(?![\w'.]| [\w(\[⟨{{])", text
        )
    ]
    if namespace:
        fields = re.finditer(rf"(?<![\w.])([^\W\dA-Z][\w']*)\.{re.escape(short)}\b", text)
        found += [(match[1],) for match in fields]
    return list(dict.fromkeys(found))
