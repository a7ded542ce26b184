"""Conversion between HOList's messages and the keys of BAIT's goals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.terms import parse, read_key, to_text, write_key

_GIGABYTE = 1 << 30
CHANNEL_OPTIONS = (
    ("grpc.max_send_message_length", _GIGABYTE),
    ("grpc.max_receive_message_length", _GIGABYTE),
)
"""The limits of HOList's own clients and servers."""

_THEOREM_NUMBER = re.compile(r"\bTHM\s+(\d+)", re.ASCII)


def key_of(theorem: pb.Theorem) -> str:
    """The key of a goal that HOList sends.

    Raises:
        SexpError: One of its terms is not an S-expression.
    """
    return write_key([parse(text) for text in theorem.hypotheses], parse(theorem.conclusion))


def goal_of(key: str, text: str = "") -> pb.Theorem:
    """A goal as HOList sends it.

    Args:
        key: Its key; labels of hypotheses are dropped, since HOList has none.
        text: The goal as it is printed.
    """
    hypotheses, conclusion = read_key(key)
    return pb.Theorem(
        tag=pb.Theorem.GOAL,
        conclusion=to_text(conclusion),
        hypotheses=[to_text(hypothesis) for hypothesis in hypotheses],
        pretty_printed=text,
    )


def theorem_numbers(tactics: Iterable[str]) -> set[int]:
    """The fingerprints of the theorems that tactics name as `THM FINGERPRINT`."""
    return {int(number) for tactic in tactics for number in _THEOREM_NUMBER.findall(tactic)}
