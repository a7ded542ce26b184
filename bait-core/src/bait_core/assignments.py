"""Settings as users write them on a command line: `settings.seconds=5`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from bait_core.errors import ConfigurationError

_FORM = "Write KEY=VALUE, such as settings.seconds=5; the value is YAML."

_MALFORMED = (OmegaConfBaseException, yaml.YAMLError, ValueError, TypeError, AttributeError)


def assign(config: DictConfig, assignments: Iterable[str]) -> None:
    """Change a configuration.

    Args:
        config: The configuration, changed in place.
        assignments: Such as `settings.seconds=5` or `training.0.name=tactics`; what comes after
            the equals sign is YAML.

    Raises:
        ConfigurationError: One does not have this form, or does not fit the configuration.
    """
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not (key and equals):
            raise ConfigurationError(f"{assignment!r} is not a setting", hint=_FORM)
        try:
            OmegaConf.update(config, key, yaml.safe_load(text), force_add=True)
        except (
            OmegaConfBaseException,
            yaml.YAMLError,
            ValueError,
            TypeError,
            AttributeError,
        ) as error:
            reason = " ".join(str(error).split())
            raise ConfigurationError(
                f"the setting {assignment!r} is not well-formed: {reason}", hint=_FORM
            ) from error


def parse_sections(
    assignments: Iterable[str], sections: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """The settings of sections given as `SECTION.KEY=VALUE`, such as `search.temperature=2`.

    Returns:
        For each section, what was set in it.

    Raises:
        ConfigurationError: One does not have this form, or is for another section.
    """
    names = tuple(sections)
    given = list(assignments)
    for assignment in given:
        section, dot, _ = assignment.partition("=")[0].partition(".")
        if not dot or section not in names:
            raise ConfigurationError(
                f"{assignment!r} sets nothing that can be set here",
                hint=f"Write SECTION.KEY=VALUE, where SECTION is {' or '.join(names)}.",
            )
    config = OmegaConf.create({name: {} for name in names})
    assign(config, given)
    return {name: OmegaConf.to_container(config[name]) for name in names}  # type: ignore[misc]
