"""Which describer an object has: by its type, by that of its nearest base class, or by how it displays itself."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from .description import Description

log = logging.getLogger("opencode_widget")

Describer = Callable[[Any], Description | str]
D = TypeVar("D", bound=Describer)

GROUP = "opencode_widget.describers"
# By which methods an object says how it is displayed: `_repr_png_` and so on.
DISPLAYS = ("mimebundle", "png", "jpeg", "svg", "markdown", "latex")

_by_type: dict[type, Describer] = {}
# Of types that are named "package.Type", since their package may never be loaded.
_by_name: dict[str, Describer] = {}


def describes(*types: type | str) -> Callable[[D], D]:
    """Register a function that describes objects of some types for an agent. The last one that is registered for a type counts.

        @describes(Spectrum)
        def spectrum(value: Spectrum) -> str:
            return f"A spectrum of {len(value.lines)} lines, {value.low} to {value.high} nm."

    Args:
        types: types; subclasses count too, unless they have a describer of their own. Or the name of a type, "package.Type": it is
            looked for in the package only where that is loaded.

    Returns:
        A decorator for a function that takes the object, and returns a Description, or Markdown. It runs on a thread, once, and has two
        seconds. It should leave the object as it is.

    Raises:
        TypeError: there is no type, or something else than types and names.
    """
    if not types or not all(isinstance(item, type | str) for item in types):
        raise TypeError('`describes` takes types, or names of types such as "package.Type".')

    def register(describer: D) -> D:
        for item in types:
            if isinstance(item, str):
                _by_name[item] = describer
            else:
                _by_type[item] = describer
        return describer

    return register


def describer_of(value: object) -> Describer | None:
    """The describer of an object; None: it has none, and does not say how it is displayed either."""
    # `type(value)`, as `value.__class__` may be a property that runs code of the object.
    bases = type(value).__mro__
    for package in dict.fromkeys(base.__module__.partition(".")[0] for base in bases):
        _load(package)
    known = {kind: describer for name, describer in _by_name.items() if (kind := _loaded(name)) is not None} | _by_type
    for base in bases[:-1]:  # `object` has none
        if (describer := known.get(base)) is not None:
            return describer
        if displays(base):
            from .describers.displayed import displayed

            return displayed
    return None


def displays(kind: type) -> bool:
    """Does this class itself define how its objects are displayed?"""
    return any(f"_repr_{display}_" in vars(kind) for display in DISPLAYS)


def _loaded(name: str) -> type | None:
    """A type by its name, such as "matplotlib.figure.Figure"; None where its module is not loaded."""
    module, _, attribute = name.rpartition(".")
    found = getattr(sys.modules.get(module), attribute, None)
    return found if isinstance(found, type) else None


# ---- entry points -----------------------------------------------------------------------------------------------------


@cache
def _entry_points() -> dict[str, list[EntryPoint]]:
    """The entry points of the group, by the package whose objects they describe."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, []).append(point)
    return found


@cache
def _load(package: str) -> None:
    """Load the describers of a package: importing their module registers them. One that fails is reported, and costs itself alone."""
    for point in _entry_points().get(package, ()):
        try:
            point.load()
        except Exception:
            log.warning("The describers of %s cannot be loaded from %s.", package, point.value, exc_info=True)
