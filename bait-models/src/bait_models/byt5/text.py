"""Texts as tokens: the bytes of UTF-8, as ByT5 numbers them (Xue et al., arXiv 2105.13626).

The tokenizer of transformers would read `</s>` in a goal as the end of the goal; here only bytes
are bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

PAD, END, UNKNOWN = 0, 1, 2
_FIRST_BYTE = 3
_AFTER_BYTES = _FIRST_BYTE + 256
VOCABULARY_SIZE = 384
"""ByT5's; those above the bytes stand for gaps in its pretraining."""
UNUSED = (PAD, UNKNOWN, *range(_AFTER_BYTES, VOCABULARY_SIZE))
"""Tokens that occur in no text."""
IGNORED = -100
"""The label of what does not count, in PyTorch's losses."""


class Encoded(NamedTuple):
    """Tokens of a text, and whether a part of the text had to be left out."""

    tokens: list[int]
    is_truncated: bool = False


class PaddedTokens(NamedTuple):
    """Texts as a batch: tokens [batch, length], and 1 where there is one [batch, length]."""

    tokens: Tensor
    mask: Tensor


def encode_end(text: str, limit: int) -> Encoded:
    """At most `limit` tokens of a text and its end token; what is too long loses its beginning.

    The conclusion of a goal comes last, and says more about the tactic than the hypotheses. A
    character is kept or left out as a whole.
    """
    data = _bytes(text)
    start = max(len(data) - (limit - 1), 0)
    while start < len(data) and start > 0 and _continues(data[start]):
        start += 1
    return Encoded([*_numbers(data[start:]), END], start > 0)


def encode_start(text: str, limit: int) -> list[int]:
    """At most `limit` tokens of a text and its end token; what is too long loses its end.

    Only for texts that are read: the last character may be cut.
    """
    return [*_numbers(_bytes(text)[: limit - 1]), END]


def encode_target(text: str, limit: int | None = None) -> list[int]:
    """At most `limit` tokens of a text to produce; all without a limit.

    What is too long loses its end, and has no end token: nobody is to learn to stop there.
    """
    return [*_numbers(_bytes(text)), END][:limit]


def decode(tokens: Iterable[int]) -> str | None:
    """The text of which these are the tokens; None if they are no text with its end token.

    What follows the end token is padding.
    """
    data = bytearray()
    for token in tokens:
        if token == END:
            break
        if not _FIRST_BYTE <= token < _AFTER_BYTES:
            return None
        data.append(token - _FIRST_BYTE)
    else:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def pad(rows: Sequence[Sequence[int]]) -> PaddedTokens:
    """Rows of tokens as a batch."""
    length = max(map(len, rows))
    tokens = torch.tensor([[*row, *[PAD] * (length - len(row))] for row in rows])
    return PaddedTokens(tokens, (tokens != PAD).long())


def pad_labels(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of tokens to produce as a batch [batch, length]; losses pass over the padding."""
    tokens, mask = pad(rows)
    return tokens.masked_fill(mask == 0, IGNORED)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # a lone surrogate becomes a question mark


def _numbers(data: bytes) -> list[int]:
    return [byte + _FIRST_BYTE for byte in data]


def _continues(byte: int) -> bool:
    """Whether a byte is inside a character of UTF-8."""
    return byte & 0xC0 == 0x80
