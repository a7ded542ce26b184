"""The hooks through which a distribution registers its plugins.

A distribution declares one entry point of the group `bait`, whose value is a module that is
quick to import and looks like this:

    from bait_core import PluginSpec, hookimpl

    BAIT_API = 1

    @hookimpl
    def bait_register_search_models() -> list[PluginSpec]:
        return [PluginSpec("my-search", "Looks twice", "my_package.search:MySearch")]

There is a hook for each kind of plugin (see `bait_core.plugins.kinds.KINDS`), and two more:
`bait_register_commands` returns `CommandSpec`s, `bait_register_doctor_checks` `DoctorCheck`s. None
of them takes parameters.
"""

from __future__ import annotations

from collections.abc import Callable

import pluggy

from bait_core.plugins.kinds import ITEM_OF_HOOK, Item

API_VERSION = 1
"""The version of this contract; incremented when a change breaks plugins."""

PROJECT = "bait"

hookimpl = pluggy.HookimplMarker(PROJECT)

_hookspec = pluggy.HookspecMarker(PROJECT)


def _specify(name: str) -> Callable[[], list[Item]]:
    def hook() -> list[Item]:
        raise NotImplementedError

    hook.__name__ = name
    return _hookspec(hook)


HOOKSPECS = type("Hooks", (), {name: staticmethod(_specify(name)) for name in ITEM_OF_HOOK})
"""The hooks, for pluggy."""
