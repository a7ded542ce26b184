from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import Field

from bait_core.errors import (
    AmbiguousPluginError,
    BrokenPluginError,
    ConfigurationError,
    TheoremError,
    UnknownPluginError,
)
from bait_core.options import Options, describe_options
from bait_core.plugins import Plugin, PluginKind, Problem, Registry, installed
from bait_core.plugins.build import make_environment, make_search_model, options_of, parse_options
from bait_core.plugins.siblings import SIBLINGS
from bait_core.search.best_first import BestFirst

from .distributions import GOOD, HEADER, Site, search


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.syspath_prepend(tmp_path)
    return Site(tmp_path)


def problems_of(distribution: str) -> list[Problem]:
    found = [p for p in Registry.discover().problems if p.distribution == distribution]
    # Whatever a distribution does, the core and the others stay usable.
    assert isinstance(make_search_model("best-first"), BestFirst)
    return found


def only_problem(distribution: str) -> Problem:
    [problem] = problems_of(distribution)
    return problem


class TestDiscovery:
    def test_core_registers_its_searches_like_everybody(self) -> None:
        plugin = Registry.discover().get("best-first", PluginKind.SEARCH_MODEL)
        assert plugin.distribution == "bait-core"
        assert plugin.qualified_name == "bait-core:best-first"

    def test_good_distribution(self, site: Site) -> None:
        site.add("good", GOOD)
        registry = Registry.discover()
        plugin = registry.get("good-search")
        assert (plugin.kind, plugin.distribution) == (PluginKind.SEARCH_MODEL, "good")
        assert registry.get("GOOD:good-search") == plugin
        assert not [p for p in registry.problems if p.distribution == "good"]

    def test_factory_and_options_are_not_imported_by_discovery(self, site: Site) -> None:
        source = search("lazy", options="'heavy_thing:Options'").replace(
            "MODULE:Search", "heavy_thing:Search"
        )
        site.add("lazy", source)
        (site.folder / "heavy_thing.py").write_text("raise RuntimeError('imported')", "utf-8")
        assert Registry.discover().get("lazy").distribution == "lazy"
        assert "heavy_thing" not in sys.modules

    def test_printing_at_import_does_not_reach_stdout(
        self, site: Site, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site.add("chatty", f"print('hello')\n{search('chatty')}")
        Registry.discover()
        captured = capsys.readouterr()
        assert (captured.out, captured.err) == ("", "hello\n")

    def test_slow_import_is_measured(self, site: Site) -> None:
        site.add("slow", f"import time; time.sleep(0.6)\n{search('slow')}")
        assert "slow" in [c.distribution for c in Registry.discover().slow]


class TestBrokenDistributions:
    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
            ("1 / 0", "ZeroDivisionError: division by zero"),
            ("raise SystemExit(3)", "SystemExit: 3"),
            ("def", "SyntaxError"),
        ],
    )
    def test_broken_at_import(self, site: Site, statement: str, reason: str) -> None:
        module = site.add("broken", statement)
        problem = only_problem("broken")
        assert f"{module} can't be imported: {reason}" in problem.message
        assert f"import {module}" in problem.hint

    def test_entry_point_that_names_no_module(self, site: Site) -> None:
        module = site.add("object", f"{HEADER}\nthing = 1")
        [info] = site.folder.glob("*.dist-info")
        (info / "entry_points.txt").write_text(f"[bait]\nplugin = {module}:thing\n", "utf-8")
        assert "is not a module" in only_problem("object").message

    def test_api_is_missing(self, site: Site) -> None:
        site.add("no-api", search("x").replace("BAIT_API = 1", ""))
        problem = only_problem("no-api")
        assert "declares no BAIT_API" in problem.message
        assert "BAIT_API = 1" in problem.hint

    @pytest.mark.parametrize(
        ("version", "upgrade"), [("2", "bait-core"), ("0", "other-api"), ("'1'", "other-api")]
    )
    def test_api_is_another(self, site: Site, version: str, upgrade: str) -> None:
        site.add("other-api", search("x").replace("BAIT_API = 1", f"BAIT_API = {version}"))
        problem = only_problem("other-api")
        assert f"plugin API {version}" in problem.message
        assert problem.hint == f"pip install --upgrade {upgrade}"
        with pytest.raises(UnknownPluginError):
            Registry.discover().get("x")

    def test_misspelt_hook_leaves_the_others(self, site: Site) -> None:
        misspelt = "@hookimpl\ndef bait_register_enviroments():\n    return []\n"
        site.add("misspelt", search("spelt-right") + misspelt)
        problem = only_problem("misspelt")
        assert "bait_register_enviroments is not a hook" in problem.message
        assert problem.hint == "Did you mean 'bait_register_environments'?"
        assert Registry.discover().get("spelt-right").distribution == "misspelt"

    def test_hook_without_decorator(self, site: Site) -> None:
        site.add("unmarked", search("x").replace("@hookimpl", ""))
        problem = only_problem("unmarked")
        assert "bait_register_search_models is not marked" in problem.message
        assert "@hookimpl" in problem.hint

    def test_hook_with_a_parameter(self, site: Site) -> None:
        site.add("parameter", search("x").replace("search_models()", "search_models(config)"))
        assert "config" in only_problem("parameter").message

    def test_hook_that_raises_leaves_the_others(self, site: Site) -> None:
        raising = "@hookimpl\ndef bait_register_commands():\n    raise KeyError('oh')\n"
        site.add("raising", search("still-there") + raising)
        assert only_problem("raising").message == "bait_register_commands raised KeyError: 'oh'"
        assert Registry.discover().get("still-there").distribution == "raising"

    @pytest.mark.parametrize(
        ("expression", "reason"),
        [
            ("None", "returned NoneType"),
            ("'best-first'", "returned str"),
            ("[1]", "1 is not a PluginSpec"),
            ("[DoctorCheck('x', 'a:b')]", "is not a PluginSpec"),
            ("[PluginSpec('', 's', 'a:b')]", "the name '' is not"),
            ("[PluginSpec('a:b', 's', 'a:b')]", "the name 'a:b' is not"),
            ("[PluginSpec(None, 's', 'a:b')]", "the name None is not"),
            ("[PluginSpec('x', 's', 'a.b')]", "'a.b' of 'x' is not of the form"),
            ("[PluginSpec('x', 's', print)]", "of 'x' is not of the form"),
            ("[PluginSpec('x', 's', 'a:b', options=int)]", "<class 'int'> of 'x' is not"),
            ("[PluginSpec('x', 's', 'a:b', modules='torch')]", "not tuples of names"),
            ("[PluginSpec('x', 's', 'a:b', executables=(1,))]", "not all names"),
            ("[PluginSpec('x', 's', 'a:b', modules=('a.b',))]", "not all top-level"),
            ("[PluginSpec('x', 's', 'a:b'), PluginSpec('x', 's', 'a:c')]", "occurs twice"),
        ],
    )
    def test_hook_that_returns_nonsense(self, site: Site, expression: str, reason: str) -> None:
        hook = f"@hookimpl\ndef bait_register_search_models():\n    return {expression}\n"
        site.add("nonsense", HEADER + hook)
        assert reason in only_problem("nonsense").message

    def test_environment_hook_wants_environment_specs(self, site: Site) -> None:
        source = search("x").replace("register_search_models", "register_environments")
        site.add("kinds", source)
        assert "is not a EnvironmentSpec" in only_problem("kinds").message

    def test_one_bad_spec_leaves_the_others(self, site: Site) -> None:
        hook = (
            "@hookimpl\ndef bait_register_search_models():\n"
            "    return [7, PluginSpec('survivor', 's', 'a:b')]\n"
        )
        site.add("half", HEADER + hook)
        assert len(problems_of("half")) == 1
        assert Registry.discover().get("survivor").distribution == "half"


