"""The names that a prompt could have: what a user is offered after "@", and whether the names of a prompt stand for anything.

A list is drawn of everything in the namespace, and the user has named none of it yet. So nothing of the user's runs for it: a variable is
known by its name and its type, and its size is read where the type is one of those below, and no subclass of it. `type(value)` and the
descriptors of `type` are used, as `__class__`, a property or a metaclass may be the user's code.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..errors import UnknownName
from ..redaction import KNOWN
from .names import Name, mentioned, target
from .namespace import Namespace
from .work import type_name

# How many variables and cells are offered, how many of the latest variables are looked through, and letters of a cell's first line.
VARIABLES, CELLS, LOOKED_THROUGH, LINE = 40, 8, 50_000, 80

# What one piece of it is called. The size of these is counted by Python itself.
_COUNTED: dict[type, tuple[str, str]] = {
    **dict.fromkeys((list, tuple, set, frozenset, dict, deque), ("entry", "entries")),
    str: ("character", "characters"),
    **dict.fromkeys((bytes, bytearray), ("byte", "bytes")),
}
# Types of libraries that hold their data, whose `shape` is known at once.
_SHAPED = {
    "numpy": ("ndarray",),
    "pandas": ("DataFrame", "Series"),
    "polars": ("DataFrame", "Series"),
    "torch": ("Tensor",),
}


class Listed(NamedTuple):
    """A name that a prompt may have, or has.

    Attributes:
        name: the name.
        detail: what is known of it without a look at its value.
        problem: why it stands for nothing.
    """

    name: Name
    detail: str = ""
    problem: UnknownName | None = None


def listed(query: str, namespace: Namespace) -> list[Listed]:
    """The names that a user may mean who has written `query` after "@".

    Args:
        query: such as "df", "var:d", "cell:1" or "".
        namespace: of the notebook.
    """
    wanted = query.casefold()
    found = [*_error(namespace), *_figure(namespace), *_variables(wanted, namespace), *_cells(wanted, namespace)]
    return [item for item in found if _closeness(wanted, item.name) is not None]


def looked_up(text: str, namespace: Namespace) -> list[Listed]:
    """The names in a prompt, and what they stand for."""
    return [_looked_up(name, namespace) for name in mentioned(text)]


def _looked_up(name: Name, namespace: Namespace) -> Listed:
    try:
        found = target(name, namespace)
    except UnknownName as problem:
        return Listed(name, problem=problem)
    match name.kind:
        case "cell":
            return Listed(name, _first_line(namespace, int(name.value)))
        case "fig":
            return Listed(name, "the current figure")
        case _:
            return Listed(name, _type_and_size(found.value))


# ---- variables --------------------------------------------------------------------------------------------------------


def _variables(wanted: str, namespace: Namespace) -> Iterator[Listed]:
    """The closest matches, among them those that were made last."""
    ranked: list[tuple[int, int, Name]] = []
    for age, name in enumerate(reversed(namespace.names()[-LOOKED_THROUGH:])):
        variable = Name("var", name)
        if name.isidentifier() and (closeness := _closeness(wanted, variable)) is not None:
            ranked.append((closeness, age, variable))
    for _, _, variable in sorted(ranked)[:VARIABLES]:
        if variable.value in namespace.variables:  # another thread may have deleted it
            yield Listed(variable, _type_and_size(namespace.variables[variable.value]))


def _closeness(wanted: str, name: Name) -> int | None:
    """How well a name fits what is wanted, from 0 on; None: not at all."""
    bare, whole = name.value.casefold(), name.text[1:].casefold()
    if bare.startswith(wanted) or whole.startswith(wanted):
        return 0
    if wanted in bare:
        return 1
    letters = iter(whole)
    return 2 if all(letter in letters for letter in wanted) else None


def _type_and_size(value: object) -> str:
    kind = type(value)
    return ", ".join(filter(None, (type_name(kind), _size(kind, value))))


def _size(kind: type, value: Any) -> str:
    if kind in _COUNTED:
        one, many = _COUNTED[kind]
        return f"{len(value):,} {one if len(value) == 1 else many}"
    if any(
        kind is getattr(sys.modules.get(library), name, None) for library, names in _SHAPED.items() for name in names
    ):
        return " x ".join(f"{length:,}" for length in value.shape) or "one number"
    return ""


# ---- cells, the error, the figure -------------------------------------------------------------------------------------


def _cells(wanted: str, namespace: Namespace) -> Iterator[Listed]:
    """The cells that ran last, the latest first."""
    found = 0
    for number in range(namespace.last_cell, 0, -1):
        name = Name("cell", str(number))
        if _closeness(wanted, name) is None or not (line := _first_line(namespace, number)):
            continue
        yield Listed(name, line)
        found += 1
        if found == CELLS:
            return


def _first_line(namespace: Namespace, number: int) -> str:
    cell = namespace.cell(number)
    lines = cell.source.strip().splitlines() if cell is not None else []
    return KNOWN.text(lines[0][:LINE]) if lines else ""


def _error(namespace: Namespace) -> Iterator[Listed]:
    if (error := namespace.error()) is not None:
        yield Listed(Name("error"), type_name(type(error)))


def _figure(namespace: Namespace) -> Iterator[Listed]:
    if namespace.figure() is not None:
        yield Listed(Name("fig"), "the current figure")
