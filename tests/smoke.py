"""Use installed packages once: `python tests/smoke.py bait-core bait-lean`. Needs nothing else."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXTRAS = {"ray", "lean_interact", "wandb"}
SYNTHETIC = ("prove", "--environment", "synthetic", "-o", "environment.closing_rate=0.5")
COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "bait-core": [("list-plugins", "--strict"), SYNTHETIC],
    "bait-holist": [("holist", "--help")],
    "bait-models": [(*SYNTHETIC, "--search", "updown"), (*SYNTHETIC, "--search", "htps")],
}
IN_LEAN = ("prove", "theorem t (p q : Prop) (h : p ∧ q) : q ∧ p")


def import_all(package: str) -> int:
    """Import each module of a package; its extras may be missing."""
    root = importlib.import_module(package)
    names = [module.name for module in pkgutil.walk_packages(root.__path__, f"{package}.")]
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in EXTRAS:
                raise
    return len(names)


def bait(*arguments: str) -> None:
    """Run `bait`; what it records goes to a folder that is deleted."""
    with tempfile.TemporaryDirectory() as state:
        done = subprocess.run(
            [Path(sys.executable).with_name("bait"), *arguments],
            env=os.environ | {"XDG_STATE_HOME": state},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        sys.exit(f"bait {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def main(packages: list[str]) -> None:
    """Test each of these packages."""
    say = sys.stdout.write
    for package in packages:
        say(f"{package}: {import_all(package.replace('-', '_'))} modules imported\n")
        for command in COMMANDS.get(package, []):
            bait(*command)
            say(f"{package}: bait {' '.join(command)}\n")
    if "bait-lean" in packages:
        from bait_lean.embedded.install import find_installation

        if find_installation() is None:
            say("bait-lean: no proof, since `bait lean install` has not run\n")
        else:
            bait(*IN_LEAN)
            say("bait-lean: proved a theorem with the embedded Lean\n")


if __name__ == "__main__":
    main(sys.argv[1:])
