"""The wheels: what is in them, and that they work in an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "bait-core": "bait_core",
    "bait-lean": "bait_lean",
    "bait-holist": "bait_holist",
    "bait-models": "bait_models",
}
UNWANTED = ("torch", "lightning", "transformers", "ray", "grpc_tools")

pytestmark = pytest.mark.slow


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


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an empty virtual environment."""
    folder = tmp_path_factory.mktemp("environment")
    if pip("download", "--no-deps", "--dest", folder / "probe", "pluggy").returncode != 0:
        pytest.skip("no package index is reachable to install the dependencies from")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    return folder / "venv" / "bin" / "python"


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


def test_wheels_work_in_an_empty_environment(wheels: dict[str, Path], environment: Path) -> None:
    install = ("--python", environment, "install", "--quiet", "--find-links")
    done = pip(*install, wheels["bait-core"].parent, wheels["bait-core"])
    assert done.returncode == 0, done.stderr
    alone = listing(environment)
    assert {plugin["distribution"] for plugin in alone["plugins"]} == {"bait-core"}

    light = [wheel for package, wheel in wheels.items() if package != "bait-models"]
    done = pip(*install, wheels["bait-core"].parent, *light)
    assert done.returncode == 0, done.stderr
    # PyTorch and its like are what this package needs to run, not what it needs to be listed.
    done = pip(*install, wheels["bait-core"].parent, "--no-deps", wheels["bait-models"])
    assert done.returncode == 0, done.stderr
    every = listing(environment)
    assert {plugin["distribution"] for plugin in every["plugins"]} == set(PACKAGES)

    code = f"import importlib.util as u; print(*filter(u.find_spec, {UNWANTED!r}))"
    found = subprocess.run(
        [environment, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout.split() == []
