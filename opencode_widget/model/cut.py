"""JSON of any size, cut to what a page can bear: long strings, long lists, deep ends. The whole stays in the state."""

from __future__ import annotations

from typing import Any

from .well_formed import LARGEST, well_formed

# Characters of one string, and of all strings of a value together.
STRING_BOUND = 20_000
TOTAL_BOUND = 200_000
DEPTH_BOUND = 8
# Deeper than that JSON is not even on demand.
WHOLE_DEPTH = 64
MORE = "…"


def cut(value: Any) -> Any:
    """JSON within the bounds, and nothing in it that a page cannot read."""
    return _Cutter(STRING_BOUND, TOTAL_BOUND).cut(value, DEPTH_BOUND)


def whole(value: Any) -> Any:
    """JSON with all its strings, however long; only what a page cannot read is put in words."""
    endless = 2**62
    return _Cutter(endless, endless).cut(value, WHOLE_DEPTH)


class _Cutter:
    """Cuts one value; `room` is how much of it may still come."""

    def __init__(self, bound: int, room: int) -> None:
        self.bound = bound
        self.room = room

    def cut(self, value: Any, depth: int) -> Any:
        self.room -= 1
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, float) and not -LARGEST <= value <= LARGEST:
            return str(value)
        if not isinstance(value, dict | list):
            return value
        if depth == 0:
            return MORE
        return self._object(value, depth - 1) if isinstance(value, dict) else self._list(value, depth - 1)

    def _text(self, text: str) -> str:
        bound = max(0, min(self.bound, self.room))
        self.room -= min(len(text), bound)
        return well_formed(text if len(text) <= bound else f"{text[:bound]}{MORE} ({len(text)} characters)")

    def _object(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for key, one in value.items():
            if self.room <= 0:
                shown[MORE] = f"{len(value) - len(shown)} more"
                break
            shown[self._text(str(key))] = self.cut(one, depth)
        return shown

    def _list(self, value: list[Any], depth: int) -> list[Any]:
        shown: list[Any] = []
        for one in value:
            if self.room <= 0:
                shown.append(f"{MORE} {len(value) - len(shown)} more")
                break
            shown.append(self.cut(one, depth))
        return shown
