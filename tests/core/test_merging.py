"""Proofs find their places in a text that was changed meanwhile, or say that they can't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.domain import Edit, FilledFile
from bait_core.errors import MergeError
from bait_core.merging import Region, merge_edits

FILE = """\
import A

theorem one (n : Nat)
    : n = n := by
  HOLE1

theorem two : 2 = 2 := by HOLE2
theorem three : 3 = 3 := by HOLE3
/-- The end. -/
theorem four : 4 = 4 := by
  constructor
  · HOLE4

  · rfl

-- that's all
"""
NAMES = ["1", "2", "3", "4"]


def edits(text: str, *numbers: str) -> dict[str, Edit]:
    places = {number: text.index(f"HOLE{number}") for number in numbers or NAMES}
    return {n: Edit(place, place + 5, f"proof {n}") for n, place in places.items()}


def apply(text: str, merged: dict[str, Edit]) -> str:
    return FilledFile(text, merged, {}).text


def filled(text: str) -> str:
    return text.replace("HOLE", "proof ")


def merge(current: str, *numbers: str, original: str = FILE) -> str:
    return apply(current, merge_edits(original, edits(original, *numbers), current))


@pytest.mark.parametrize(
    "current",
    [
        FILE,
        f"-- new\n\n{FILE}",
        f"{FILE}theorem new : 1 = 1 := rfl\n",
        FILE.removesuffix("\n"),
        FILE.replace("\n-- that's all\n", ""),
        FILE.replace("import A", "import B\nimport C"),
        FILE.replace("\n\ntheorem two", "\n\n\n\ntheorem two"),
        FILE.replace("The end", "Das Ende"),
        FILE.replace("theorem two", "lemma between : 0 = 0 := rfl\ntheorem two"),
        FILE.replace("\n\ntheorem two", "\ntheorem two"),
    ],
    ids=lambda current: f"change-{FILE.splitlines() != current.splitlines()}-{len(current)}",
)
def test_changes_elsewhere_are_kept_and_all_holes_filled(current):
    assert merge(current) == filled(current)


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        ("1", "HOLE1", "rfl"),
        ("1", "  HOLE1", "   HOLE1"),
        ("1", "(n : Nat)", "(n : Int)"),
        ("1", ": n = n", ": n + 0 = n"),
        ("2", "2 = 2", "2 = 1"),
        ("3", "theorem three : 3 = 3 := by HOLE3\n", ""),
        ("4", "theorem four", "theorem vier"),
        ("4", "constructor", "exact"),
        ("4", "· rfl", "· simp"),
    ],
)
def test_what_was_changed_around_a_hole_is_told(number, before, after):
    current = FILE.replace(before, after)
    assert current != FILE
    with pytest.raises(MergeError, match=f"^{number}, or the text around it, has changed"):
        merge(current)
    others = [name for name in NAMES if name != number]
    expected = filled(current).replace(f"proof {number}", f"HOLE{number}")
    assert merge(current, *others) == expected


def test_proofs_of_two_runs_meet_in_a_file_without_blank_lines():
    dense = "theorem two : 2 = 2 := by HOLE2\ntheorem three : 3 = 3 := by HOLE3\n"
    first = merge(dense, "2", original=dense)
    assert merge(first, "3", original=dense) == filled(dense)
    second = merge(dense, "3", original=dense)
    assert merge(second, "2", original=dense) == filled(dense)


def test_a_moved_hole_is_found():
    start = FILE.index("theorem one")
    end = FILE.index("theorem two")
    current = FILE[:start] + FILE[end:] + "\n" + FILE[start:end]
    assert merge(current, "1") == current.replace("HOLE1", "proof 1")
    with pytest.raises(MergeError, match="1 and 2 have swapped positions"):
        merge(current, "1", "2")


TWINS = "example : p := by\n  HOLE\n\n"


def twins(text: str, *numbers: int) -> dict[str, Edit]:
    starts = [place for place in range(len(text)) if text.startswith("HOLE", place)]
    return {str(n): Edit(starts[n], starts[n] + 4, f"proof {n}") for n in numbers}


def test_twins_are_told_apart_by_what_is_around_them():
    original = f"a\n{TWINS}b\n{TWINS}c\n"
    current = f"{original}d\n"
    assert apply(current, merge_edits(original, twins(original, 0, 1), current)) == (
        current.replace("HOLE", "proof 0", 1).replace("HOLE", "proof 1", 1)
    )


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("current", [TWINS, f"x\n{TWINS}", TWINS * 3], ids=["one", "new", "three"])
def test_it_is_told_that_twins_can_not_be_told_apart(current, number):
    original = TWINS * 2
    with pytest.raises(MergeError, match=f"not clear where {number} is now"):
        merge_edits(original, twins(original, number), current)


def test_a_text_that_is_there_twice_now_is_told():
    with pytest.raises(MergeError, match="not clear where 1 is now"):
        merge(FILE + FILE)


def test_regions_say_what_has_to_be_unchanged():
    original = "section\n\n  variable x\n\n  theorem t : x = x := by\n\n    HOLE\n\nend\n"
    current = original.replace("variable x", "variable x y")
    start = original.index("HOLE")
    edit = {"t": Edit(start, start + 4, "rfl")}
    with pytest.raises(MergeError, match="t, or the text around it"):
        merge_edits(original, edit, current)
    region: Region = (original.index("theorem"), start + 4)
    merged = merge_edits(original, edit, current, {"t": region})
    assert apply(current, merged) == current.replace("HOLE", "rfl")
    with pytest.raises(MergeError, match="t, or the text around it"):
        merge_edits(original, edit, current.replace("x = x", "x = y"), {"t": region})


def test_code_points_line_ends_and_byte_order_marks_count_as_they_are():
    original = "\ufeff-- 𝔸é\r\ntheorem two : 2 = 2 := by HOLE2\r\n"
    current = original.replace("é", "ééé\x0b\u2028\x0c")
    assert merge(current, "2", original=original) == filled(current)
    with pytest.raises(MergeError):
        merge(current.replace("\r", ""), "2", original=original)


def test_no_edits_are_merged_into_anything():
    assert merge_edits(FILE, {}, "") == {}


def test_an_insertion_keeps_its_place():
    merged = merge_edits("a\n", {"new": Edit(2, 2, "b\n")}, "x\na\n")
    assert apply("x\na\n", merged) == "x\na\nb\n"


def block(name: int, body: int) -> str:
    return f"theorem t{name} :\n    p{body} := by\n  HOLE"


BLOCKS = st.lists(st.integers(0, 9), unique=True, min_size=1, max_size=6)
CHANGES = st.lists(st.sampled_from(["keep", "drop", "change", "insert"]), min_size=6, max_size=6)
NEW = st.lists(st.sampled_from(["", "-- new", "  HOLE", "theorem x : p0 := by", "  p"]), max_size=3)


@given(BLOCKS, CHANGES, st.lists(NEW, min_size=6, max_size=6), st.sampled_from(["\n", "\n\n"]))
def test_proofs_go_to_their_own_theorems_or_nowhere(names, changes, new, separator):
    """Each theorem has a name of its own, so that it is known where a proof belongs."""
    original = separator.join(block(name, name % 2) for name in names)
    parts: list[str] = []
    kept: set[int] = set()
    for name, change, lines in zip(names, changes, new, strict=False):
        if change == "insert":
            parts += lines and ["\n".join(["-- inserted", *lines])]
        if change == "change":
            parts.append(block(name, 7))
        elif change != "drop":
            parts.append(block(name, name % 2))
            kept.add(name)
    current = separator.join(parts)
    for name, (_, edit) in zip(names, twins(original, *range(len(names))).items(), strict=True):
        try:
            merged = merge_edits(original, {"t": edit}, current)
        except MergeError:
            assert name not in kept
        else:
            assert name in kept
            start = current.index(block(name, name % 2)) + len(block(name, name % 2)) - len("HOLE")
            assert merged == {"t": Edit(start, start + 4, edit.text)}


LINES = st.lists(st.sampled_from(["a", "b", " HOLE", " c"]), max_size=12)


def lines_up_to(text: str, offset: int) -> list[str]:
    """The line of an offset, and those above it up to the one at the margin."""
    lines = text[:offset].split("\n")
    heads = [number for number, line in enumerate(lines) if line in {"a", "b"}]
    return lines[heads[-1] if heads else 0 :]


@given(LINES, LINES)
def test_however_repetitive_a_text_is_a_proof_replaces_its_hole_below_the_same_lines(old, new):
    original, current = "\n".join(old), "\n".join(new)
    for edit in twins(original, *range(old.count(" HOLE"))).values():
        try:
            merged = merge_edits(original, {"t": edit}, current)["t"]
        except MergeError:
            assert current != original
        else:
            assert current[merged.start : merged.end] == "HOLE"
            above = lines_up_to(original, edit.start)
            assert lines_up_to(current, merged.start)[-len(above) :] == above
