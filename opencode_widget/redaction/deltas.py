"""Redacts secrets in texts that arrive in pieces, as the page would otherwise reassemble a secret that was cut into deltas.

The end of the text so far may be the start of a secret, so it is buffered until the next piece decides. Its first characters are too few to
be recognised and have been passed on by then: of a secret that arrives letter by letter, at most three characters remain before the stars.
"""

from __future__ import annotations

from collections.abc import Hashable

from .known import Known
from .redactor import HEAD, STARS

# The maximum number of texts that are tracked; a server with more open texts at once never ends them.
MOST = 10_000
# The maximum number of buffered characters: a secret may begin in its own end, and so repeat for ever.
LONGEST = 4_000
# The end of a text that is kept: one character less than a head has.
KEPT = 1 - HEAD


class Deltas:
    """The texts of one server that grow by deltas. A delta costs a lookup and a search in a few characters.

    Args:
        known: the secrets.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        # The end of each text: some characters that were passed on, and the buffered ones.
        self._ends: dict[Hashable, str] = {}
        # The current text, as consecutive deltas usually belong to the same text.
        self._key: Hashable | None = None
        self._end = ""
        self.buffered: dict[Hashable, int] = {}

    def feed(self, key: Hashable, text: str) -> str:
        """Return what to pass on for a piece of the text `key`; "" if nothing may pass yet."""
        if key != self._key:
            self._turn_to(key)
        end = self._end + text
        if self._known.redactor.holds_head(end) is None and not (self.buffered and key in self.buffered):
            self._end = end[KEPT:]
            return text
        return self._look(key, end, len(end) - len(text) - self.buffered.pop(key, 0))

    def _turn_to(self, key: Hashable) -> None:
        """Make this text the current one."""
        if self._key is not None:
            self._ends[self._key] = self._end
            if len(self._ends) > MOST:
                self.drop(next(iter(self._ends)))
        self._key, self._end = key, self._ends.pop(key, "")

    def _look(self, key: Hashable, end: str, passed: int) -> str:
        """Search the end of a text, of which the first `passed` characters were passed on already."""
        redactor = self._known.redactor
        spans = redactor.spans(end)
        begun = _buffered_from(redactor.begins_at(end), spans, len(end))
        clear = max(begun, passed)
        self._end = end[min(begun, max(0, len(end) + KEPT)) :]
        if clear < len(end):
            self.buffered[key] = len(end) - clear
        return _starred(end, [span for span in spans if span[1] <= clear], passed, clear)

    def restate(self, key: Hashable, text: str) -> None:
        """Restart from the whole text `key`, which the server has stated and which goes on from there."""
        self._turn_to(key)
        self.buffered.pop(key, None)
        begun = self._known.redactor.begins_at(text)
        self._end = text[min(begun, max(0, len(text) + KEPT)) :]

    def drop(self, key: Hashable) -> None:
        """Forget the text `key`, which has ended."""
        if key == self._key:
            self._key, self._end = None, ""
        self.buffered.pop(key, None)
        self._ends.pop(key, None)

    def release(self, key: Hashable) -> str:
        """Return the buffered end of a text that does not go on; the larger part of a secret is replaced by stars."""
        self._turn_to(key)
        size, end = self.buffered.get(key, 0), self._end
        self.drop(key)
        return _starred(end, self._known.redactor.spans(end, ends=True), len(end) - size, len(end))


def _starred(text: str, spans: list[tuple[int, int]], start: int, stop: int) -> str:
    """Return a piece of a text, with stars in place of the spans in it."""
    pieces, done = [], start
    for first, last in spans:
        if last > done:
            pieces += [text[done : max(first, done)], STARS]
            done = last
    return "".join([*pieces, text[done:stop]])


def _buffered_from(begun: int, spans: list[tuple[int, int]], size: int) -> int:
    """Return where buffering starts in a text whose end begins a secret, without splitting a complete secret that overlaps that place."""
    start = min((start for start, stop in spans if start < begun < stop), default=begun)
    return start if size - start <= LONGEST else size
