"""Options: their base class, validation of what users give, and descriptions for users."""

from __future__ import annotations

import enum
import json
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.fields import FieldInfo

from bait_core.errors import ConfigurationError
from bait_core.hints import did_you_mean

_CONSTRAINTS = {
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
    "multiple_of": "multiple of",
    "min_length": "length >=",
    "max_length": "length <=",
    "pattern": "matches",
}


class Options(BaseModel):
    """Base class of all options: unknown keys are errors, and instances are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_numbers(cls, values: Any) -> Any:
        """Refuse `true` for 1, which pydantic would take; take 2024 for the path that it names."""
        if not isinstance(values, Mapping):
            return values
        return {name: _number(name, value, cls.model_fields) for name, value in values.items()}


Model = TypeVar("Model", bound=Options)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a plugin, as shown to users.

    Attributes:
        name: What to write.
        type: Its type with its bounds, such as `int >= 1`.
        required: Whether it must be given.
        default: Its default value, as JSON types; None if required.
        help: What it does.
    """

    name: str
    type: str
    required: bool
    default: Any
    help: str

    def __str__(self) -> str:
        """One line, such as `workers: int >= 1 (default 4)`."""
        rest = "required" if self.required else f"default {json.dumps(self.default)}"
        return f"{self.name}: {self.type} ({rest})"


def validate(model: type[Model], values: Mapping[str, object], title: str, see: str = "") -> Model:
    """Validate what the user gave as options.

    Args:
        model: What the options must be.
        values: What the user gave.
        title: The owner of the options, such as `the search 'x'`.
        see: Where to find out more, if anywhere.

    Raises:
        ConfigurationError: An option is unknown, missing or has a wrong value; the hint says
            what would be right.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        messages, hints = zip(*(_explain(model, item) for item in error.errors()), strict=True)
    raise ConfigurationError(
        f"{title} {'; '.join(messages)}",
        hint="\n".join(dict.fromkeys(filter(None, [*hints, see]))),
    )


def describe_options(model: type[Options]) -> list[Option]:
    """The options in the order of their declaration."""
    return [_describe(name, field) for name, field in model.model_fields.items()]


def _number(name: str, value: Any, fields: Mapping[str, FieldInfo]) -> Any:
    """A value as an option can take it, if it is a boolean or a number."""
    if not isinstance(value, bool | int | float) or name not in fields:
        return value
    annotation = fields[name].annotation
    kinds = {annotation, *get_args(annotation)}
    if isinstance(value, bool) and {int, float} & kinds and bool not in kinds:
        raise ValueError(f"{name} is a number, not true or false")
    return str(value) if Path in kinds and not {int, float, bool} & kinds else value


def _explain(model: type[Options], item: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with one option, and what would be valid."""
    options = {option.name: option for option in describe_options(model)}
    location: tuple[int | str, ...] = item["loc"]
    if not location:
        return f"rejects its options: {item['msg']}", ""
    key = ".".join(str(part) for part in location)
    name = str(location[0])
    if item["type"] == "extra_forbidden":
        if name in options:
            return f"has no option {key!r}", f"It takes {options[name]}."
        suggestion = did_you_mean(name, options)
        known = ", ".join(options) or "none"
        return f"has no option {key!r}", suggestion or f"It takes these options: {known}."
    hint = f"It takes {options[name]}." if name in options else ""
    if item["type"] == "missing":
        return f"needs the option {key!r}", hint
    reason = item["msg"][:1].lower() + item["msg"][1:]
    return f"can't take {item['input']!r} as {key!r}: {reason}", hint


def _describe(name: str, field: FieldInfo) -> Option:
    required = field.is_required()
    default = None if required else field.get_default(call_default_factory=True)
    return Option(
        name=name,
        type=" ".join([_type_name(field.annotation), *_constraints(field)]),
        required=required,
        default=_plain(default),
        help=" ".join((field.description or "").split()),
    )


def _constraints(field: FieldInfo) -> list[str]:
    bounds = [
        f"{symbol} {getattr(metadata, attribute)}"
        for metadata in field.metadata
        for attribute, symbol in _CONSTRAINTS.items()
        if getattr(metadata, attribute, None) is not None
    ]
    return [", ".join(bounds)] if bounds else []


def _type_name(annotation: Any) -> str:
    """An annotation as users would write it: `int | None`, `a | b` for an enumeration."""
    origin = get_origin(annotation)
    if origin is Literal:
        return " | ".join(str(value) for value in get_args(annotation))
    if origin in {Union, types.UnionType}:
        return " | ".join(_type_name(part) for part in get_args(annotation))
    if annotation is types.NoneType:
        return "None"
    if isinstance(annotation, type) and origin is None:
        if issubclass(annotation, enum.Enum):
            return " | ".join(str(member.value) for member in annotation)
        return annotation.__name__
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", str(annotation))


def _plain(value: Any) -> Any:
    """`value` as JSON types."""
    match value:
        case enum.Enum():
            return _plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case Options():
            return value.model_dump(mode="json")
        case _:
            return str(value)
