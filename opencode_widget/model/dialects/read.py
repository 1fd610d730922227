"""Reads fields of JSON that may be anything.

A required field raises BadField where it is missing or of another type. An optional one gives None, or a default, then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..entities import JSON, NOTHING
from ..text.well_formed import LARGEST, well_formed

T = TypeVar("T")


class BadField(ValueError):
    """A required field is missing, or of another type."""


def mapping(value: Any, what: str) -> JSON:
    """`value`, if it is an object; raises BadField otherwise."""
    if not isinstance(value, Mapping):
        raise BadField(f"{what} is not an object")
    return value


def need(obj: JSON, key: str) -> str:
    """A required string that is not empty."""
    value = obj.get(key)
    if not isinstance(value, str) or not value:
        raise BadField(f"{key!r} is not a string")
    return value if value.isascii() else well_formed(value)


def text(obj: JSON, key: str) -> str:
    """A string, or ""."""
    value = obj.get(key)
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else well_formed(value)  # saves a call for each field of a delta


def maybe(obj: JSON, key: str) -> str | None:
    """A string that is not empty, else None."""
    return text(obj, key) or None


def number(obj: JSON, key: str) -> float | None:
    """A number, else None. NaN, infinity and what JavaScript cannot represent are no numbers."""
    value = obj.get(key)
    counts = isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST
    return value if counts else None


def whole(obj: JSON, key: str) -> int:
    """A whole number, or 0."""
    value = number(obj, key)
    return int(value) if value is not None and abs(value) < 2**63 else 0


def sub(obj: JSON, key: str) -> JSON:
    """An object, or an empty one."""
    value = obj.get(key)
    return value if isinstance(value, Mapping) else NOTHING


def objects(value: Any) -> list[JSON]:
    """The objects in a list; other entries are skipped."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def strings(value: Any) -> tuple[str, ...]:
    """The strings in a list, or a single one."""
    listed = value if isinstance(value, list) else [value]
    return tuple(well_formed(item) for item in listed if isinstance(item, str))


def each(values: Any, read: Callable[[Any], T], most: int | None = None) -> tuple[T, ...]:
    """The readable entries of a list, of its first `most`. A bad entry is skipped, and does not fail the others."""
    found = []
    for value in values[:most] if isinstance(values, list) else ():
        try:
            found.append(read(value))
        except BadField:
            continue
    return tuple(found)
