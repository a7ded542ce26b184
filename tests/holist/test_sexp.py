"""S-expressions: what is written is read back, and nothing else is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_holist.errors import SexpError
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.launch import Server
from bait_holist.terms import MAX_DEPTH, Sexp, atom, parse, to_text

atoms = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
sexps = st.recursive(atoms, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=20)


@given(sexps)
def test_what_is_written_is_read_back(sexp: Sexp) -> None:
    assert parse(to_text(sexp)) == sexp


@given(st.text(alphabet='()" \\xna1\n', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        sexp = parse(text)
    except SexpError:
        return
    assert parse(to_text(sexp)) == sexp


@pytest.mark.parametrize("text", ["", "(", ")", "a b", "(a", '"a', '"\\q"', "(a))", "a\nb"])
def test_malformed_text_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(SexpError, match="unexpected text at character"):
        parse(text)


def test_depth_is_limited() -> None:
    assert to_text(parse("(" * MAX_DEPTH + ")" * MAX_DEPTH)) == "(" * MAX_DEPTH + ")" * MAX_DEPTH
    with pytest.raises(SexpError, match="deeper"):
        parse("(" * 100_000 + ")" * 100_000)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("/\\", "/\\"),
        ("a b", '"a b"'),
        ("", '""'),
        ('"', '"\\""'),
        ("\x01", '"\\x01"'),
        ("ä\xa0\u3000ℝ", "ä\xa0\u3000ℝ"),
    ],
)
def test_atoms_are_quoted_only_where_they_must(text: str, written: str) -> None:
    assert atom(text) == written


@pytest.mark.parametrize(
    ("escaped", "meant"),
    [
        ("\\x41", "A"),
        ("\\xc3\\xa9", "é"),
        ("\\xE2\\x84\\x9dn", "ℝn"),
        ("\\xff", "\udcff"),
        ("\\\\x41", "\\x41"),
    ],
)
def test_hexadecimal_escapes_are_bytes(escaped: str, meant: str) -> None:
    assert parse(f'"{escaped}"') == meant


@pytest.mark.hol
def test_hol_light_writes_atoms_the_same_way(hol_light: Server) -> None:
    worker = ProverConnection(hol_light.socket)
    for name in ("é", "a b", "a\xa0b", "\u3000", "\x85", "\x7f", '"\\', "\t\n", "\\x41", "𝔸"):
        key = to_text(("g", (), ("v", ("bool",), name)))
        assert worker.goal(key).key == key
    assert worker.goal('(g () (v (bool) "\\xc3\\xa9"))').key == "(g () (v (bool) é))"
    worker.close()
