"""Finds in a JSON schema what no value at all can meet, so that a user hears of it before a model is paid for trying.

It finds plain contradictions only, and none that is not one: what it does not know, such as a `$ref`, counts as possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Bounds that contradict each other, with the types of which each pair speaks.
BOUNDS = (
    ("minimum", "maximum", {"number", "integer"}),
    ("minLength", "maxLength", {"string"}),
    ("minItems", "maxItems", {"array"}),
    ("minProperties", "maxProperties", {"object"}),
)
# Schemas within one another that are looked at.
DEPTH = 20


def contradiction(schema: Any, path: str = "$", depth: int = DEPTH) -> str | None:
    """Why no value meets a valid schema; None where some value may."""
    if schema is False:
        return f"{path} allows nothing"
    if not isinstance(schema, Mapping) or depth == 0:
        return None
    return next(_contradictions(schema, path, depth - 1), None)


def _contradictions(schema: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    if schema.get("enum") == []:
        yield f"{path}.enum is empty"
    if "not" in schema and (schema["not"] is True or schema["not"] == {}):
        yield f"{path}.not allows nothing"
    for name, enough in (("allOf", any), ("anyOf", all), ("oneOf", all)):
        parts = enumerate(_list(schema.get(name)))
        found = [contradiction(part, f"{path}.{name}[{number}]", depth) for number, part in parts]
        if found and enough(why is not None for why in found):
            yield next(why for why in found if why is not None)
    kinds = {schema["type"]} if isinstance(schema.get("type"), str) else set(_list(schema.get("type")))
    yield from _of_bounds(schema, kinds, path)
    if kinds == {"object"}:
        yield from _of_object(schema, path, depth)
    if kinds == {"array"}:
        yield from _of_array(schema, path, depth)


def _of_bounds(schema: Mapping[str, Any], kinds: set[str], path: str) -> Iterator[str]:
    for least, most, of in BOUNDS:
        if kinds and kinds <= of and _number(schema, least, float("-inf")) > _number(schema, most, float("inf")):
            yield f"{path}: {least} {schema[least]} is more than {most} {schema[most]}"


def _of_object(schema: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    """Properties that are required, and cannot be there."""
    known = schema.get("properties")
    properties: Mapping[str, Any] = known if isinstance(known, Mapping) else {}
    closed = schema.get("additionalProperties") is False and not schema.get("patternProperties")
    for name in _list(schema.get("required")):
        if name in properties:
            why = contradiction(properties[name], f"{path}.{name}", depth)
            if why is not None:
                yield why
        elif closed:
            yield f"{path}.{name} is required, and no property of this name is allowed"


def _of_array(schema: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    """Items of which there have to be some, and can be none."""
    if _number(schema, "minItems", 0) >= 1 and "prefixItems" not in schema:
        why = contradiction(schema.get("items"), f"{path}.items", depth)
        if why is not None:
            yield why


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(schema: Mapping[str, Any], name: str, without: float) -> float:
    value = schema.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else without
