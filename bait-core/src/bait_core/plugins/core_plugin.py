"""What bait-core itself brings, registered like everybody else's."""

from __future__ import annotations

from bait_core.plugins.hookspecs import hookimpl
from bait_core.plugins.specs import DoctorCheck, PluginSpec
from bait_core.search.options import BestFirstOptions, BreadthFirstOptions

BAIT_API = 1


@hookimpl
def bait_register_search_models() -> list[PluginSpec]:
    """The searches that need no learned scorer."""
    return [
        PluginSpec(
            name="best-first",
            summary="Most probable goal first",
            factory="bait_core.search.best_first:BestFirst",
            options=BestFirstOptions,
        ),
        PluginSpec(
            name="breadth-first",
            summary="Oldest goal first",
            factory="bait_core.search.breadth_first:BreadthFirst",
            options=BreadthFirstOptions,
        ),
    ]


@hookimpl
def bait_register_doctor_checks() -> list[DoctorCheck]:
    """What every use of BAIT needs."""
    return [
        DoctorCheck("python", "bait_core.cli.doctor_checks:python"),
        DoctorCheck("memory", "bait_core.cli.doctor_checks:memory"),
        DoctorCheck("folders", "bait_core.cli.doctor_checks:folders"),
    ]
