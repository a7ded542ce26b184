"""Ids of parametrized cases: the same in every process, whatever its hash seed and its clock.

pytest-xdist compares what its workers collect, and gives up when an id differs.
"""

from __future__ import annotations

import enum
import re

import pytest

_LONGEST = 100  # as pytest's own limit for texts
_NAMED_BY_PYTEST = (str, int, float, complex, enum.Enum, re.Pattern, type(None))


def case_id(value: object, argument: str) -> str | None:
    """An id for the value, or None where pytest's own does.

    Lists, tuples and dicts of plain values are shown as they are written.

    Raises:
        pytest.fail.Exception: The value says nothing that is short and always the same.
    """
    if isinstance(value, _NAMED_BY_PYTEST) or isinstance(getattr(value, "__name__", None), str):
        return None
    if _is_plain(value) and len(text := ascii(value)) <= _LONGEST:
        return text
    pytest.fail(
        f"No id can be made from this value of {argument!r}: {value!r:.200}\n"
        "Name the case: pytest.param(..., id=...), or parametrize(..., ids=...).",
        pytrace=False,
    )


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(part) for item in value.items() for part in item)
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, str | int | float | type(None))
