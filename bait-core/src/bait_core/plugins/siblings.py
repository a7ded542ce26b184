"""The plugins of the sibling packages, so that messages can say which one to install."""

from __future__ import annotations

from collections.abc import Mapping

from bait_core.plugins.kinds import PluginKind

SIBLINGS: Mapping[str, Mapping[PluginKind, tuple[str, ...]]] = {
    "bait-holist": {
        PluginKind.ENVIRONMENT: ("holist",),
        PluginKind.TACTIC_MODEL: ("holist-tactics",),
    },
    "bait-lean": {
        PluginKind.ENVIRONMENT: ("lean",),
        PluginKind.TACTIC_MODEL: ("lean-automation",),
    },
    "bait-models": {
        PluginKind.TACTIC_MODEL: ("holist", "reprover", "ilql"),
        PluginKind.GOAL_MODEL: ("provability", "size", "constant"),
        PluginKind.SEARCH_MODEL: ("htps", "updown", "fringe"),
        PluginKind.TRACE_PROCESSOR: (
            "holist-steps",
            "provability",
            "retrieval",
            "seq2seq",
            "preferences",
            "episodes",
        ),
        PluginKind.TRAINER: ("holist", "provability", "retriever", "seq2seq", "dpo", "ilql"),
    },
}


def packages_with(name: str, kind: PluginKind | None) -> list[str]:
    """The sibling packages that provide a plugin of this name and, if given, kind."""
    return [
        package
        for package, brought in SIBLINGS.items()
        if any(name in names and kind in {None, of} for of, names in brought.items())
    ]
