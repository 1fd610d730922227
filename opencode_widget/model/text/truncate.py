"""Cuts JSON of any size to what a page can draw: long strings, long lists, deep nesting. The state keeps all of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from .well_formed import LARGEST, well_formed

# Maximum characters of one string, and of all strings of a value together.
STRING_BOUND = 20_000
TOTAL_BOUND = 200_000
DEPTH_BOUND = 8
# Values of one piece of JSON that a page gets unasked, and that are counted to measure what is left out. There may be millions.
VALUES_BOUND = 50_000
# If a page asks for more room, it gets one value for so many characters of it.
CHARACTERS_EACH = 40
# Maximum depth of JSON even on demand.
WHOLE_DEPTH = 64
MORE = "…"
ENDLESS = 2**62


class Bounded(NamedTuple):
    """Fields within a bound.

    Attributes:
        fields: what a page gets.
        characters: their size; a number, a list or an object counts as one character.
        omitted: the size of what was left out; 0 where nothing was.
    """

    fields: dict[str, Any]
    characters: int
    omitted: int


def cut(value: Any) -> Any:
    """Cut JSON to the bounds, and replace what a page cannot read."""
    return _Cutter(STRING_BOUND, TOTAL_BOUND, VALUES_BOUND).cut(value, DEPTH_BOUND)


def shortened(text: str, bound: int) -> str:
    """Cut text to `bound` characters, and say how much is missing."""
    return text if len(text) <= bound else f"{text[:bound]}\n\n{MORE} ({len(text) - bound:,} more characters)"


def whole(value: Any) -> Any:
    """Keep all strings of JSON, however long; replace only what a page cannot read."""
    return _Cutter(ENDLESS, ENDLESS, ENDLESS).cut(value, WHOLE_DEPTH)


def bounded(fields: dict[str, Any], room: int) -> Bounded:
    """Cut the values of the fields to about `room` characters together, and measure what is missing."""
    cutter = _Cutter(ENDLESS, room, max(VALUES_BOUND, room // CHARACTERS_EACH))
    shown = {name: cutter.cut(value, WHOLE_DEPTH) for name, value in fields.items()}
    return Bounded(shown, room - cutter.room, cutter.omitted)


def size_of(*values: Any) -> int:
    """The characters of all strings, keys included; any other value counts as one. Works without recursion, at any depth.

    Beyond `VALUES_BOUND` values the size is a lower bound.
    """
    total, stack, looked = 0, list(values), 0
    while stack and (looked := looked + 1) <= VALUES_BOUND:
        value = stack.pop()
        total += len(value) if isinstance(value, str) else 1
        if isinstance(value, dict):
            stack.extend(str(key) for key in value)
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return total + len(stack)


class _Cutter:
    """Cuts one value. `room` is what may still be added, `omitted` the size of what was left out.

    Args:
        bound: the maximum characters of one string.
        room: the maximum characters of all strings; any other value counts as one.
        values: the maximum number of values.
    """

    def __init__(self, bound: int, room: int, values: int) -> None:
        self.bound = bound
        self.room = room
        self.values = values
        self.omitted = 0

    @property
    def is_full(self) -> bool:
        return self.room <= 0 or self.values <= 0

    def cut(self, value: Any, depth: int) -> Any:
        self.room -= 1
        self.values -= 1
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, float) and not -LARGEST <= value <= LARGEST:
            return str(value)
        if not isinstance(value, dict | list):
            return value
        if depth == 0:
            self.omitted += size_of(value)
            return MORE
        return self._object(value, depth - 1) if isinstance(value, dict) else self._list(value, depth - 1)

    def _text(self, text: str) -> str:
        bound = max(0, min(self.bound, self.room))
        self.room -= min(len(text), bound)
        self.omitted += max(0, len(text) - bound)
        return well_formed(text if len(text) <= bound else f"{text[:bound]}{MORE} ({len(text)} characters)")

    def _object(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        left = list(value.items())
        for index, (key, item) in enumerate(left):
            if self.is_full:
                shown[MORE] = f"{len(left) - index} more"
                self.omitted += size_of(*(entry for key, item in left[index:] for entry in (str(key), item)))
                break
            name = self._text(str(key))  # before the value, which may use up the room
            shown[name] = self.cut(item, depth)
        return shown

    def _list(self, value: list[Any], depth: int) -> list[Any]:
        shown: list[Any] = []
        for index, item in enumerate(value):
            if self.is_full:
                shown.append(f"{MORE} {len(value) - index} more")
                self.omitted += size_of(*value[index:])
                break
            shown.append(self.cut(item, depth))
        return shown