class TestNames:
    def test_unknown_name_suggests(self) -> None:
        with pytest.raises(UnknownPluginError) as caught:
            Registry.discover().get("bets-first", PluginKind.SEARCH_MODEL)
        assert caught.value.message == "there is no search-model named 'bets-first'"
        assert "Did you mean 'best-first'?" in caught.value.hint

    def test_unknown_name_lists_what_there_is(self) -> None:
        with pytest.raises(UnknownPluginError) as caught:
            Registry.discover().get("zzzz", PluginKind.SEARCH_MODEL)
        assert "best-first, breadth-first" in caught.value.hint

    def test_unknown_name_mentions_broken_distributions(self, site: Site) -> None:
        site.add("broken", "1 / 0")
        with pytest.raises(UnknownPluginError, match="Not fully usable: broken"):
            Registry.discover().get("zzzz")

    def test_wrong_kind_is_unknown(self) -> None:
        with pytest.raises(UnknownPluginError, match="no environment named 'best-first'"):
            make_environment("best-first")

    def test_name_claimed_twice(self, site: Site) -> None:
        site.add("first-dist", search("shared"))
        site.add("second-dist", search("shared"))
        registry = Registry.discover()
        with pytest.raises(AmbiguousPluginError) as caught:
            registry.get("shared")
        assert caught.value.hint == "Write first-dist:shared or second-dist:shared."
        assert registry.get("second-dist:shared").distribution == "second-dist"
        assert registry.get("second_dist:shared").distribution == "second-dist"
        assert {p.distribution for p in registry.problems} >= {"first-dist", "second-dist"}
        assert {p.name for p in registry.select() if p.spec.name == "shared"} == {
            "first-dist:shared",
            "second-dist:shared",
        }

    def test_core_name_claimed_by_another(self, site: Site) -> None:
        site.add("impostor", search("best-first"))
        registry = Registry.discover()
        with pytest.raises(AmbiguousPluginError):
            make_search_model("best-first", registry=registry)
        made = make_search_model("bait-core:best-first", registry=registry)
        assert isinstance(made, BestFirst)

    def test_same_name_for_two_kinds(self, site: Site) -> None:
        site.add("one", search("both"))
        site.add("two", search("both").replace("search_models", "tactic_models"))
        registry = Registry.discover()
        with pytest.raises(AmbiguousPluginError, match="search-model, tactic-model") as caught:
            registry.get("both")
        assert "--kind" in caught.value.hint
        assert registry.get("both", PluginKind.TACTIC_MODEL).distribution == "two"


