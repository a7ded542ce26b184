"""Finding an environment for what the user wants to prove."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bait_core.errors import ConfigurationError
from bait_core.hints import did_you_mean
from bait_core.plugins import EnvironmentSpec, Plugin, PluginKind, Registry
from bait_core.plugins.build import parse_options
from bait_core.plugins.references import resolve

_FILE_NAME = re.compile(r"[\w./~-]*\w\.[A-Za-z]{2,6}")
"""What looks like a file name rather than a statement."""


@dataclass(frozen=True, slots=True)
class Target:
    """What to prove, in which environment, and the options for it.

    Attributes:
        plugin: The environment's plugin.
        spec: Its spec.
        options: Options of the environment.
        file: The file whose holes are to be filled; None for anything else.
    """

    plugin: Plugin
    spec: EnvironmentSpec
    options: Mapping[str, object]
    file: Path | None

    def with_options(self, options: Mapping[str, object]) -> Target:
        """The same target with further options of the environment."""
        return replace(self, options={**options, **self.options})

    def prepare(self, *, yes: bool) -> None:
        """Let the environment install missing parts of its prover.

        Args:
            yes: Install without asking.

        Raises:
            ConfigurationError: An option of the environment is wrong.
            ProverStartError: The prover is still not installed afterwards.
        """
        if self.spec.prepare:
            prepare = resolve(self.spec.prepare, f"the environment {self.plugin.name!r}")
            prepare(parse_options(self.plugin, self.options), yes)

    def restricted_to(self, names: Sequence[str]) -> Target:
        """The same target, but only the holes or theorems of these names.

        Raises:
            ConfigurationError: There is nothing to choose from.
        """
        if not self.spec.only_option:
            raise ConfigurationError(
                f"the environment {self.plugin.name!r} can't choose theorems by name",
                hint="Leave out --only.",
            )
        if self.spec.statement_option in self.options:
            raise ConfigurationError(
                f"--only selects among several theorems, but {self.plugin.name!r} has one here",
                hint="Leave out --only.",
            )
        return self.with_options({self.spec.only_option: tuple(names)})

    def allowing_axioms(self, names: Sequence[str]) -> Target:
        """The same target, whose proofs may use these axioms of the user's own text.

        Raises:
            ConfigurationError: The environment does not support that.
        """
        if not names:
            return self
        if not self.spec.axioms_option:
            raise ConfigurationError(
                f"the environment {self.plugin.name!r} has no option to allow axioms",
                hint="Leave out --allow-axiom.",
            )
        return self.with_options({self.spec.axioms_option: tuple(names)})


def find_target(text: str | None, environment: str | None, registry: Registry) -> Target:
    """Decide whether `text` is a file or a statement, and which environment takes it.

    It is a file if an environment fills files with its extension, or if it exists. Without a
    text, the theorems are the environment's own.

    Raises:
        ConfigurationError: No environment, or more than one, takes it.
    """
    plugins = _environments(environment, registry)
    if text is None:
        if environment is None:
            raise ConfigurationError(
                "nothing to prove was given",
                hint="Give a statement or a file, or --environment NAME for its own theorems.",
            )
        [(plugin, spec)] = plugins
        return Target(plugin, spec, {}, None)
    if not text.strip():
        raise ConfigurationError("the statement is empty", hint="See: bait prove --help")
    path = Path(text)
    if any(path.suffix in spec.file_suffixes for _, spec in plugins) or _holds(path.exists):
        return find_file(path, environment, registry)
    if _FILE_NAME.fullmatch(text):
        endings = sorted({suffix for _, spec in plugins for suffix in spec.file_suffixes})
        raise ConfigurationError(
            f"there is no file {text}",
            hint=did_you_mean(path.suffix, endings)
            or f"Files that can be filled end in {' or '.join(endings) or '(none installed)'}.",
        )
    if text.strip().startswith("`") and text.strip().endswith("`"):
        raise ConfigurationError(
            "the statement is in backquotes, which mark a term in HOL Light and are not part of it",
            hint="Leave them out, and name the environment: --environment holist",
        )
    takers = [
        (p, s) for p, s in plugins if s.statement_option and (environment or not s.only_by_name)
    ]
    plugin, spec = _single(takers, "statements", environment)
    return Target(plugin, spec, {spec.statement_option: text}, None)


def find_file(path: Path, environment: str | None, registry: Registry) -> Target:
    """Decide which environment takes a file.

    Raises:
        ConfigurationError: No environment, or more than one, takes it, or it is a folder.
    """
    if _holds(path.is_dir):
        raise ConfigurationError(f"{path} is a folder", hint="Name one file in it.")
    plugins = _environments(environment, registry)
    takers = [(p, s) for p, s in plugins if s.file_option and path.suffix in s.file_suffixes]
    plugin, spec = _single(takers, f"files like {path.name}", environment)
    return Target(plugin, spec, {spec.file_option: path}, path)


def _environments(name: str | None, registry: Registry) -> list[tuple[Plugin, EnvironmentSpec]]:
    plugins = (
        registry.select(PluginKind.ENVIRONMENT)
        if name is None
        else [registry.get(name, PluginKind.ENVIRONMENT)]
    )
    return [(p, p.spec) for p in plugins if isinstance(p.spec, EnvironmentSpec)]


def _holds(question: Callable[[], bool]) -> bool:
    """The answer to a question about a path that may not be a valid path."""
    try:
        return question()
    except (OSError, ValueError):  # a statement can be too long for a file name, or contain a NUL
        return False


def _single(
    takers: list[tuple[Plugin, EnvironmentSpec]], what: str, environment: str | None
) -> tuple[Plugin, EnvironmentSpec]:
    if not takers and environment is not None:
        raise ConfigurationError(
            f"the environment {environment!r} doesn't prove {what}",
            hint="Leave out --environment, or choose another.",
        )
    if not takers:
        raise ConfigurationError(
            f"no installed environment proves {what}",
            hint="Install one, for example with: pip install bait-lean\n"
            "To see what is installed: bait list-plugins --kind environment",
        )
    if len(takers) > 1:
        names = ", ".join(plugin.name for plugin, _ in takers)
        raise ConfigurationError(
            f"several environments prove {what}: {names}",
            hint="Choose one with --environment NAME.",
        )
    return takers[0]
