"""Texts as tokens: the bytes of UTF-8, as ByT5 numbers them (Xue et al., arXiv 2105.13626).

The tokenizer of transformers would read `</s>` in a goal as the end token; here, text is only ever
bytes.
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
"""ByT5's; the numbers above the bytes are its sentinel tokens in pretraining."""
UNUSED = (PAD, UNKNOWN, *range(_AFTER_BYTES, VOCABULARY_SIZE))
"""Tokens that never occur in texts."""
IGNORED = -100
"""The label that PyTorch's losses ignore."""


class Encoded(NamedTuple):
    """The tokens of a text, and whether some of it was cut off."""

    tokens: list[int]
    is_truncated: bool = False


class PaddedTokens(NamedTuple):
    """Texts as a batch: tokens [batch, length], and a mask of 1 where there is one."""

    tokens: Tensor
    mask: Tensor


def encode_end(text: str, limit: int) -> Encoded:
    """At most `limit` tokens of a text with its end token; too long a text loses its beginning.

    The conclusion of a goal comes last, and says more about the tactic than the hypotheses.
    Characters are kept or left out as a whole.
    """
    data = _bytes(text)
    start = max(len(data) - (limit - 1), 0)
    while start < len(data) and start > 0 and _continues(data[start]):
        start += 1
    return Encoded([*_numbers(data[start:]), END], start > 0)


def encode_start(text: str, limit: int) -> list[int]:
    """At most `limit` tokens of a text with its end token; too long a text loses its end.

    Only for texts to be read: the last character may be cut in the middle.
    """
    return [*_numbers(_bytes(text)[: limit - 1]), END]


def encode_target(text: str, limit: int | None = None) -> list[int]:
    """At most `limit` tokens of a text to be generated; all of them without a limit.

    Too long a text loses its end and has no end token, lest models learn to stop there.
    """
    return [*_numbers(_bytes(text)), END][:limit]


def decode(tokens: Iterable[int]) -> str | None:
    """The text with these tokens; None if they are not a text followed by the end token.

    Everything after the end token is padding.
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
    """Rows of tokens to be generated as a batch [batch, length]; losses ignore the padding."""
    tokens, mask = pad(rows)
    return tokens.masked_fill(mask == 0, IGNORED)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # a lone surrogate becomes a question mark


def _numbers(data: bytes) -> list[int]:
    return [byte + _FIRST_BYTE for byte in data]


def _continues(byte: int) -> bool:
    """Whether a byte continues a UTF-8 character."""
    return byte & 0xC0 == 0x80
