"""Plugins: what distributions tell BAIT they bring, and how BAIT gets at it.

Authors of plugins import `hookimpl`, the specs and `Options` from here. `installed()` is the
registry of everything there is; `make_environment`, `make_tactic_model` and
`make_search_model` turn names and options into objects.
"""

from bait_core.plugins.build import (
    make,
    make_environment,
    make_search_model,
    make_tactic_model,
    missing_needs,
    resolve,
)
from bait_core.plugins.hookspecs import API_VERSION, hookimpl
from bait_core.plugins.options import describe_options, parse_options
from bait_core.plugins.problems import Problem, did_you_mean
from bait_core.plugins.registry import Command, Plugin, Registry, installed
from bait_core.plugins.specs import (
    CommandSpec,
    DoctorCheck,
    EnvironmentSpec,
    Finding,
    Options,
    PluginKind,
    PluginSpec,
)

__all__ = [
    "API_VERSION",
    "Command",
    "CommandSpec",
    "DoctorCheck",
    "EnvironmentSpec",
    "Finding",
    "Options",
    "Plugin",
    "PluginKind",
    "PluginSpec",
    "Problem",
    "Registry",
    "describe_options",
    "did_you_mean",
    "hookimpl",
    "installed",
    "make",
    "make_environment",
    "make_search_model",
    "make_tactic_model",
    "missing_needs",
    "parse_options",
    "resolve",
]