def test_no_option_may_be_called_name(site: Site) -> None:
    source = f"""{HEADER}
from bait_core import Options


class Named(Options):
    name: str = ""


@hookimpl
def bait_register_search_models():
    return [PluginSpec("named", "Has a name", "MODULE:Named", options="MODULE:Named")]
"""
    site.add("odd", source)
    with pytest.raises(BrokenPluginError, match="an option called `name`"):
        options_of(Registry.discover().get("named"))


class TestSiblings:
    def test_a_missing_plugin_names_its_package(self) -> None:
        only_core = Registry(c for c in installed().contributions if c.distribution == "bait-core")
        with pytest.raises(UnknownPluginError) as caught:
            only_core.get("htps", PluginKind.SEARCH_MODEL)
        assert caught.value.hint == "It comes with bait-models: pip install bait-models"

    @pytest.mark.parametrize("package", SIBLINGS)
    def test_the_table_is_what_the_packages_bring(self, package: str) -> None:
        brought = {
            (plugin.kind, plugin.spec.name)
            for plugin in installed().plugins
            if plugin.distribution == package
        }
        known = {(kind, name) for kind, names in SIBLINGS[package].items() for name in names}
        assert known == brought


class TestOptions:
    @pytest.fixture
    def plugin(self, site: Site) -> Plugin:
        site.add("good", GOOD)
        return Registry.discover().get("good-search")

    def test_values_are_converted(self, plugin: Plugin) -> None:
        options = parse_options(plugin, {"depth": "3", "names": ["a"]})
        assert options.model_dump() == {"depth": 3, "mode": "fast", "names": ("a",)}

    @pytest.mark.parametrize(
        ("values", "message", "hint"),
        [
            ({"depht": 3, "depth": 1}, "has no option 'depht'", "Did you mean 'depth'?"),
            ({"zzz": 3, "depth": 1}, "has no option 'zzz'", "options: depth, mode, names."),
            ({}, "needs the option 'depth'", "depth: int >= 1 (required)"),
            ({"depth": 0}, "can't take 0 as 'depth'", "depth: int >= 1 (required)"),
            ({"depth": "x"}, "can't take 'x' as 'depth'", "depth: int >= 1 (required)"),
            ({"depth": True}, "depth is a number, not true or false", ""),
            (
                {"depth": 1, "mode": "f"},
                "can't take 'f' as 'mode'",
                'mode: fast | slow (default "fast")',
            ),
            ({"mode": "f", "x": 1}, "needs the option 'depth'", "mode: fast"),
        ],
    )
    def test_wrong_values(
        self, plugin: Plugin, values: dict[str, object], message: str, hint: str
    ) -> None:
        with pytest.raises(ConfigurationError) as caught:
            parse_options(plugin, values)
        assert message in caught.value.message
        assert "search-model 'good-search'" in caught.value.message
        assert hint in caught.value.hint
        assert "bait show-plugin good-search" in caught.value.hint

    def test_plugin_without_options_takes_none(self, site: Site) -> None:
        site.add("good", GOOD)
        plain = Registry.discover().get("plain-search")
        assert describe_options(options_of(plain)) == []
        with pytest.raises(ConfigurationError, match="has no option 'depth'"):
            parse_options(plain, {"depth": 1})

    def test_description(self, plugin: Plugin) -> None:
        depth, mode, names = describe_options(options_of(plugin))
        assert (depth.type, depth.required, depth.help) == ("int >= 1", True, "How deep to look.")
        assert (mode.type, mode.default) == ("fast | slow", "fast")
        assert (names.type, names.default) == ("tuple[str, ...]", [])

    def test_types_read_as_people_write_them(self) -> None:
        class Mode(StrEnum):
            FAST = "fast"
            SLOW = "slow"

        class Inner(Options):
            size: int = 1

        class Outer(Options):
            mode: Mode = Mode.SLOW
            limit: int | None = None
            folder: Path = Path("runs")
            weights: dict[str, float] = Field(default_factory=lambda: {"a": 0.5})
            inner: Inner = Inner()
            seeds: frozenset[int] = frozenset({1})

        assert list(map(str, describe_options(Outer))) == [
            'mode: fast | slow (default "slow")',
            "limit: int | None (default null)",
            'folder: Path (default "runs")',
            'weights: dict[str, float] (default {"a": 0.5})',
            'inner: Inner (default {"size": 1})',
            "seeds: frozenset[int] (default [1])",
        ]

    def test_faults_within_and_between_options(self, site: Site) -> None:
        source = """
from pydantic import model_validator
from bait_core.options import Options

class Inner(Options):
    size: int = 1

class Range(Options):
    low: int = 0
    high: int = 1
    inner: Inner = Inner()

    @model_validator(mode="after")
    def ordered(self):
        if self.low > self.high:
            raise ValueError("low exceeds high")
        return self
"""
        site.add("range", source + search("range", options="'MODULE:Range'"))
        plugin = Registry.discover().get("range")
        with pytest.raises(ConfigurationError, match=r"rejects its options: .*low exceeds high"):
            parse_options(plugin, {"low": 2})
        with pytest.raises(ConfigurationError, match=r"can't take 'x' as 'inner\.size'"):
            parse_options(plugin, {"inner": {"size": "x"}})
        with pytest.raises(ConfigurationError, match=r"has no option 'inner\.sise'"):
            parse_options(plugin, {"inner": {"sise": 1}})

    def test_options_that_are_none(self, site: Site) -> None:
        site.add("odd", search("odd", options="'MODULE:Search'"))
        with pytest.raises(BrokenPluginError, match="is not a subclass of Options"):
            parse_options(Registry.discover().get("odd"), {})


