"""Cutting Lean text into commands and holes, and statements into texts with a hole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.domain import Edit, apply_edits
from bait_core.errors import TheoremError
from bait_lean.holes.survey import SeenPiece, hole_names
from bait_lean.source.commands import end_of_imports, scan
from bait_lean.source.document import Document
from bait_lean.source.placing import Place, edits
from bait_lean.source.positions import Position
from bait_lean.source.statement import library_text, signature, statement_text

TEXT = """-- sorry
import Init
public import Init.Data.List

/-! A title with theorem and sorry -/
namespace A.B
section Inner
variable (p q : Prop)

/-- Doc with theorem x. -/
@[simp, grind =] private theorem foo (n : Nat) : n = n + 1 := by
  have h : "theorem a" = "sorry" := by sorry
  open Nat in exact sorry
  theorem indented : True := sorry
end Inner

open Nat in
set_option maxRecDepth 100 in
example : True := by
  sorry
instance (priority := low) : Inhabited Nat := ⟨sorry⟩
noncomputable instance (priority := low) named : Inhabited Nat := ⟨sorry⟩
deriving instance Repr for X
structure X where
  /-- doc -/
  a : Nat := 1
  private b : Nat
deriving Repr
class inductive Foo where
  | a
mutual
theorem even : True := sorry
def odd : True := by
  sorry
end
theorem twice : True := by
  constructor <;> sorry
theorem _root_.z.«a b» : h.sorry = «sorry» := sorry
end A.B
macro "x" : command => `(theorem quoted : True := trivial)
noncomputable
def after : Nat := 1
#check sorry
theorem after.it : True := sorry
"""


def test_commands_begin_where_they_should() -> None:
    beginnings = [TEXT[command.start :].split("\n", maxsplit=1)[0] for command in scan(TEXT)]
    assert beginnings == [
        "namespace A.B",
        "section Inner",
        "variable (p q : Prop)",
        "/-- Doc with theorem x. -/",
        "theorem indented : True := sorry",
        "end Inner",
        "open Nat in",
        "instance (priority := low) : Inhabited Nat := ⟨sorry⟩",
        "noncomputable instance (priority := low) named : Inhabited Nat := ⟨sorry⟩",
        "deriving instance Repr for X",
        "structure X where",
        "class inductive Foo where",
        "mutual",
        "theorem twice : True := by",
        "theorem _root_.z.«a b» : h.sorry = «sorry» := sorry",
        "end A.B",
        'macro "x" : command => `(theorem quoted : True := trivial)',
        "noncomputable",
        "#check sorry",
        "theorem after.it : True := sorry",
    ]


def test_commands_make_up_the_text_after_the_imports() -> None:
    commands = scan(TEXT)
    assert [c.end for c in commands] == [*(c.start for c in commands[1:]), len(TEXT)]
    assert TEXT[: end_of_imports(TEXT)].endswith("public import Init.Data.List")


def names_in_text(document: Document) -> list[str]:
    """The names of all holes of a text, as far as the text alone tells them."""
    used: Counter[str] = Counter()
    seen = (SeenPiece(piece, {}, ()) for piece in document.pieces)
    return [name for piece in seen for name in hole_names(document, piece, used).values()]


def test_holes_are_named_after_their_declaration() -> None:
    assert names_in_text(Document(TEXT, "x.lean")) == [
        "A.B.foo:1",
        "A.B.foo:2",
        "A.B.indented",
        "example:19",
        "instance:21",
        "A.B.named",
        "A.B.even",
        "A.B.odd",
        "A.B.twice",
        "z.«a b»",
        "hole:43",
        "after.it",
    ]


def test_pieces_make_up_the_text() -> None:
    document = Document(TEXT, "x.lean")
    assert "".join(piece.text for piece in document.pieces) == TEXT
    for piece in document.pieces:
        assert all(piece.text[hole:].startswith("sorry") for hole in piece.holes)
        for declaration in piece.declarations:
            assert piece.text[declaration.start :].startswith(declaration.keyword)


WORDS = [
    "theorem ",
    "sorry",
    "\n",
    "  ",
    "/-",
    "-/",
    '"',
    "(",
    ")",
    "by ",
    "end ",
    "@[",
    "]",
    "in ",
    "open ",
]


@given(st.lists(st.sampled_from(WORDS)))
def test_any_text_is_cut_without_loss(words: list[str]) -> None:
    text = "".join(words)
    document = Document(text, "x.lean")
    assert "".join(piece.text for piece in document.pieces) == text


