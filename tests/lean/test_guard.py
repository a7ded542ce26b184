"""Which tactic texts are refused before Lean sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_lean.source.guard import MAX_TACTIC_CHARACTERS, refusal
from bait_lean.source.lexer import tokenize

ALLOWED = [
    "simp",
    "omega",
    "exact?",
    "rw [Nat.add_comm, ← h₁.symm]",
    "simp [eval, stop_here, sorry_lemma, admits] at *",
    "rcases h with ⟨x, hx | ⟨y, rfl⟩⟩",
    "induction n with\n| zero => rfl\n| succ n ih =>\n  simp [ih]",
    "constructor <;> intro x\n<;> omega",
    "exact fun 'x => x'",
    'exact (show s = "sorry -- /- " from h)',
    "exact absurd 'a' h",
    "open Nat in exact succ_le_of_lt h",
    "set_option maxHeartbeats 400000 in simp",
    "have := h (by decide)\n  simp at this",
    "refine #[1, 2].foldl ?_ ?_",
    "exact congrArg Name.isStr (a := `foo.bar) rfl",
    "rw [théorème, «a.b».c]",
    'exact f s!"{x} ("',
]
REFUSED = {
    "sorry": "sorry",
    "exact sorry": "sorry",
    "exact «sorry»": "sorry",
    "exact h.sorry": "sorry",
    "exact λsorry": "sorry",
    "exact 1sorry": "sorry",
    "exact `sorry": "sorry",
    "exact ``sorry": "sorry",
    "exact f `a.«sorry»": "sorry",
    'exact f s!"{sorry}"': "sorry",
    'exact f! "{" sorry "}"': "sorry",
    "exact sorryAx _ false": "sorryAx",
    "exact Lean.ofReduceBool a b h": "ofReduceBool",
    "admit": "admit",
    "stop": "stop",
    "native_decide": "native_decide",
    "decide +native": "native",
    "decide (config := { native := true })": "native",
    "run_tac Lean.logInfo 1": "run_tac",
    "exact by_elab return q(1)": "by_elab",
    "exact unsafe 1": "unsafe",
    "let rec @[implemented_by f] g := 1": "@[",
    'let rec @[extern "f"] g := 1': "@[",
    "set_option debug.skipKernelTC true in decide": "debug.skipKernelTC",
    "set_option maxRecDepth 1000000 in simp": "maxRecDepth",
    "set_option warn.sorry false in simp": "warn.sorry",
    "set_option": "set_option",
    "simp\naxiom f : False": "line",
    "simp\n\ntheorem x : True := trivial": "line",
    "simp\n  axiom f : False": "axiom",
    "simp; end A": "end",
    "#eval 1": "#eval",
    "exact foo\nbar": "line",
    "omega\ndecreasing_by simp": "line",
    "omega\n  termination_by x": "termination_by",
    "exact (a": "bracket",
    "exact a)": "bracket",
    "exact (a]": "bracket",
    "exact ⟨a": "bracket",
    "exact a⟩": "bracket",
    "simp -- comment": "comments",
    "simp /- comment": "no end",
    "simp /- comment -/": "comments",
    "/-- doc -/ simp": "comments",
    'exact "abc': "no end",
    'exact "a\nb"': "several lines",
    "": "empty",
    " \n ": "empty",
    "simp\x00": "U+0000",
    "simp\tat h": "U+0009",
    "simp\r\n": "U+000D",
    "exact \ud800": "U+D800",
    "x" * (MAX_TACTIC_CHARACTERS + 1): "longer than",
    "x" * 1_000_000: "longer than",
}


@pytest.mark.parametrize("tactic", ALLOWED)
def test_ordinary_tactics_pass(tactic: str) -> None:
    assert refusal(tactic) == ""


@pytest.mark.parametrize("tactic", REFUSED, ids=lambda tactic: repr(tactic[:40]))
def test_dangerous_texts_are_refused_with_the_reason(tactic: str) -> None:
    assert REFUSED[tactic] in refusal(tactic)


@given(st.text(alphabet="ab'\"«»()-/!{}⟨⟩\n\\ .:=`#r₁λ0"))
def test_tokens_cover_the_text(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert not text[end : token.start].strip()
        assert text[token.start : token.end] == token.text
        end = token.end
    assert not text[end:].strip()


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_around_hides_sorry(before: str, after: str) -> None:
    # Only letters and the like, quotes, guillemets or comments can make another word of it.
    assert refusal(f"{before} sorry {after}") or any(opening in before for opening in "\"'«")
