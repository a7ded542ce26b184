"""Settings as users write them."""

from __future__ import annotations

import pytest
from omegaconf import OmegaConf

from bait_core import ConfigurationError
from bait_core.assignments import assign, parse_sections, parse_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("theorem t (a : Nat) : a = a", "theorem t (a : Nat) : a = a"),
        ("!m n. m + n = n + m", "!m n. m + n = n + m"),
        ("a #b", "a #b"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("~", "~"),
        ("", ""),
        ("010", "010"),
        ("1:30", "1:30"),
        ("2026-11-27", "2026-11-27"),
        ("12", 12),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ("[a, b]", ["a", "b"]),
        ("{a: 1}", {"a": 1}),
        ("'12'", "12"),
        ('"null"', "null"),
    ],
    ids=str,
)
def test_a_value_is_what_it_looks_like(text, value):
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


def test_values_below_a_key():
    config = OmegaConf.create({"steps": [{"name": "a"}]})
    assign(config, ["steps.0.trainer.size=3", "x.y=a: b"])
    assert OmegaConf.to_container(config) == {
        "steps": [{"name": "a", "trainer": {"size": 3}}],
        "x": {"y": "a: b"},
    }


@pytest.mark.parametrize("assignment", ["settings", "=3", "x=[1", "x={", "x='"])
def test_what_is_not_a_setting(assignment):
    with pytest.raises(ConfigurationError, match="setting"):
        assign(OmegaConf.create({}), [assignment])


def test_a_section_that_is_not_there():
    assert parse_sections(["a.x=1", "a.x=2"], ["a", "b"]) == {"a": {"x": 2}, "b": {}}
    with pytest.raises(ConfigurationError) as caught:
        parse_sections(["c.x=1"], ["a", "b"])
    assert caught.value.hint == "Write SECTION.KEY=VALUE, where SECTION is a or b."