def test_line_ends_and_everything_else_stay_byte_for_byte() -> None:
    text = (
        "\ufeff-- é 𝒜\r\ntheorem α₁ : True ∧ True := ⟨sorry, by sorry⟩\r\n\r\n"
        "theorem b : True := by\n  sorry\n\r\n-- end \t \r\n"
    )
    document = Document(text, "x.lean")
    first, second = (piece for piece in document.pieces if piece.holes)
    places = {Place(first.holes[0], True): "x\n· y", Place(first.holes[1], False): "z"}
    changes = [
        Edit(piece.start + edit.start, piece.start + edit.end, edit.text)
        for piece, scripts in (
            (first, places),
            (second, {Place(second.holes[0], False): "u\nv"}),
        )
        for edit in edits(piece.text, scripts)
    ]
    assert apply_edits(text, [document.in_file(change) for change in changes]) == (
        "\ufeff-- é 𝒜\r\ntheorem α₁ : True ∧ True := ⟨by x\r\n"
        + 32 * " "
        + "· y, by z⟩\r\n\r\ntheorem b : True := by\n  u\n  v\n\r\n-- end \t \r\n"
    )


def test_places_are_told_by_line_and_column() -> None:
    document = Document("-- α\r\n\r\n  theorem α : True := by\r\n    sorry\r\n", "x.lean")
    piece = document.pieces[1]
    assert document.location(piece, Position(line=2, column=4)) == "x.lean:4:5"
    assert document.location(piece, None) == "x.lean"
    assert piece.lines.offset(Position(line=2, column=4)) == piece.holes[0]


@pytest.mark.parametrize("content", [b"\xff\xfe", "théorème".encode("latin-1")], ids=repr)
def test_only_utf8_is_read(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.lean"
    file.write_bytes(content)
    with pytest.raises(TheoremError, match="not UTF-8"):
        Document.read(file)


@pytest.mark.parametrize("name", ["missing.lean", "."])
def test_unreadable_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(TheoremError, match="can't be read"):
        Document.read(tmp_path / name)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("theorem t (a : Nat) : a = a", "theorem t (a : Nat) : a = a := by\n  sorry"),
        ("theorem t : True :=", "theorem t : True := by\n  sorry"),
        (" theorem t : True := by -- how?", "theorem t : True := by\n  sorry"),
        ("theorem t : True := by sorry", "theorem t : True := by sorry"),
        ("theorem t (n : Nat := 1) : True", "theorem t (n : Nat := 1) : True := by\n  sorry"),
        ("example : True", "example : True := by\n  sorry"),
        ("theorem größe : `sorry = `theorem", "theorem größe : `sorry = `theorem := by\n  sorry"),
        ("théorème.«a b» = `sorry", "theorem statement : théorème.«a b» = `sorry := by\n  sorry"),
        ("@[simp] theorem t : True", "@[simp] theorem t : True := by\n  sorry"),
        ("1 + 1 = 2", "theorem statement : 1 + 1 = 2 := by\n  sorry"),
        ("∀ x : Nat, x = x", "theorem statement : ∀ x : Nat, x = x := by\n  sorry"),
        ("(a b : Nat) : a = b", "theorem statement (a b : Nat) : a = b := by\n  sorry"),
        ("(fun x : Nat => x) = id", "theorem statement : (fun x : Nat => x) = id := by\n  sorry"),
        ("def f := 1\ntheorem t : f = 1", "def f := 1\ntheorem t : f = 1 := by\n  sorry"),
    ],
)  # fmt: skip
def test_statements_become_texts_with_one_hole(statement: str, text: str) -> None:
    assert statement_text(statement, ["Init"]) == f"import Init\n{text}\n"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("theorem t : True := trivial", "has a proof already"),
        ("theorem t : True := by simp", "has a proof already"),
        ("theorem t : True ∧ True := ⟨sorry, sorry⟩", "2 holes"),
        ("-- nothing", "can't be read"),
        ("sorry", "can't be read"),
    ],
)
def test_unusable_statements(statement: str, message: str) -> None:
    with pytest.raises(TheoremError, match=message):
        statement_text(statement, ["Init"])


def test_what_a_declaration_says() -> None:
    assert signature("/-- doc -/\n@[simp] theorem a (x : Nat := 1) :\n  P := by simp") == (
        "theorem a (x : Nat := 1) :\n  P"
    )
    assert signature(library_text("1 = 1", "a", ["Init"])) == "theorem a : 1 = 1"
