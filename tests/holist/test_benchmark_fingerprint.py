"""Hypotheses in fingerprints, against what FarmHash's own C++ computes."""

from __future__ import annotations

import pytest

from bait_holist.terms import fingerprint

P, Q, R = (f"(v (bool) {name})" for name in "pqr")


@pytest.mark.parametrize(
    ("hypotheses", "number"),
    [
        # Values of util::Fingerprint(util::Uint128(so_far, util::Fingerprint64(hypothesis))).
        ([], 3782830258188429716),
        ([Q], 1529820350905495357),
        ([Q, R], 3524232495057323711),
        ([R, Q], 3212666189259410150),
    ],
)
def test_hypotheses_are_folded_in_one_after_the_other(hypotheses: list[str], number: int) -> None:
    assert fingerprint(P, hypotheses) == number
