"""From what the user wants proved to an environment that can prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bait_core.domain import Theorem
from bait_core.errors import ConfigurationError
from bait_core.plugins import EnvironmentSpec, Plugin, PluginKind, Registry
from bait_core.plugins.problems import did_you_mean

_SECTIONS = ("environment", "model", "search")


@dataclass(frozen=True, slots=True)
class Target:
    """What to prove, where, and the options that say so.

    Attributes:
        plugin: The environment's plugin.
        spec: Its spec.
        options: The environment's options.
        file: The file whose holes are to be filled; None for a statement.
    """

    plugin: Plugin
    spec: EnvironmentSpec
    options: Mapping[str, object]
    file: Path | None

    def with_options(self, options: Mapping[str, object]) -> Target:
        """The same target with further options of the environment."""
        return replace(self, options={**options, **self.options})


def find_target(text: str, environment: str | None, registry: Registry) -> Target:
    """Decide whether `text` is a file or a statement, and which environment takes it.

    It is a file if its ending is one that an environment fills, or if it exists.

    Raises:
        ConfigurationError: No environment, or more than one, takes it.
    """
    plugins = _environments(environment, registry)
    path = Path(text)
    if any(path.suffix in spec.file_suffixes for _, spec in plugins) or _exists(path):
        takers = [(p, s) for p, s in plugins if s.file_option and path.suffix in s.file_suffixes]
        plugin, spec = _single(takers, f"files like {path.name}")
        return Target(plugin, spec, {spec.file_option: path}, path)
    takers = [(p, s) for p, s in plugins if s.statement_option]
    plugin, spec = _single(takers, "statements")
    return Target(plugin, spec, {spec.statement_option: text}, None)


def parse_assignments(assignments: Sequence[str]) -> dict[str, dict[str, object]]:
    """Options given as `environment.KEY=VALUE`, `model.KEY=VALUE` or `search.KEY=VALUE`.

    Raises:
        ConfigurationError: An assignment does not have this form.
    """
    options: dict[str, dict[str, object]] = {section: {} for section in _SECTIONS}
    for assignment in assignments:
        target, equals, value = assignment.partition("=")
        section, dot, key = target.partition(".")
        if not (equals and dot and key and section in options):
            raise ConfigurationError(
                f"{assignment!r} is not an option",
                hint=f"Write SECTION.KEY=VALUE, where SECTION is one of {', '.join(_SECTIONS)}.",
            )
        options[section][key] = value
    return options


def choose(theorems: list[Theorem], names: Sequence[str]) -> list[Theorem]:
    """The theorems of these names, or all where none is given.

    `name` also means `name:1`, `name:2`, ..., the holes of one declaration.

    Raises:
        ConfigurationError: There is no theorem of such a name.
    """
    chosen = [t for t in theorems if not names or t.name in names or _declaration(t) in names]
    found = {name for theorem in chosen for name in (theorem.name, _declaration(theorem))}
    for name in names:
        if name not in found:
            known = [theorem.name for theorem in theorems]
            raise ConfigurationError(
                f"there is no hole named {name!r}",
                hint=did_you_mean(name, known) or f"There are: {', '.join(known) or 'none'}.",
            )
    return chosen


def _declaration(theorem: Theorem) -> str:
    return theorem.name.partition(":")[0]


def _environments(name: str | None, registry: Registry) -> list[tuple[Plugin, EnvironmentSpec]]:
    plugins = (
        registry.select(PluginKind.ENVIRONMENT)
        if name is None
        else [registry.get(name, PluginKind.ENVIRONMENT)]
    )
    return [(p, p.spec) for p in plugins if isinstance(p.spec, EnvironmentSpec)]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a statement can be too long for a file name
        return False


def _single(
    takers: list[tuple[Plugin, EnvironmentSpec]], what: str
) -> tuple[Plugin, EnvironmentSpec]:
    if not takers:
        raise ConfigurationError(
            f"no installed environment proves {what}",
            hint="Install one, for example with: pip install bait-lean\n"
            "What is installed: bait list-plugins --kind environment",
        )
    if len(takers) > 1:
        names = ", ".join(plugin.name for plugin, _ in takers)
        raise ConfigurationError(
            f"several environments prove {what}: {names}", hint="Choose with --environment NAME."
        )
    return takers[0]
