"""Settings as users write them on a command line: `settings.seconds=5`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from bait_core.errors import ConfigurationError

MALFORMED = (OmegaConfBaseException, yaml.YAMLError, ValueError, TypeError, AttributeError)
"""What OmegaConf and its YAML raise for what they can't take."""

_FORM = """Write KEY=VALUE; a list is written KEY='[a, b]', a text with quotes KEY='"..."'."""
_WORDS = {"null": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_FLOAT = re.compile(r"-?(0|[1-9]\d*)(\.\d*)?([eE][-+]?\d+)?")


def assign(config: DictConfig, assignments: Sequence[str]) -> None:
    """Change a configuration.

    Args:
        config: The configuration, changed in place.
        assignments: Such as `settings.seconds=5` or `training.0.name=tactics`; see `parse_value`.

    Raises:
        ConfigurationError: One is malformed, or does not fit the configuration.
    """
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not (key and equals):
            raise ConfigurationError(f"{assignment!r} is not a setting", hint=_FORM)
        try:
            OmegaConf.update(config, key, parse_value(text), merge=False, force_add=True)
        except MALFORMED as error:
            reason = " ".join(str(error).split())
            raise ConfigurationError(
                f"the setting {assignment!r} is not well-formed: {reason}", hint=_FORM
            ) from error


def parse_value(text: str) -> Any:
    """The value of a setting.

    `null`, `true`, `false` and numbers are what they are in YAML; what begins with a bracket or a
    quotation mark is YAML; anything else, such as a statement with a colon, is text as it stands.

    Raises:
        yaml.YAMLError: It begins as YAML does, and is none.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if text.startswith(("[", "{", '"', "'")):
        return yaml.safe_load(text)
    return text


def parse_sections(
    assignments: Sequence[str], sections: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """The settings of sections given as `SECTION.KEY=VALUE`, such as `search.temperature=2`.

    Returns:
        The values set in each section.

    Raises:
        ConfigurationError: One is malformed, or is for another section.
    """
    names = tuple(sections)
    for assignment in assignments:
        section, dot, _ = assignment.partition("=")[0].partition(".")
        if not dot or section not in names:
            raise ConfigurationError(
                f"{assignment!r} sets nothing that can be set here",
                hint=f"Write SECTION.KEY=VALUE, where SECTION is {' or '.join(names)}.",
            )
    config = OmegaConf.create({name: {} for name in names})
    assign(config, assignments)
    return {name: OmegaConf.to_container(config[name]) for name in names}  # type: ignore[misc]
