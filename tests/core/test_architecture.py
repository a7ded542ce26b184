"""The layers of bait-core: who may import whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bait_core

ROOT = Path(bait_core.__file__).parent
GROUND = {"errors", "files", "paths", "hints", "options", "assignments", "notebooks"}
LAYERS = {
    "errors": set[str](),
    "files": set[str](),
    "paths": set[str](),
    "hints": set[str](),
    "options": {"errors", "hints"},
    "assignments": {"errors"},
    "notebooks": set[str](),
    "processes": {"errors"},
    "domain": GROUND,
    "merging": GROUND | {"domain"},
    "ranking": {"domain"},
    "graph": GROUND | {"domain"},
    "traces": GROUND | {"domain"},
    "protocols": GROUND | {"domain", "graph", "traces"},
    "plugins": GROUND | {"domain", "graph", "protocols"},
    "search": GROUND | {"domain", "graph", "protocols"},
    "batching": GROUND | {"domain", "protocols"},
    "proof_search": GROUND | {"domain", "graph", "traces", "protocols"},
    "execution": GROUND | {"domain", "traces", "protocols", "plugins", "batching", "proof_search"},
    "testing": GROUND | {"domain", "graph", "protocols", "plugins"},
    "training": GROUND | {"domain", "traces", "protocols", "plugins"},
    "frequencies": GROUND | {"domain", "traces", "protocols", "training"},
    "experiment": GROUND
    | {"domain", "traces", "protocols", "plugins", "proof_search", "execution", "training"},
    "proving": GROUND | {"domain", "traces", "protocols", "plugins", "proof_search", "execution"},
    "cli": GROUND
    | {"domain", "graph", "traces", "protocols", "plugins", "proof_search", "execution"}
    | {"training", "experiment", "proving"},
}
FOREIGN = {
    "bait_holist",
    "bait_lean",
    "bait_models",
    "grpc",
    "lightning",
    "ray",
    "torch",
    "transformers",
}
RAY_ONLY = ROOT / "execution" / "ray_cluster.py"
MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def layer(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere in it, for types only or late included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    inner = [name.split(".")[1] for name in imports(path) if name.startswith("bait_core.")]
    allowed = LAYERS[layer(path)] | {layer(path), "__version__"}
    assert set(inner) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_knows_no_heavy_library_and_no_prover(path: Path) -> None:
    allowed = {"ray"} if path == RAY_ONLY else set[str]()
    assert not {name.partition(".")[0] for name in imports(path)} & (FOREIGN - allowed)


def test_layers_have_no_cycle() -> None:
    seen: set[str] = set()
    for name, allowed in LAYERS.items():
        assert allowed <= seen, f"{name} may import a later layer"
        seen.add(name)


def test_every_folder_is_a_layer() -> None:
    assert {layer(path) for path in MODULES} == LAYERS.keys()


def test_the_guide_names_the_layers_in_their_order() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text("utf-8")
    [table] = re.findall(r"\| module \|.*?\n\n", guide, re.DOTALL)
    first_cells = [line.split("|")[1] for line in table.strip().splitlines()[2:]]
    named = re.findall(r"`(\w+)`", "".join(first_cells))
    ground = len(GROUND)
    assert set(named[:ground]) == GROUND
    assert named[ground:] == [name for name in LAYERS if name not in GROUND]
