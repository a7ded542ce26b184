"""`bait lean`: install, remove and inspect Lean."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bait_core import ProverStartError
from bait_core.cli.ui.console import print_json, stdout
from bait_lean.cli.prepare import install_and_show
from bait_lean.embedded.install import (
    Installation,
    find_installation,
    installation_folder,
    uninstall,
)
from bait_lean.embedded.node import node_version
from bait_lean.embedded.package import LEAN_VERSION
from bait_lean.native import lake
from bait_lean.prover.backend import BackendOptions, choose

_NO_LEAN = 1
_DAMAGED = 1

app = typer.Typer(no_args_is_help=True, help="Install, remove and inspect Lean 4.")


@app.command("install")
def install_command() -> None:
    """Install the embedded Lean for this user: fetch, check, unpack.

    Does nothing if it is installed; repairs it if it is damaged; resumes an interrupted download.

    Example:
      $ bait lean install
    """
    installation = install_and_show()
    stdout().print(
        Text(f"Lean {LEAN_VERSION} is in {installation.folder} ({_megabytes(installation.size)}).")
    )


@app.command("uninstall")
def uninstall_command() -> None:
    """Remove the embedded Lean and what was downloaded for it.

    Example:
      $ bait lean uninstall
    """
    removed = uninstall()
    for path in removed:
        stdout().print(Text(f"Removed {path}"))
    if not removed:
        stdout().print("The embedded Lean is not installed.")


@app.command("status")
def status_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which Lean would be used from this folder, and what is installed.

    Exits with 1 if no Lean can be used.

    Examples:
      $ bait lean status
      $ bait lean status --json
    """
    status = find_status(Path.cwd())
    if as_json:
        print_json(asdict(status))
    else:
        _print_status(status)
    if status.backend is None:
        raise typer.Exit(_NO_LEAN)


@app.command("verify")
def verify_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read all files of the embedded Lean and compare them with what was installed.

    Exits with 1 if a file is missing, changed, or was not installed.

    Examples:
      $ bait lean verify
      $ bait lean verify --json
    """
    installation = find_installation()
    if installation is None:
        raise ProverStartError(
            f"no embedded Lean is installed in {installation_folder()}",
            hint="Type `bait lean install`.",
        )
    damaged = installation.damaged_files(thorough=True)
    if as_json:
        folder = str(installation.folder)
        print_json({"folder": folder, "intact": not damaged, "damaged_files": damaged})
    else:
        _print_verification(installation, damaged)
    if damaged:
        raise typer.Exit(_DAMAGED)


def _print_verification(installation: Installation, damaged: list[str]) -> None:
    for name in damaged:
        stdout().print(Text(f"Missing, changed or added: {installation.folder / name}"))
    if damaged:
        stdout().print(Text("Type `bait lean install` to repair the installation."))
    else:
        count = len(installation.manifest.files)
        stdout().print(Text(f"All {count:,} files in {installation.folder} are intact."))


@dataclass(frozen=True, slots=True)
class EmbeddedStatus:
    """The embedded Lean; `size` in bytes."""

    version: str
    folder: str
    size: int
    damaged_files: list[str]


@dataclass(frozen=True, slots=True)
class NativeStatus:
    """The Lake project at or above the current folder."""

    project: str
    toolchain: str
    lake: bool
    repl: str | None


@dataclass(frozen=True, slots=True)
class LeanStatus:
    """What `bait lean status` shows; `backend` is None if no Lean can be used."""

    backend: str | None
    node: str | None
    embedded: EmbeddedStatus | None
    native: NativeStatus | None


def find_status(folder: Path) -> LeanStatus:
    """Find out which Lean can be used from `folder`."""
    try:
        backend = choose(BackendOptions(project=folder)).describe()
    except ProverStartError:
        backend = None
    try:
        node = node_version()
    except ProverStartError:
        node = None
    return LeanStatus(backend, node, _embedded_status(), _native_status(folder))


def _embedded_status() -> EmbeddedStatus | None:
    installation = find_installation()
    if installation is None:
        return None
    return EmbeddedStatus(
        version=LEAN_VERSION,
        folder=str(installation.folder),
        size=installation.size,
        damaged_files=installation.damaged_files(),
    )


def _native_status(folder: Path) -> NativeStatus | None:
    project = lake.find_project(folder)
    if project is None:
        return None
    repl = lake.find_repl(project, None)
    return NativeStatus(
        project=str(project),
        toolchain=lake.toolchain(project),
        lake=lake.has_lake(),
        repl=str(repl) if repl else None,
    )


def _print_status(status: LeanStatus) -> None:
    table = Table.grid(padding=(0, 2))
    for name, value in _rows(status):
        table.add_row(Text(name, style="bold"), Text(value))
    stdout().print(table)


def _rows(status: LeanStatus) -> list[tuple[str, str]]:
    rows = [("In use", status.backend or "none: type `bait lean install`")]
    if embedded := status.embedded:
        damage = len(embedded.damaged_files)
        rows += [
            ("Embedded Lean", embedded.version),
            ("  folder", embedded.folder),
            ("  size", _megabytes(embedded.size)),
            ("  files", f"{damage} damaged: type `bait lean install`" if damage else "intact"),
        ]
    else:
        rows.append(("Embedded Lean", "not installed"))
    rows.append(("Node", status.node or "not installed"))
    if project := status.native:
        rows += [
            ("Project", project.project),
            ("  toolchain", project.toolchain),
            ("  lake", "on the path" if project.lake else "not on the path"),
            ("  REPL", project.repl or "not found"),
        ]
        rows += [("  to do", item.remedy) for item in lake.missing(Path(project.project))]
    return rows


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
