"""HOL Light's terms and goals as S-expressions: their exact form."""

from bait_holist.terms.canonical import Canonical, canonical, meaning
from bait_holist.terms.fingerprint import fingerprint
from bait_holist.terms.goals import constants, read_key, write_key
from bait_holist.terms.sexp import MAX_DEPTH, Sexp, atom, parse, quote, to_text

__all__ = [
    "MAX_DEPTH",
    "Canonical",
    "Sexp",
    "atom",
    "canonical",
    "constants",
    "fingerprint",
    "meaning",
    "parse",
    "quote",
    "read_key",
    "to_text",
    "write_key",
]
