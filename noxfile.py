"""Checks that need environments of their own; `make pythons` and `make lowest` run them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nox

TOOLS = "requirements-dev.txt"
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

if shutil.which("pyenv"):  # all its Pythons, not only the ones chosen for this folder
    found = subprocess.run(
        ["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True
    )
    os.environ["PYENV_VERSION"] = ":".join(found.stdout.split())


@nox.session(python=["3.11", "3.12", "3.13", "3.14"], venv_backend="venv")
def smoke(session: nox.Session) -> None:
    """Install the wheels in dist/ of the packages that are named, and use each once."""
    wheels = [
        str(wheel)
        for package in session.posargs
        for wheel in Path("dist").glob(f"{package.replace('-', '_')}-*.whl")
    ]
    session.install("--constraint", TOOLS, *wheels)
    session.run("python", "-W", "error", "tests/smoke.py", *session.posargs)


@nox.session(python="3.11", venv_backend="venv")
def lowest(session: nox.Session) -> None:
    """Run the core's fast tests with the lowest versions that the packages say they work with."""
    install = ("uv", "pip", "install", "--python", str(session.virtualenv.location))
    lowest = ("--resolution", "lowest-direct", "--constraint", TOOLS)  # which pip does not offer
    tools = ("hatchling", "hypothesis", "pip", "pytest", "pytest-timeout", "pytest-xdist", "scipy")
    packages = ("./bait-core", "./bait-lean", "./bait-holist")
    session.run_install(*install, *lowest, *packages, *tools, external=True)
    # The tests run the searches of bait-models, which need no PyTorch.
    session.run_install(*install, "--no-deps", "./bait-models", external=True)
    session.run("pytest", "-n", "2", "-m", "not slow", "tests/core", *session.posargs)
