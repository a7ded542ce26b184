"""Making lean.js small."""

from __future__ import annotations

import pytest

from bait_lean.embedded.patches import PATCHES, Patch
from bait_lean.embedded.slim import apply_patch, slim
from bait_lean.errors import InstallError

from .fake_package import lean_js


def test_slim_keeps_what_is_used_and_applies_the_patches() -> None:
    text = slim(lean_js())
    assert "var _main,_used,__table,wasmTable;function assignWasmExports(" in text
    assert '_used=Module["_used"]=wasmExports["used"]' in text
    assert 'wasmTable=wasmExports["__indirect_function_table"]' in text
    assert "unused" not in text
    assert "_constant" not in text
    for patch in PATCHES:
        assert patch.new in text


@pytest.mark.parametrize("source", ["", "ab", "abcabc"])
def test_a_patch_must_match_exactly_once(source: str) -> None:
    with pytest.raises(InstallError, match="'a name'"):
        apply_patch(source, Patch("a name", "abc", "x"))


def test_slim_refuses_assignments_that_it_does_not_know() -> None:
    strange = lean_js().replace('wasmExports["used"]', 'strange["used"]')
    with pytest.raises(InstallError, match="strange"):
        slim(strange)
