"""The rooms of each package: imports only ever go down (`tests/core` guards those of the core)."""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest


@dataclass(frozen=True)
class House:
    """A package, room by room.

    Attributes:
        below: The other packages of BAIT that it may import.
        rooms: Its folders, and the modules beside them, each above all that it may import.
    """

    below: frozenset[str]
    rooms: tuple[str, ...]


HOUSES = {
    "bait_lean": House(
        below=frozenset({"bait_core"}),
        rooms=(
            "errors",
            "source",
            "process",
            "embedded",
            "native",
            "prover",
            "holes",
            "checking",
            "environment",
            "automation",
            "cli",
            "plugin",
        ),
    ),
    "bait_holist": House(
        below=frozenset({"bait_core"}),
        rooms=(
            "errors",
            "terms",
            "prover",
            "library",
            "holist_protocol",
            "benchmark",
            "environment",
            "human_proofs",
            "tactics",
            "doctor",
            "cli",
            "plugin",
        ),
    ),
    "bait_models": House(
        below=frozenset({"bait_core", "bait_holist"}),
        rooms=(
            "chunks",
            "search",
            "trace_processors",
            "training",
            "encoders",
            "byt5",
            "retrieval",
            "tactic_models",
            "goal_models",
            "plugin",
        ),
    ),
}


def root(package: str) -> Path:
    file = importlib.import_module(package).__file__
    assert file is not None
    return Path(file).parent


def modules(package: str) -> Iterator[Path]:
    top = root(package)
    return (path for path in sorted(top.rglob("*.py")) if path != top / "__init__.py")


def room(package: str, path: Path) -> str:
    return path.relative_to(root(package)).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[list[str]]:
    """Every name that a file imports anywhere in it, for types only or late included, in parts."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}".split(".") for alias in node.names)


MODULES = [
    pytest.param(package, path, id=f"{package}/{path.relative_to(root(package))}")
    for package in HOUSES
    for path in modules(package)
]


@pytest.mark.parametrize(("package", "path"), MODULES)
def test_imports_go_down(package: str, path: Path) -> None:
    rooms = HOUSES[package].rooms
    lower = rooms[: rooms.index(room(package, path)) + 1]
    inner = {name[1] for name in imports(path) if name[0] == package}
    assert inner <= {*lower, "__version__"}


@pytest.mark.parametrize(("package", "path"), MODULES)
def test_packages_know_only_those_below(package: str, path: Path) -> None:
    known = {name[0] for name in imports(path) if name[0].startswith("bait_")}
    assert known <= {package, *HOUSES[package].below}


@pytest.mark.parametrize("package", HOUSES)
def test_every_folder_is_a_room(package: str) -> None:
    found = {room(package, path) for path in modules(package)}
    assert found == set(HOUSES[package].rooms)


@pytest.mark.parametrize("package", HOUSES)
def test_folders_and_modules_form_no_circle(package: str) -> None:
    """In each folder, however deep, what it holds can be put in an order, too."""
    needs: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for path in modules(package):
        here = path.relative_to(root(package)).with_suffix("").parts
        for name in (name[1:] for name in imports(path) if name[0] == package):
            same = 0
            while same < min(len(here), len(name)) and here[same] == name[same]:
                same += 1
            if same < min(len(here), len(name)):
                needs[here[: same + 1]].add(tuple(name[: same + 1]))
    TopologicalSorter(needs).prepare()  # raises CycleError
