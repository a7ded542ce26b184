"""What to run: plugins by name with their options, and settings. Nothing is started yet."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property
from importlib import metadata
from typing import Any

from bait_core.errors import ConfigurationError
from bait_core.execution.settings import ExecutionSettings, RunSettings, Where
from bait_core.plugins import Plugin, PluginKind, SearchSpec, installed
from bait_core.plugins.build import make, parse_options
from bait_core.plugins.config import PluginConfig
from bait_core.plugins.kinds import KIND_OF_SECTION
from bait_core.proof_search import SearchSettings
from bait_core.protocols import Environment, GoalModel, SearchModel, TacticModel


@dataclass(frozen=True)
class SearchJob:
    """Everything that determines how theorems are searched; can be sent to other processes.

    Attributes:
        environment: Where theorems are proved.
        model: Proposes tactics.
        search: Chooses goals.
        goal_model: Scores goals; without a name, the search's default.
        settings: The limits per theorem.
        run: The limits of the whole run, and how many searches run at a time.
        execution: Where they run.
    """

    environment: PluginConfig
    model: PluginConfig
    search: PluginConfig
    goal_model: PluginConfig = field(default_factory=lambda: PluginConfig(name=""))
    settings: SearchSettings = field(default_factory=SearchSettings)
    run: RunSettings = field(default_factory=RunSettings)
    execution: ExecutionSettings = field(default_factory=ExecutionSettings)

    @cached_property
    def plugins(self) -> dict[str, tuple[Plugin, Mapping[str, object]]]:
        """The plugins and their options, by section of the configuration.

        Raises:
            UnknownPluginError: A plugin is not installed.
            ConfigurationError: A goal model is given, but the search uses none.
        """
        registry = installed()
        chosen = {section: getattr(self, section) for section in KIND_OF_SECTION}
        search = registry.get(self.search.name, PluginKind.SEARCH_MODEL)
        chosen["goal_model"] = self._goal_model(search)
        return {
            section: (registry.get(config.name, KIND_OF_SECTION[section]), config.options)
            for section, config in chosen.items()
            if config is not None
        }

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """The resolved options of everything, as JSON types.

        Raises:
            UnknownPluginError: A plugin is not installed.
            ConfigurationError: An option is wrong, or options contradict each other.
        """
        if self.execution.where is not Where.THREADS and self.run.total_expansions is not None:
            raise ConfigurationError(
                "a run's expansion budget can't be shared by worker processes",
                hint="Limit the expansions per theorem instead, or run the searches in threads.",
            )
        resolved: dict[str, Any] = {
            section: {
                "name": plugin.qualified_name,
                **parse_options(plugin, options).model_dump(mode="json"),
            }
            for section, (plugin, options) in self.plugins.items()
        }
        resolved["settings"] = self.settings.model_dump(mode="json")
        resolved["run"] = self.run.model_dump(mode="json")
        resolved["execution"] = self.execution.model_dump(mode="json")
        return resolved

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions of Python and of the distributions involved."""
        distributions = {"bait-core"} | {plugin.distribution for plugin, _ in self.plugins.values()}
        versions = {name: metadata.version(name) for name in sorted(distributions)}
        return {"python": platform.python_version(), **versions}

    @contextmanager
    def open_environment(self) -> Iterator[Environment]:
        """A new environment, closed at the end of the block."""
        environment: Environment = self._make("environment")
        try:
            yield environment
        finally:
            environment.close()

    def make_tactic_model(self) -> TacticModel:
        """A new tactic model."""
        model: TacticModel = self._make("model")
        return model

    def make_goal_model(self) -> GoalModel | None:
        """A new goal model; None if the search uses none."""
        model: GoalModel | None = self._make("goal_model") if "goal_model" in self.plugins else None
        return model

    def make_search(self) -> SearchModel:
        """A new search model."""
        search: SearchModel = self._make("search")
        return search

    def __getstate__(self) -> dict[str, Any]:
        """What is sent to other processes: the given values, without cached lookups."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def _make(self, section: str) -> Any:
        return make(*self.plugins[section])

    def _goal_model(self, search: Plugin) -> PluginConfig | None:
        given = self.goal_model
        default = search.spec.goal_model if isinstance(search.spec, SearchSpec) else ""
        if default:
            return PluginConfig(name=given.name or default, **given.options)
        if given.name or given.options:
            raise ConfigurationError(
                f"the search {search.name!r} uses no goal model, but one was given",
                hint="Leave it out, or choose a search that uses a goal model.",
            )
        return None
