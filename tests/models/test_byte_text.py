"""Texts as tokens: like ByT5's tokenizer, cut where they should be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from transformers import ByT5Tokenizer

from bait_core.domain import Premise
from bait_models.byt5.text import (
    END,
    IGNORED,
    PAD,
    UNUSED,
    VOCABULARY_SIZE,
    decode,
    encode_end,
    encode_target,
    pad,
    pad_labels,
)
from bait_models.retrieval.text import encode_state

LONG = 10_000


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_texts_come_back(text):
    encoded = encode_end(text, LONG)
    assert decode(encoded.tokens) == text
    assert decode([*encode_target(text, LONG), PAD, PAD]) == text
    assert not encoded.is_truncated


def test_tokens_are_those_of_byt5():
    tokenizer = ByT5Tokenizer()
    text = "h : x ∈ s\n⊢ α → β"
    assert encode_end(text, LONG).tokens == tokenizer(text).input_ids
    assert len(tokenizer) == VOCABULARY_SIZE
    assert tokenizer.eos_token_id == END
    assert tokenizer.pad_token_id == PAD


def test_words_of_the_tokenizer_are_but_bytes():
    assert decode(encode_end("a</s>b<pad>", LONG).tokens) == "a</s>b<pad>"


def test_the_end_of_a_goal_is_kept_with_whole_characters():
    """⊢ has three bytes: from the third on they fit, of the first two nothing is left."""
    assert encode_end("ab⊢c", 7) == (encode_end("ab⊢c", LONG).tokens, False)
    assert [decode(encode_end("ab⊢c", limit).tokens) for limit in range(1, 7)] == [
        "",
        "c",
        "c",
        "c",
        "⊢c",
        "b⊢c",
    ]
    assert encode_end("ab⊢c", 6).is_truncated


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 30))
def test_limits_hold(text, limit):
    tokens, is_truncated = encode_end(text, limit)
    kept = decode(tokens)
    assert kept is not None
    assert len(tokens) <= limit
    assert text.endswith(kept)
    assert is_truncated == (kept != text)
    assert len(encode_target(text, limit)) <= limit


def test_a_long_tactic_does_not_end():
    assert encode_target("abc", 4)[-1] == END
    assert encode_target("abcd", 4) == encode_target("abcd", LONG)[:4]
    assert END not in encode_target("abcd", 4)


def test_what_is_no_text():
    assert decode([100, 101]) is None  # no end
    assert decode([0xE2 + 3, END]) is None  # half a character
    assert [decode([token, END]) for token in UNUSED] == [None] * len(UNUSED)
    assert decode([END]) == ""


def test_lone_surrogates_become_question_marks():
    assert decode(encode_end("a\udcffb", LONG).tokens) == "a?b"


def test_padding():
    tokens, mask = pad([[5, 6, END], [7, END]])
    assert tokens.tolist() == [[5, 6, 1], [7, 1, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0]]
    assert pad_labels([[5, END], [END]]).tolist() == [[5, 1], [1, IGNORED]]


def test_premises_stand_before_the_state_the_best_next_to_it():
    premises = [Premise("best", "p"), Premise("next", "q → r")]
    assert shown("⊢ a", premises, LONG) == "<a>next</a> : q → r\n\n<a>best</a> : p\n\n⊢ a"


def test_premises_without_room_are_left_out():
    premises = [Premise("best", "p"), Premise("long", "q" * 50), Premise("c", "s")]
    both = "<a>best</a> : p\n\n⊢ a"
    size = len(both.encode()) + 1
    assert shown("⊢ a", premises, size) == both
    assert shown("⊢ a", premises, size + 13) == both
    assert shown("⊢ a", premises, size + 14) == f"<a>c</a> : s\n\n{both}"
    assert shown("⊢ a", premises[:2], size - 1) == "⊢ a"
    assert shown("⊢ a", [], size) == "⊢ a"


def test_only_states_that_are_cut_count_as_truncated():
    premises = [Premise("best", "p")]
    assert not encode_state("⊢ abc", premises, 10).is_truncated
    assert encode_state("⊢ abcdefgh", premises, 10).is_truncated


def shown(state: str, premises: list[Premise], limit: int) -> str | None:
    return decode(encode_state(state, premises, limit).tokens)
