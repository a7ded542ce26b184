"""Load a distribution's plugin module and collect what it registers, whatever it does."""

from __future__ import annotations

import inspect
import re
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pluggy

from bait_core import __version__
from bait_core.hints import describe_error, did_you_mean
from bait_core.plugins.hookspecs import API_VERSION, HOOKSPECS, PROJECT
from bait_core.plugins.kinds import ITEM_OF_HOOK, Item
from bait_core.plugins.specs import CommandSpec, DoctorCheck, EnvironmentSpec, PluginSpec

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TITLE = re.compile(r"\S(.*\S)?")
_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason why a distribution, or a part of it, can't be used.

    Attributes:
        distribution: The installed distribution, such as `bait-lean`.
        message: What is wrong.
        hint: What to do about it.
    """

    distribution: str
    message: str
    hint: str = ""


@dataclass(slots=True)
class Contribution:
    """What one distribution provides, and its problems.

    Attributes:
        distribution: Its name.
        version: Its version.
        import_seconds: Time that importing its plugin module took.
        items: What each hook returned; invalid items are left out.
        problems: Why something was left out.
    """

    distribution: str
    version: str
    import_seconds: float = 0.0
    items: dict[str, list[Item]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def blame(self, message: str, hint: str = "") -> None:
        """Record a problem of this distribution."""
        self.problems.append(Problem(self.distribution, message, hint))


def load(entry_point: EntryPoint) -> Contribution:
    """Import a plugin module and call its hooks; failures become problems."""
    distribution = entry_point.dist
    contribution = (
        Contribution(distribution.name, distribution.version)
        if distribution
        else Contribution(entry_point.value, "unknown")
    )
    module = _import(entry_point, contribution)
    if module is not None and _speaks_our_api(module, contribution):
        _call_hooks(module, contribution)
    return contribution


def _import(entry_point: EntryPoint, contribution: Contribution) -> ModuleType | None:
    started = time.perf_counter()
    try:
        # A print in a plugin must not get into the output of `--json`.
        with redirect_stdout(sys.stderr):
            module = entry_point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - reported as a problem
        contribution.blame(
            f"{entry_point.value} can't be imported: {describe_error(error)}",
            f"For the traceback: python -c 'import {entry_point.module}'",
        )
        return None
    contribution.import_seconds = time.perf_counter() - started
    if not isinstance(module, ModuleType):
        contribution.blame(
            f"the entry point's value {entry_point.value} is not a module",
            "The entry point of the group `bait` must name a module.",
        )
        return None
    return module


def _speaks_our_api(module: ModuleType, contribution: Contribution) -> bool:
    wanted = getattr(module, "BAIT_API", None)
    if wanted == API_VERSION:
        return True
    name = module.__name__
    if wanted is None:
        contribution.blame(
            f"{name} declares no BAIT_API",
            f"Its author should write `BAIT_API = {API_VERSION}` into it.",
        )
        return False
    newer = isinstance(wanted, int) and wanted > API_VERSION
    contribution.blame(
        f"{name} is written for plugin API {wanted!r}; "
        f"bait-core {__version__} offers {API_VERSION}",
        f"pip install --upgrade {'bait-core' if newer else contribution.distribution}",
    )
    return False


def _call_hooks(module: ModuleType, contribution: Contribution) -> None:
    # A separate manager for each plugin, so that they can't affect each other.
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HOOKSPECS)
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        contribution.blame(describe_error(error), "The hooks take no parameters.")
        return
    for name in _misspelt(manager, module):
        contribution.blame(
            f"{module.__name__}.{name} is not a hook of BAIT", did_you_mean(name, ITEM_OF_HOOK)
        )
    for name in _unmarked(manager, module):
        contribution.blame(
            f"{module.__name__}.{name} is not marked as a hook", "Decorate it with @hookimpl."
        )
    for hook in ITEM_OF_HOOK:
        caller: pluggy.HookCaller = getattr(manager.hook, hook)
        if caller.get_hookimpls():
            contribution.items[hook] = list(_items(caller, contribution))


def _misspelt(manager: pluggy.PluginManager, module: ModuleType) -> list[str]:
    callers = manager.get_hookcallers(module) or []
    return [caller.name for caller in callers if not caller.has_spec()]


def _unmarked(manager: pluggy.PluginManager, module: ModuleType) -> list[str]:
    return [
        name
        for name, _ in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("bait_register_") and manager.parse_hookimpl_opts(module, name) is None
    ]


def _items(caller: pluggy.HookCaller, contribution: Contribution) -> Iterator[Item]:
    """The valid items that the plugin's hook returns; invalid ones become problems."""
    hook = caller.name
    wanted = ITEM_OF_HOOK[hook]
    try:
        with redirect_stdout(sys.stderr):
            results = caller()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - reported as a problem
        contribution.blame(f"{hook} raised {describe_error(error)}")
        return
    # pluggy drops None, which a function without `return` returns.
    result = results[0] if results else None
    if not isinstance(result, list | tuple):
        contribution.blame(
            f"{hook} returned {type(result).__name__}",
            f"It must return a list of {wanted.__name__}.",
        )
        return
    seen: set[str] = set()
    for item in result:
        fault = _fault(item, wanted)
        if not fault and item.name in seen:
            fault = f"the name {item.name!r} occurs twice"
        if fault:
            contribution.blame(f"{hook}: {fault}")
            continue
        seen.add(item.name)
        yield item


def _fault(item: Any, wanted: type[Item]) -> str:
    """What is wrong with an item; empty if it is valid."""
    if not isinstance(item, wanted):
        return f"{item!r} is not a {wanted.__name__}"
    if not _fits(_TITLE if isinstance(item, DoctorCheck) else _NAME, item.name):
        return f"the name {item.name!r} is not made of letters, digits, '.', '_' and '-'"
    for reference in _references(item):
        if not _fits(_REFERENCE, reference):
            return f"{reference!r} of {item.name!r} is not of the form 'module:attribute'"
    return _plugin_fault(item) if isinstance(item, PluginSpec) else ""


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _references(item: Item) -> list[str]:
    match item:
        case EnvironmentSpec():
            return [item.factory, *_given(item.options), *_given(item.prepare)]
        case PluginSpec():
            return [item.factory, *_given(item.options)]
        case CommandSpec():
            return [item.app]
        case DoctorCheck():
            return [item.check]


def _given(reference: str) -> list[str]:
    return [] if reference == "" else [reference]


def _plugin_fault(spec: PluginSpec) -> str:
    needs: tuple[object, ...] = (spec.modules, spec.executables)
    if not all(isinstance(names, tuple) for names in needs):
        return f"the modules and executables of {spec.name!r} are not tuples of names"
    if not all(_fits(_TITLE, name) for name in (*spec.modules, *spec.executables)):
        return f"the modules and executables of {spec.name!r} are not all names"
    if any("." in name for name in spec.modules):
        return f"the modules of {spec.name!r} are not all top-level modules"
    return ""
