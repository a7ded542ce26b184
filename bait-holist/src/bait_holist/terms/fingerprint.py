"""HOList's fingerprints of theorems."""

from __future__ import annotations

from collections.abc import Sequence

import farmhash

_BITS_62 = (1 << 62) - 1
_BITS_64 = (1 << 64) - 1
_MULTIPLIER = 0x9DDFEA08EB382D69


def fingerprint(conclusion: str, hypotheses: Sequence[str] = ()) -> int:
    """The fingerprint by which HOList names a theorem.

    Args:
        conclusion: S-expression of the conclusion.
        hypotheses: S-expressions of the hypotheses, in order.

    Returns:
        62 bits, so that it fits into OCaml's integers: FarmHash's 64-bit fingerprint of the
        conclusion, combined with that of each hypothesis by FarmHash's 128-bit fingerprint.
    """
    value = _hash(conclusion)
    for hypothesis in hypotheses:
        value = _fold(value, _hash(hypothesis))
    return value & _BITS_62


def _hash(text: str) -> int:
    value: int = farmhash.fingerprint64(text)
    return value


def _fold(low: int, high: int) -> int:
    a = ((low ^ high) * _MULTIPLIER) & _BITS_64
    a ^= a >> 47
    b = ((high ^ a) * _MULTIPLIER) & _BITS_64
    b ^= b >> 44
    b = (b * _MULTIPLIER) & _BITS_64
    b ^= b >> 41
    return (b * _MULTIPLIER) & _BITS_64
