"""What `import bait_core` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import bait_core

LIGHT = {"bait_core", "lazy_loader"}


def test_importing_it_imports_nothing_else():
    code = (
        "import sys; before = set(sys.modules); import bait_core; print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - sys.stdlib_module_names == LIGHT


@pytest.mark.parametrize("name", bait_core.__all__)
def test_every_name_leads_somewhere(name):
    assert getattr(bait_core, name) is not None


def test_a_name_that_is_not_offered():
    with pytest.raises(AttributeError, match="prove_it"):
        _ = bait_core.prove_it  # type: ignore[attr-defined]


def test_a_star_import_takes_what_is_offered():
    names: dict[str, object] = {}
    exec("from bait_core import *", names)  # noqa: S102  # the only place where one is allowed
    assert set(bait_core.__all__) <= names.keys()
