"""`bait holist` and `bait prove` as users call them."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import psutil
import pytest

from bait_holist.benchmark.database import TheoremDatabase

from .conftest import KeptHolLight, run_bait


def test_two_starts_at_once(kept: KeptHolLight) -> None:
    assert kept.rival.returncode == 2
    assert re.search("already (running|starting)", kept.rival.stderr)
    assert "bait holist status" in kept.rival.stderr
    again = kept.bait("holist", "start")
    assert again.returncode == 2
    assert "is already running" in again.stderr


def test_status(kept: KeptHolLight) -> None:
    shown = kept.bait("holist", "status")
    assert shown.returncode == 0
    assert f"process   {kept.server.process.pid}" in shown.stdout
    told = json.loads(kept.bait("holist", "status", "--json").stdout)
    assert told["running"]
    assert told["pid"] == kept.server.process.pid
    assert told["theorems"] > 2_500


def test_prove_uses_the_kept_one(kept: KeptHolLight) -> None:
    proved = kept.bait("prove", "!m n. m + n = n + m", "--environment", "holist", "--json")
    assert proved.returncode == 0, proved.stderr
    assert "Loading" not in proved.stderr
    [theorem] = json.loads(proved.stdout)["theorems"]
    assert theorem["proof"].startswith("let statement = prove")


def test_prove_theorems_of_the_library(kept: KeptHolLight) -> None:
    arguments = ("--environment", "holist", "--only", "ADD_SYM", "--only", "NOT_SUC", "--json")
    proved = kept.bait("prove", *arguments)
    assert proved.returncode == 0, proved.stderr
    statuses = {t["name"]: t["status"] for t in json.loads(proved.stdout)["theorems"]}
    assert statuses == {"ADD_SYM": "proved", "NOT_SUC": "proved"}


def test_a_name_that_is_none(kept: KeptHolLight) -> None:
    failed = kept.bait("prove", "--environment", "holist", "--only", "AD_SYM")
    assert failed.returncode == 2
    assert "Did you mean 'ADD_SYM'?" in failed.stderr


def test_database(kept: KeptHolLight, tmp_path: Path) -> None:
    path = tmp_path / "library.textpb"
    written = kept.bait("holist", "database", str(path))
    assert written.returncode == 0, written.stderr
    theorems = TheoremDatabase.load(path).theorems
    assert str(len(theorems)) in written.stdout
    assert {"ADD_SYM", "ADD"} <= {theorem.name for theorem in theorems}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("holist", "compare", "none.textpb"), "none.textpb can't be read"),
        (("holist", "database", "/no/such/folder/x"), "/no/such/folder/x can't be written"),
        (("holist", "serve", "--socket", "none"), "no HOL Light listens on none"),
    ],
)
def test_bad_arguments_get_a_clear_answer(
    kept: KeptHolLight, arguments: tuple[str, ...], message: str
) -> None:
    result = kept.bait(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "record",
    [
        None,
        b"{",
        json.dumps({"pid": 1}).encode(),
        json.dumps(
            {"pid": os.getpid(), "socket": "s", "folder": "f", "created": 1.0, "memory": 1}
        ).encode(),
    ],
    ids=["none", "no JSON", "incomplete", "of another process"],
)
def test_nothing_runs_whatever_is_written_down(record: bytes | None, tmp_path: Path) -> None:
    if record is not None:
        (tmp_path / "holist").mkdir()
        (tmp_path / "holist" / "server.json").write_bytes(record)
    environment = {"BAIT_HOME": str(tmp_path)}
    status = run_bait("holist", "status", environment=environment)
    assert (status.returncode, status.stderr) == (1, "")
    assert json.loads(run_bait("holist", "status", "--json", environment=environment).stdout) == {
        "running": False
    }
    stopped = run_bait("holist", "stop", environment=environment)
    assert (stopped.returncode, stopped.stdout) == (0, "No HOL Light was running.\n")
    assert psutil.pid_exists(os.getpid())


def test_export_without_hol_light(tmp_path: Path) -> None:
    environment = {"BAIT_HOME": str(tmp_path), "HOLLIGHT_DIR": str(tmp_path)}
    result = run_bait("holist", "export", environment=environment)
    assert result.returncode == 2
    assert "HOL Light was not found in" in result.stderr
    assert "apt-get install hol-light" in result.stderr


def test_export_without_ocamls_own_libraries(tmp_path: Path) -> None:
    (tmp_path / "hol.ml").touch()
    (tmp_path / "itab.ml").touch()
    toplevel = tmp_path / "ocaml"
    toplevel.write_text("#!/bin/sh\necho 'Error: Unbound module Parsetree'\nexit 2\n")
    toplevel.chmod(0o755)
    environment = {"BAIT_HOME": str(tmp_path / "home"), "HOLLIGHT_DIR": str(tmp_path)}
    started = time.monotonic()
    result = run_bait("holist", "export", environment=environment)
    assert time.monotonic() - started < 60
    assert result.returncode == 2
    assert "Unbound module Parsetree" in result.stderr
    assert "apt-get install ocaml-compiler-libs" in result.stderr
