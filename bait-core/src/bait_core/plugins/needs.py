"""What a plugin needs and this machine lacks."""

from __future__ import annotations

import importlib.util
import shutil
import sys

from bait_core.plugins.registry import Plugin
from bait_core.plugins.specs import PluginSpec


def missing_needs(spec: PluginSpec) -> list[str]:
    """The modules and executables that a plugin needs and that are not there."""
    modules = [f"the module {name!r}" for name in spec.modules if not _is_importable(name)]
    programs = [f"the program {name!r}" for name in spec.executables if not shutil.which(name)]
    return modules + programs


def install_hint(plugin: Plugin) -> str:
    """What to type when the plugin lacks something."""
    return plugin.spec.install_hint or f"See the documentation of {plugin.distribution}."


def _is_importable(module: str) -> bool:
    return module in sys.modules or importlib.util.find_spec(module) is not None
