"""Takes secrets out of texts that come in pieces: a secret that is cut into deltas must not be put together behind us.

The end of what came may be the beginning of a secret: it is held back until what follows tells. Its first characters, too few to be told
from others, have been passed on by then; so of a secret that comes letter by letter at most three characters remain before the stars.
"""

from __future__ import annotations

from collections.abc import Hashable

from .known import Known
from .redactor import HEAD, STARS

# Texts that are remembered; a server that begins more of them at once ends none.
MOST = 10_000
# Characters that are held back at most: a secret may begin in its own end, and go on so for ever.
LONGEST = 4_000
# The end of a text that is remembered: one character less than a head has.
KEPT = 1 - HEAD


class Deltas:
    """The texts of one server that grow by deltas. A delta costs a look-up and a search in a few characters.

    Args:
        known: the secrets.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        # The end of each text: some characters that were passed on, and what is held back.
        self._ends: dict[Hashable, str] = {}
        # The text at hand: deltas of one follow each other.
        self._key: Hashable | None = None
        self._end = ""
        self.held: dict[Hashable, int] = {}

    def feed(self, key: Hashable, text: str) -> str:
        """What to pass on for a piece of the text `key`; "" where nothing may be yet."""
        if key != self._key:
            self._turn_to(key)
        end = self._end + text
        if self._known.redactor.holds_head(end) is None and not (self.held and key in self.held):
            self._end = end[KEPT:]
            return text
        return self._look(key, end, len(end) - len(text) - self.held.pop(key, 0))

    def _turn_to(self, key: Hashable) -> None:
        """The text at hand is this one from now on."""
        if self._key is not None:
            self._ends[self._key] = self._end
            if len(self._ends) > MOST:
                self.drop(next(iter(self._ends)))
        self._key, self._end = key, self._ends.pop(key, "")

    def _look(self, key: Hashable, end: str, passed: int) -> str:
        """Look closely at the end of a text, of which the first characters were passed on."""
        redactor = self._known.redactor
        spans = redactor.spans(end)
        begun = _held_from(redactor.begins_at(end), spans, len(end))
        clear = max(begun, passed)
        self._end = end[min(begun, max(0, len(end) + KEPT)) :]
        if clear < len(end):
            self.held[key] = len(end) - clear
        return _starred(end, [span for span in spans if span[1] <= clear], passed, clear)

    def restate(self, key: Hashable, text: str) -> None:
        """The text `key` was stated whole, and goes on from there."""
        self._turn_to(key)
        self.held.pop(key, None)
        begun = self._known.redactor.begins_at(text)
        self._end = text[min(begun, max(0, len(text) + KEPT)) :]

    def drop(self, key: Hashable) -> None:
        """The text `key` has ended."""
        if key == self._key:
            self._key, self._end = None, ""
        self.held.pop(key, None)
        self._ends.pop(key, None)

    def release(self, key: Hashable) -> str:
        """What is held back of a text that goes on no more; stars for the larger part of a secret."""
        self._turn_to(key)
        size, end = self.held.get(key, 0), self._end
        self.drop(key)
        return _starred(end, self._known.redactor.spans(end, ends=True), len(end) - size, len(end))


def _starred(text: str, spans: list[tuple[int, int]], start: int, stop: int) -> str:
    """A piece of a text, with stars for what of the spans stands in it."""
    pieces, done = [], start
    for first, last in spans:
        if last > done:
            pieces += [text[done : max(first, done)], STARS]
            done = last
    return "".join([*pieces, text[done:stop]])


def _held_from(begun: int, spans: list[tuple[int, int]], size: int) -> int:
    """From where on a text is held back, of which the end begins a secret: a whole one that reaches into it is not torn apart."""
    start = min((start for start, stop in spans if start < begun < stop), default=begun)
    return start if size - start <= LONGEST else size
