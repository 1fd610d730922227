"""Values of Python itself: texts, bytes, containers, dataclasses; and whatever has no describer of its own."""

from __future__ import annotations

import collections
import dataclasses
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...model.text.brief import counted
from ..description import Description, code
from ..registry import describes
from ..work import in_words, type_name
from .brief import ENTRIES, brief, lines

BYTES = 64


@describes(str)
def text(value: str) -> Description:
    """A text, as it is."""
    shown, omitted = code(value)
    return Description(f"{_kind(value)}, {counted(len(value), 'character')}", shown, omitted=omitted)


@describes(bytes, bytearray, memoryview)
def content(value: bytes | bytearray | memoryview) -> Description:
    """Bytes: the first ones."""
    size = value.nbytes if isinstance(value, memoryview) else len(value)
    first = bytes(value.cast("B")[:BYTES] if isinstance(value, memoryview) and value.contiguous else value[:BYTES])[
        :BYTES
    ]
    left = size - len(first)
    omitted = (f"the last {left:,} of {size:,} bytes",) if left > 0 else ()
    return Description(f"{_kind(value)}, {counted(size, 'byte')}", code(repr(first))[0], omitted=omitted)


@describes(dict, types.MappingProxyType, collections.UserDict)
def mapping(value: Mapping[Any, Any]) -> Description:
    """A mapping: an entry on each line."""
    entries = (f"{brief(key)}: {brief(item)}" for key, item in value.items())
    return _container(value, len(value), entries)


@describes(list, tuple, set, frozenset, collections.deque, collections.UserList, range)
def collection(value: Any) -> Description:
    """A list or the like: an item on each line. The items of a named tuple have their names."""
    names = getattr(type(value), "_fields", None)
    if isinstance(value, tuple) and isinstance(names, tuple):
        return _container(
            value, len(value), (f"{name}: {brief(item)}" for name, item in zip(names, value, strict=False))
        )
    return _container(value, len(value), map(brief, value))


def _container(value: object, size: int, entries: Iterable[str]) -> Description:
    shown, omitted = lines(entries, size)
    kind = f"{_kind(value)}, {size:,} {'entry' if size == 1 else 'entries'}"
    if not shown:
        return Description(kind)
    text, cut = code(shown)
    return Description(kind, text, omitted=(*omitted, *cut))


@describes(int, float, complex, bool, type(None))
def number(value: object) -> Description:
    """A value that a line says."""
    return Description(_kind(value), code(brief(value))[0])


# ---- what has no describer --------------------------------------------------------------------------------------------


def anything(value: object) -> Description:
    """An object of a class that nobody describes: a dataclass by its fields, another one by its repr, or by its attributes.

    Raises:
        Exception: whatever its repr raises.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value, [field.name for field in dataclasses.fields(value)], "dataclass")
    if type(value).__repr__ is object.__repr__:
        return _fields(value, list(getattr(value, "__dict__", ())), "object")
    text, omitted = code(repr(value))
    return Description(_kind(value), text, omitted=omitted)


def _fields(value: object, names: list[str], noun: str) -> Description:
    shown, omitted = lines(_attributes(value, names[:ENTRIES]), len(names))
    kind = f"{_kind(value)} ({noun}), {counted(len(names), 'field')}"
    return Description(kind, code(shown)[0] if shown else "", omitted=omitted)


def _attributes(value: object, names: list[str]) -> Iterator[str]:
    """A line for each; what raises costs its own line alone."""
    for name in names:
        try:
            yield f"{name}: {brief(getattr(value, name))}"
        except Exception as fault:  # noqa: BLE001 - code of the object, which may raise anything
            yield f"{name}: raised {in_words(fault)}"


def _kind(value: object) -> str:
    return type_name(type(value))
