"""Plugins: what distributions tell BAIT they bring, and how BAIT gets at it.

This package is what authors of plugins and `bait`'s start need, and imports quickly. Beyond it:
`bait_core.options.Options` is the base of a plugin's options, and `plugins.build` turns names and
options into environments and models.
"""

from bait_core.plugins.hookspecs import API_VERSION, hookimpl
from bait_core.plugins.kinds import PluginKind
from bait_core.plugins.loading import Problem
from bait_core.plugins.registry import Command, Plugin, Registry, installed
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
    "Command",
    "CommandSpec",
    "DoctorCheck",
    "EnvironmentSpec",
    "Finding",
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
