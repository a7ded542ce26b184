"""Plugins: how distributions register components, and how BAIT finds and loads them.

This package holds what plugin authors and the start of `bait` need, and imports quickly. Besides
it, `bait_core.options.Options` is the base class of a plugin's options, and `plugins.build` makes
environments and models from names and options.
"""

from bait_core.plugins.hookspecs import API_VERSION, hookimpl
from bait_core.plugins.kinds import PluginKind
from bait_core.plugins.loading import Problem
from bait_core.plugins.registry import InstalledCommand, Plugin, Registry, installed
from bait_core.plugins.specs import (
    CommandSpec,
    DoctorCheck,
    EnvironmentSpec,
    Finding,
    PluginSpec,
    SearchSpec,
    TraceProcessorSpec,
    TrainerSpec,
)

__all__ = [
    "API_VERSION",
    "CommandSpec",
    "DoctorCheck",
    "EnvironmentSpec",
    "Finding",
    "InstalledCommand",
    "Plugin",
    "PluginKind",
    "PluginSpec",
    "Problem",
    "Registry",
    "SearchSpec",
    "TraceProcessorSpec",
    "TrainerSpec",
    "hookimpl",
    "installed",
]
