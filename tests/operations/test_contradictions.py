"""Schemas that no value meets are found; no schema that some value meets is taken for one."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget.operations.turn.contradictions import contradiction
from opencode_widget.operations.turn.shapes import shape

NUMBER = {"type": "integer", "minimum": 5, "maximum": 1}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"enum": []}, "$.enum is empty"),
        ({"not": {}}, "$.not allows nothing"),
        ({"allOf": [{}, False]}, "$.allOf[1] allows nothing"),
        ({"anyOf": [{"enum": []}, False]}, "$.anyOf[0].enum is empty"),
        (NUMBER, "$: minimum 5 is more than maximum 1"),
        ({"type": "string", "minLength": 2, "maxLength": 1}, "$: minLength 2 is more than maxLength 1"),
        ({"type": "object", "properties": {"n": NUMBER}, "required": ["n"]}, "$.n: minimum 5 is more"),
        ({"type": "object", "required": ["n"], "additionalProperties": False}, "$.n is required, and no property"),
        ({"type": "array", "minItems": 1, "items": NUMBER}, "$.items: minimum 5"),
    ],
)
def test_what_no_value_meets_is_refused_in_words(schema: dict[str, Any], words: str) -> None:
    assert words in str(contradiction(schema))
    with pytest.raises(ValueError, match=r"No answer can fit this schema: .*Nothing was sent"):
        shape(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"minimum": 5, "maximum": 1},  # met by a text
        {"type": ["integer", "string"], "minimum": 5, "maximum": 1},
        {"type": "object", "properties": {"n": NUMBER}},  # met without n
        {"type": "array", "items": NUMBER},  # met by []
        {"anyOf": [False, {}]},
        {"type": "object", "required": ["ab"], "additionalProperties": False, "patternProperties": {"^a": {}}},
        {"$ref": "#/$defs/self", "$defs": {"self": {}}},
    ],
)
def test_what_some_value_meets_is_not(schema: dict[str, Any]) -> None:
    assert contradiction(schema) is None


LEAVES = st.sampled_from([True, {}, False, NUMBER, {"enum": []}, {"type": "string"}, {"const": 1}, {"not": {}}])
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda parts, name: {name: parts},
            st.lists(inner, min_size=1, max_size=3),
            st.sampled_from(["anyOf", "allOf", "oneOf"]),
        ),
        st.builds(
            lambda part, required, closed: {
                "type": "object",
                "properties": {"a": part},
                "required": required,
                "additionalProperties": closed,
            },
            inner,
            st.sampled_from([[], ["a"], ["b"]]),
            st.booleans(),
        ),
        st.builds(lambda part, least: {"type": "array", "items": part, "minItems": least}, inner, st.integers(0, 1)),
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.sampled_from([1, 3, "x", None]),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
    max_leaves=5,
)


@given(SCHEMAS, VALUES)
def test_a_value_that_fits_disproves_a_contradiction(schema: Any, value: Any) -> None:
    if jsonschema.Draft202012Validator(schema).is_valid(value):
        assert contradiction(schema) is None
