"""Lake projects for tests, with a `lake` that does what `lake env` does, and no more."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

NATIVE_REPL = Path(__file__).parent / "native_repl.py"
NATIVE_LEAN = Path(__file__).parent / "native_lean.py"
TOOLCHAIN = "leanprover/lean4:v4.28.0"
LAKE = """#!/bin/sh
case "$1" in
  --version) echo "Lake version 5.0.0 (Lean version 4.28.0)" ;;
  env) shift; LAKE=yes "$@" ;;
  *) echo "error: unknown command '$1'" >&2; exit 1 ;;
esac
"""
EMPTY_REPL = """import json, sys
for line in sys.stdin:
    if line.strip():
        print('{"env": 0}\\n', flush=True)
"""


def executable(file: Path, text: str) -> Path:
    """Write a script that can be run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def install_lake(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put `lake` first on the path."""
    executable(folder / "lake", LAKE)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def install_lean(folder: Path, program: Path = NATIVE_LEAN) -> None:
    """Put `lean`, a Python program, beside `lake`."""
    executable(folder / "lean", f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')


def make_project(folder: Path) -> Path:
    """A Lake project without a REPL."""
    folder.mkdir(parents=True)
    (folder / "lean-toolchain").write_text(TOOLCHAIN + "\n")
    (folder / "lakefile.toml").write_text('name = "example"\n')
    return folder.resolve()


def make_repl(file: Path, program: str) -> Path:
    """A REPL that is a Python program."""
    script = file.with_name("repl.py")
    executable(file, f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n')
    script.write_text(program)
    return file


def make_native_repl(file: Path) -> Path:
    """A REPL with a real Lean behind it."""
    return executable(file, f'#!/bin/sh\nexec "{sys.executable}" "{NATIVE_REPL}"\n')