class TestMaking:
    def test_factory_gets_the_options(self, site: Site) -> None:
        site.add("good", GOOD)
        made = make_search_model("good-search", {"depth": 2}, Registry.discover())
        assert vars(made)["options"].depth == 2

    def test_core_search(self) -> None:
        assert isinstance(make_search_model("best-first", {"batch_size": "2"}), BestFirst)

    @pytest.mark.parametrize(
        ("needs", "missing"),
        [
            ({"modules": "('json', 'no_such_module')"}, "the module 'no_such_module'"),
            ({"executables": "('python3', 'no-such-tool')"}, "the program 'no-such-tool'"),
        ],
    )
    def test_missing_needs(self, site: Site, needs: dict[str, str], missing: str) -> None:
        site.add("needy", search("needy", install_hint="'pip install needs'", **needs))
        registry = Registry.discover()
        assert registry.get("needy").missing == [missing]
        with pytest.raises(BrokenPluginError) as caught:
            make_search_model("needy", registry=registry)
        assert f"needs {missing}" in caught.value.message
        assert caught.value.hint == "pip install needs"

    def test_factory_module_fails_to_import(self, site: Site) -> None:
        site.add("gone", search("gone").replace("MODULE:Search", "no_such_module:Search"))
        with pytest.raises(BrokenPluginError, match="No module named 'no_such_module'"):
            make_search_model("gone", registry=Registry.discover())

    def test_factory_is_not_there(self, site: Site) -> None:
        site.add("gone", search("gone").replace("MODULE:Search", "MODULE:Nothing"))
        with pytest.raises(BrokenPluginError, match="no attribute 'Nothing'"):
            make_search_model("gone", registry=Registry.discover())

    def test_factory_raises(self, site: Site) -> None:
        source = search("bad").replace("options): ...", "options): raise KeyError('oh')", 1)
        site.add("bad", source)
        with pytest.raises(BrokenPluginError, match="can't be made: KeyError: 'oh'") as caught:
            make_search_model("bad", registry=Registry.discover())
        assert isinstance(caught.value.__cause__, KeyError)

    def test_error_of_our_tree_passes_through(self, site: Site) -> None:
        source = search("bad").replace("options): ...", "options): raise TheoremError('no')", 1)
        site.add("bad", f"from bait_core.errors import TheoremError\n{source}")
        with pytest.raises(TheoremError, match=r"^no$"):
            make_search_model("bad", registry=Registry.discover())

    def test_factory_makes_something_else(self, site: Site) -> None:
        site.add("bad", search("bad").replace("def get_goals", "def other"))
        with pytest.raises(BrokenPluginError, match="has no get_goals and so is not a search"):
            make_search_model("bad", registry=Registry.discover())


def test_threads_that_discover_at_once_leave_the_standard_output_alone(tmp_path):
    code = """
import sys, threading
from bait_core.plugins import installed
stdout = sys.stdout
threads = [threading.Thread(target=installed) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert sys.stdout is stdout
"""
    for _ in range(5):
        subprocess.run([sys.executable, "-c", code], check=True)
