"""Everything that the installed distributions provide, by kind and name."""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata

from bait_core.errors import AmbiguousPluginError, UnknownPluginError
from bait_core.hints import did_you_mean
from bait_core.plugins.kinds import KINDS, PluginKind
from bait_core.plugins.loading import Contribution, Problem, load
from bait_core.plugins.siblings import packages_with
from bait_core.plugins.specs import CommandSpec, DoctorCheck, PluginSpec

ENTRY_POINT_GROUP = "bait"
CORE = "bait-core"
SLOW_IMPORT = 0.5
"""Import time in seconds above which a plugin module is reported as slow."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed component.

    Attributes:
        kind: What it is.
        spec: Its description by the distribution.
        distribution: The distribution that provides it.
        ambiguous: Whether another distribution provides one of the same kind and name.
    """

    kind: PluginKind
    spec: PluginSpec
    distribution: str
    ambiguous: bool = False

    @property
    def name(self) -> str:
        """The shortest unambiguous name."""
        return self.qualified_name if self.ambiguous else self.spec.name

    @property
    def qualified_name(self) -> str:
        """`distribution:name`, which is always unambiguous."""
        return f"{self.distribution}:{self.spec.name}"

    @property
    def missing(self) -> list[str]:
        """The modules and programs that it needs but that are not installed."""
        modules = [f"the module {name!r}" for name in self.spec.modules if not _importable(name)]
        programs = [
            f"the program {name!r}" for name in self.spec.executables if not shutil.which(name)
        ]
        return modules + programs

    @property
    def install_hint(self) -> str:
        """What to run when something is missing."""
        return self.spec.install_hint or f"See the documentation of {self.distribution}."


@dataclass(frozen=True, slots=True)
class InstalledCommand:
    """An installed command group; `name` includes the distribution where that is needed."""

    name: str
    spec: CommandSpec
    distribution: str


class Registry:
    """The plugins of some distributions.

    Args:
        contributions: What the distributions provide, in the order in which to list it.
    """

    def __init__(self, contributions: Iterable[Contribution]) -> None:
        self.contributions: Sequence[Contribution] = tuple(contributions)
        self.plugins: Sequence[Plugin] = tuple(self._plugins())
        self.commands: Sequence[InstalledCommand] = tuple(self._commands())

    @classmethod
    def discover(cls) -> Registry:
        """Load every entry point of the group `bait`; broken ones don't make this fail."""
        entry_points = metadata.entry_points(group=ENTRY_POINT_GROUP)
        contributions = sorted(map(load, entry_points), key=lambda c: _canonical(c.distribution))
        return cls(contributions)

    def select(self, kind: PluginKind | None = None) -> list[Plugin]:
        """The plugins of a kind, or all."""
        return [plugin for plugin in self.plugins if kind in {None, plugin.kind}]

    def get(self, name: str, kind: PluginKind | None = None) -> Plugin:
        """Find a plugin.

        Args:
            name: Its name, or `distribution:name`.
            kind: What it must be; anything if not given.

        Raises:
            UnknownPluginError: There is none.
            AmbiguousPluginError: There are several.
        """
        wanted = name.rpartition(":")
        found = [plugin for plugin in self.select(kind) if _matches(plugin, *wanted[::2])]
        if not found:
            raise self._unknown(name, kind)
        if len(found) > 1:
            raise _ambiguous(name, found)
        return found[0]

    @property
    def checks(self) -> list[tuple[str, DoctorCheck]]:
        """Each check of `bait doctor` with the distribution that provides it."""
        return [
            (contribution.distribution, check)
            for contribution in self.contributions
            for check in contribution.items.get("bait_register_doctor_checks", ())
            if isinstance(check, DoctorCheck)
        ]

    @property
    def problems(self) -> list[Problem]:
        """Problems of the distributions, including names claimed twice."""
        problems = [
            problem for contribution in self.contributions for problem in contribution.problems
        ]
        clashing = [
            (plugin.kind.value, plugin.spec.name, plugin.distribution)
            for plugin in self.plugins
            if plugin.ambiguous
        ] + [
            ("command", command.spec.name, command.distribution)
            for command in self.commands
            if command.name != command.spec.name
        ]
        problems.extend(
            Problem(
                distribution,
                f"another distribution also provides a {kind} named {name!r}",
                f"Write {distribution}:{name} to select this one.",
            )
            for kind, name, distribution in clashing
        )
        return problems

    @property
    def slow(self) -> list[Contribution]:
        """The distributions whose plugin module is slow to import."""
        return [c for c in self.contributions if c.import_seconds > SLOW_IMPORT]

    def _plugins(self) -> Iterable[Plugin]:
        claims = [
            (kind, spec, contribution.distribution)
            for kind, row in KINDS.items()
            for contribution in self.contributions
            for spec in contribution.items.get(row.hook, ())
            if isinstance(spec, PluginSpec)
        ]
        names = [(kind, spec.name) for kind, spec, _ in claims]
        for kind, spec, distribution in claims:
            ambiguous = names.count((kind, spec.name)) > 1
            yield Plugin(kind, spec, distribution, ambiguous)

    def _commands(self) -> Iterable[InstalledCommand]:
        claims = [
            (spec, contribution.distribution)
            for contribution in self.contributions
            for spec in contribution.items.get("bait_register_commands", ())
            if isinstance(spec, CommandSpec)
        ]
        names = [spec.name for spec, _ in claims]
        for spec, distribution in claims:
            # A plugin can't replace the core's own commands.
            ambiguous = names.count(spec.name) > 1 and distribution != CORE
            name = f"{distribution}:{spec.name}" if ambiguous else spec.name
            yield InstalledCommand(name, spec, distribution)

    def _unknown(self, name: str, kind: PluginKind | None) -> UnknownPluginError:
        what = kind.value if kind else "plugin"
        known = sorted({plugin.name for plugin in self.select(kind)})
        if packages := packages_with(name, kind):
            hints = [f"It comes with {package}: pip install {package}" for package in packages]
        else:
            hints = [did_you_mean(name, known) or f"Installed: {', '.join(known) or 'none'}."]
        unusable = sorted({problem.distribution for problem in self.problems})
        if unusable:
            hints.append(f"Not fully usable: {', '.join(unusable)}; see `bait list-plugins`.")
        return UnknownPluginError(f"there is no {what} named {name!r}", hint="\n".join(hints))


def installed() -> Registry:
    """The registry of all installed plugins; discovered once per process."""
    with _discovery:
        return _discover_once()


_discovery = threading.Lock()
"""Discovery redirects the standard output of the whole process, so it must not run concurrently."""


@functools.cache
def _discover_once() -> Registry:
    return Registry.discover()


def _canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _matches(plugin: Plugin, distribution: str, name: str) -> bool:
    if plugin.spec.name != name:
        return False
    return not distribution or _canonical(distribution) == _canonical(plugin.distribution)


def _ambiguous(name: str, found: Sequence[Plugin]) -> AmbiguousPluginError:
    if len({plugin.kind for plugin in found}) > 1:
        kinds = ", ".join(sorted({plugin.kind.value for plugin in found}))
        return AmbiguousPluginError(
            f"{name!r} is the name of plugins of several kinds: {kinds}",
            hint=f"Choose one with --kind, such as `--kind {found[0].kind.value}`.",
        )
    names = " or ".join(plugin.qualified_name for plugin in found)
    return AmbiguousPluginError(
        f"several distributions provide a {found[0].kind.value} named {name!r}",
        hint=f"Write {names}.",
    )


def _importable(module: str) -> bool:
    return module in sys.modules or importlib.util.find_spec(module) is not None
