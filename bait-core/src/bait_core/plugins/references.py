"""Importing what a spec names, on demand."""

from __future__ import annotations

import importlib
from typing import Any

from bait_core.errors import BrokenPluginError
from bait_core.hints import describe_error


def resolve(reference: str, owner: str) -> Any:
    """Import what a spec names.

    Args:
        reference: "module:attribute".
        owner: Its owner, with which the error message begins.

    Raises:
        BrokenPluginError: It can't be imported, whatever the reason.
    """
    module, _, attribute = reference.partition(":")
    try:
        target: Any = importlib.import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
    except (Exception, SystemExit) as error:
        raise BrokenPluginError(
            f"{owner} can't be loaded from {reference}: {describe_error(error)}",
            hint=f"For the traceback: python -c 'import {module}'",
        ) from error
    return target
