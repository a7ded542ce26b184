from __future__ import annotations

import itertools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bait_core import __version__

from .distributions import GOOD, HEADER, Site, command, search

COMMANDS = f"""{HEADER}
@hookimpl
def bait_register_commands():
    return [
        CommandSpec("greet", "Say hello.", "greet_app:app"),
        CommandSpec("wave", "Wave.", "greet_app:wave"),
        CommandSpec("gone", "Not there.", "no_such_module:app"),
        CommandSpec("odd", "Not a command.", "greet_app:odd"),
    ]
"""
GREET_APP = '''
import typer

from bait_core.errors import TheoremError

app = typer.Typer()
odd = 7


@app.command()
def politely(name: str, times: int = 1) -> None:
    """Say hello.

    Example:
      $ bait greet politely World
      $ bait greet politely Moon
    """
    typer.echo(f"Hello {name} " * times)


@app.command()
def interrupted() -> None:
    raise KeyboardInterrupt


def wave() -> None:
    raise TheoremError("There is nobody.", hint="Try again.")
'''


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def greeting(site: Site) -> Site:
    site.add("greeting", COMMANDS)
    (site.folder / "greet_app.py").write_text(GREET_APP, "utf-8")
    return site


def as_json(site: Site, *arguments: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(site.run(*arguments, "--json").stdout)
    return parsed


def names(listing: dict[str, Any]) -> list[str]:
    return [plugin["name"] for plugin in listing["plugins"]]


class TestListPlugins:
    def test_groups_by_kind(self, site: Site) -> None:
        site.add("good", GOOD)
        done = site.run("list-plugins")
        lines = done.stdout.splitlines()
        assert done.returncode == 0
        start = lines.index("Search models")
        rows = [line.split()[:3] for line in itertools.takewhile(bool, lines[start + 1 :])]
        assert [row for row in rows if row[2:] and row[2] in {"bait-core", "good"}] == [
            ["best-first", "ok", "bait-core"],
            ["breadth-first", "ok", "bait-core"],
            ["good-search", "ok", "good"],
            ["plain-search", "ok", "good"],
        ]

    def test_kind_is_a_filter(self, site: Site) -> None:
        site.add("models", search("only-model").replace("search_models", "tactic_models"))
        listing = as_json(site, "list-plugins", "--kind", "tactic-model")
        assert "only-model" in names(listing)
        assert "best-first" not in names(listing)

    def test_unknown_kind(self, site: Site) -> None:
        done = site.run("list-plugins", "--kind", "tactics")
        assert done.returncode == 2
        assert "tactic-model" in done.stderr

    def test_broken_distribution_is_told_and_does_no_harm(self, site: Site) -> None:
        module = site.add("broken", "import no_such_module")
        done = site.run("list-plugins", columns=None)
        assert done.returncode == 0
        assert "best-first" in done.stdout
        assert f"broken: {module} can't be imported: ModuleNotFoundError" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        problems = as_json(site, "list-plugins")["problems"]
        assert [p["distribution"] for p in problems if module in p["message"]] == ["broken"]

    @pytest.mark.parametrize(
        "source",
        ["1 / 0", search("best-first"), search("needy", modules="('no_such_module',)")],
        ids=["broken", "ambiguous", "missing"],
    )
    def test_strict_fails_for_any_problem(self, site: Site, source: str) -> None:
        site.add("trouble", source)
        assert site.run("list-plugins").returncode == 0
        assert site.run("list-plugins", "--strict").returncode == 1

    def test_missing_needs(self, site: Site) -> None:
        needs = {"modules": "('no_such_module',)", "install_hint": "'pip install it'"}
        site.add("needy", search("needy", **needs))
        text = site.run("list-plugins").stdout
        assert "needy needs the module 'no_such_module'\n      pip install it\n" in text
        [plugin] = [p for p in as_json(site, "list-plugins")["plugins"] if p["name"] == "needy"]
        assert plugin["state"] == "missing"
        assert plugin["missing"] == ["the module 'no_such_module'"]

    def test_slow_distribution_is_named(self, site: Site) -> None:
        site.add("sluggish", f"import time; time.sleep(0.6)\n{search('slow')}")
        done = site.run("list-plugins", "--strict", columns=None)
        assert "sluggish makes every command start" in done.stdout

    def test_lines_fit_a_terminal_and_stay_whole_in_a_pipe(self, site: Site) -> None:
        summary = "Looks at every goal and its neighbours twice, which takes time, but is thorough"
        site.add("wordy", search("wordy").replace("A search", summary))
        assert max(map(len, site.run("list-plugins", columns=80).stdout.splitlines())) <= 80
        assert summary in site.run("list-plugins", columns=None).stdout


class TestShowPlugin:
    def test_shows_options_and_yaml(self, site: Site) -> None:
        site.add("good", GOOD)
        done = site.run("show-plugin", "good-search")
        assert done.returncode == 0
        assert "  depth: int >= 1 (required)\n      How deep to look.\n" in done.stdout
        assert done.stdout.endswith(
            "YAML\n"
            "  search:\n"
            "    name: good-search\n"
            "    depth: ???\n"
            '    mode: "fast"\n'
            "    names: []\n"
        )

    def test_json(self, site: Site) -> None:
        shown = as_json(site, "show-plugin", "best-first")
        assert shown["kind"] == "search-model"
        assert [option["name"] for option in shown["options"]] == ["length_exponent", "batch_size"]

    def test_ambiguous_name(self, site: Site) -> None:
        site.add("impostor", search("best-first"))
        done = site.run("show-plugin", "best-first")
        assert done.returncode == 2
        assert "Write bait-core:best-first or impostor:best-first." in done.stderr
        qualified = site.run("show-plugin", "impostor:best-first")
        assert "name: impostor:best-first" in qualified.stdout

    def test_unknown_name(self, site: Site) -> None:
        done = site.run("show-plugin", "bets-first")
        assert done.returncode == 2
        assert done.stderr.startswith(
            "Error: there is no plugin named 'bets-first'\nDid you mean 'best-first'?\n"
        )


class TestPluginCommands:
    def test_help_lists_them_without_importing(self, greeting: Site) -> None:
        (greeting.folder / "greet_app.py").write_text("raise RuntimeError", "utf-8")
        done = greeting.run("--help")
        assert done.returncode == 0
        assert "greet         Say hello." in done.stdout

    def test_group(self, greeting: Site) -> None:
        assert greeting.run("greet", "politely", "World").stdout == "Hello World \n"
        assert greeting.run("greet", "politely", "W", "--times", "2").stdout == "Hello W Hello W \n"

    def test_examples_keep_their_lines(self, greeting: Site) -> None:
        shown = greeting.run("greet", "politely", "--help").stdout
        assert "    $ bait greet politely World\n    $ bait greet politely Moon\n" in shown
        assert "completion" not in greeting.run("greet", "--help").stdout

    def test_error_of_our_tree_is_a_message(self, greeting: Site) -> None:
        done = greeting.run("wave")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "Error: There is nobody.\nTry again.\n"

    def test_command_that_can_not_be_imported(self, greeting: Site) -> None:
        done = greeting.run("gone")
        assert done.returncode == 2
        assert "`bait gone` can't be loaded from no_such_module:app" in done.stderr
        assert "Traceback" not in done.stderr

    def test_command_that_is_none(self, greeting: Site) -> None:
        done = greeting.run("odd")
        assert done.returncode == 2
        assert "greet_app:odd is a int" in done.stderr

    def test_interrupt(self, greeting: Site) -> None:
        done = greeting.run("greet", "interrupted")
        assert (done.returncode, done.stdout) == (130, "")
        assert "Traceback" not in done.stderr

    def test_clash_of_two_plugins(self, greeting: Site) -> None:
        source = COMMANDS.replace('"greet", "Say', '"wave", "Say').replace('"wave", "W', '"w", "W')
        greeting.add("other", source)
        shown = greeting.run("--help").stdout
        assert "greeting:wave" in shown
        assert "other:wave" in shown

    def test_core_commands_can_not_be_taken(self, greeting: Site) -> None:
        greeting.add("thief", COMMANDS.replace('"greet"', '"doctor"'))
        shown = greeting.run("--help").stdout
        assert "  doctor " in shown
        assert "thief:doctor" in shown


class TestDoctor:
    def test_healthy(self, site: Site) -> None:
        report = as_json(site, "doctor")
        checks = {check["name"]: check for check in report["checks"]}
        assert {"python", "memory", "folders"} <= checks.keys()
        assert checks["python"]["ok"]
        assert report["versions"]["bait-core"] == __version__

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("return Finding(False, 'no power', 'plug it in')", "no power"),
            ("return None", "the check returned NoneType instead of a Finding"),
            ("raise KeyError('oh')", "the check failed: KeyError: 'oh'"),
        ],
    )
    def test_failing_check_of_a_plugin(self, site: Site, body: str, message: str) -> None:
        hook = (
            "@hookimpl\ndef bait_register_doctor_checks():\n"
            "    return [DoctorCheck('power', 'MODULE:check')]\n"
        )
        site.add("powered", f"{HEADER}\n{hook}\ndef check():\n    {body}\n")
        done = site.run("doctor")
        assert done.returncode == 1
        assert f"BAD  power: {message}" in done.stdout
        report = as_json(site, "doctor")
        [power] = [check for check in report["checks"] if check["name"] == "power"]
        assert (report["ok"], power["ok"], power["message"]) == (False, False, message)

    def test_broken_distribution(self, site: Site) -> None:
        site.add("broken", "1 / 0")
        done = site.run("doctor")
        assert done.returncode == 1
        assert "ZeroDivisionError" in done.stdout

    def test_folder_that_can_not_be_written(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = site.folder / "file"
        file.write_text("in the way", "utf-8")
        monkeypatch.setenv("BAIT_HOME", str(file / "home"))
        report = as_json(site, "doctor")
        [folders] = [check for check in report["checks"] if check["name"] == "folders"]
        assert not folders["ok"]
        assert str(file / "home") in folders["message"]
        assert "BAIT_HOME" in folders["hint"]


class TestMain:
    def test_version(self, site: Site) -> None:
        assert site.run("--version").stdout == f"bait {__version__}\n"

    def test_unknown_command(self, site: Site) -> None:
        done = site.run("list-plugin")
        assert done.returncode == 2
        assert "Did you mean 'list-plugins'" in done.stderr

    def test_every_core_command_has_an_example(self, site: Site) -> None:
        for name in ("", "prove", "traces", "list-plugins", "show-plugin", "doctor"):
            shown = site.run(*name.split(), "--help")
            assert shown.returncode == 0
            assert f"    $ bait {name}".rstrip() in shown.stdout, name

    def test_reader_that_goes_away(self, site: Site) -> None:
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            command("list-plugins"),
            env=site.environment(),
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        os.close(write)
        assert done.stderr == ""


def test_a_bug_is_told_apart_from_an_answer(tmp_path):
    site = Site(tmp_path)
    site.add(
        "buggy",
        f"""{HEADER}
@hookimpl
def bait_register_commands():
    return [CommandSpec("crash", "Crashes", "MODULE:crash")]


def crash():
    raise ZeroDivisionError
""",
    )
    result = site.run("crash")
    assert result.returncode == 70
    assert "ZeroDivisionError" in result.stderr
    assert "Please report it" in result.stderr
