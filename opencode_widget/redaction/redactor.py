"""Redact known secrets in texts and JSON.

A cheap check comes first: every spelling starts with an anchor of a few characters, and a text without any anchor holds no secret. Only a
text with an anchor is searched closely.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T", str, bytes)
STARS = "***"
# The number of characters by which a spelling is found, and by which the start of one that arrives in pieces is recognised.
ANCHOR, HEAD = 8, 4
NEVER = r"(?!)"
BREAK = r"(?:\r?\n)?"
BREAKS = re.compile(r"\r?\n")
# Escapes that some JSON serialisers use without need.
NEEDLESS = re.compile(r"\\(?:/|u00[2-7])")

# The fields of OpenCode's JSON that hold names and ids. A secret that is a common word ("test") may also be a name; redacting it there
# would break the link between the server's objects.
NAMES = frozenset(
    {"id", "type", "role", "status", "version", "directory", "worktree", "root", "cwd", "path", "file", "filePath", "name", "agent", "mode"}
    | {"model", "modelID", "providerID", "variant", "tool", "callID", "field", "mime", "source", "key", "label", "value", "permission"}
    | {"sessionID", "messageID", "partID", "parentID", "projectID", "requestID", "permissionID", "inboxID", "workspaceID", "slug", "event"}
)  # fmt: skip


class Spelling:
    """One spelling of a secret.

    Args:
        text: the spelling itself.
        breakable: may line breaks stand in it?
    """

    def __init__(self, text: str, *, breakable: bool) -> None:
        self.text = text
        self.breakable = breakable
        # At the end of a truncated text, this many characters of it count as the whole.
        self.least = max(ANCHOR, len(text) // 2) if len(text) > ANCHOR else len(text) - 1
        self.anchors = tuple(self._anchors())
        self.head = text[: min(HEAD, len(text) - 1)]

    def __repr__(self) -> str:
        return f"<Spelling of {len(self.text)} characters>"

    def _anchors(self) -> Iterator[str]:
        size = min(ANCHOR, self.least)
        yield self.text[:size]
        if self.breakable:  # if a line break splits the first anchor, this one is complete
            yield self.text[size : 2 * size]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the whole spelling anywhere; compiled on first use."""
        between = BREAK if self.breakable else ""
        return re.compile(f"(?=({between.join(map(re.escape, self.text))}))")

    def is_begun(self, text: str) -> bool:
        """Return whether this text is the start of the spelling, and not the whole."""
        begun = BREAKS.sub("", text) if self.breakable else text
        return len(begun) < len(self.text) and self.text.startswith(begun.removesuffix("\r"))

    def begins_at(self, text: str) -> int | None:
        """Return where the end of a text starts this spelling, with at least `HEAD` characters; None if it does not."""
        at = text.find(self.head, max(0, len(text) - len(self.text) * (3 if self.breakable else 1)))
        while at >= 0:
            if self.is_begun(text[at:]):
                return at
            at = text.find(self.head, at + 1)
        return None


class Redactor:
    """Redacts secrets; replaced as a whole when the secrets change.

    Args:
        spellings: those of all other secrets.
        words: the spellings of possible common words, which are not redacted in fields that hold names.
    """

    def __init__(self, spellings: Iterable[Spelling] = (), words: Iterable[Spelling] = ()) -> None:
        self._words = tuple(words)
        self._strong = tuple(spellings)
        self._all = (*self._strong, *self._words)
        self._anchors = tuple(dict.fromkeys(_raw_anchors(self._all)))
        self._byte_anchors = tuple(anchor.encode("utf-8", "surrogatepass") for anchor in self._anchors)
        self._shortest = min((spelling.least for spelling in self._all), default=0)
        self._is_ascii = all(spelling.text.isascii() for spelling in self._all)
        heads = sorted({spelling.head for spelling in self._all})
        # Matches a text if it starts a secret somewhere.
        self.holds_head = re.compile("|".join(map(re.escape, heads)) or NEVER).search

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._all)} spellings>"

    def text(self, text: str) -> str:
        """Return a text without secrets, and without the larger part of one at its end, where the text was cut."""
        return _starred(text, self._all)

    def parsed(self, value: Any, raw: str | bytes) -> Any:
        """Return the parsed value without secrets; the same object if the JSON holds none."""
        return self.value(value) if self._suspects(raw) else value

    def value(self, value: Any) -> Any:
        """Return a JSON value without secrets."""
        return self._walk(value, "") if self._all else value

    def _suspects(self, raw: str | bytes) -> bool:
        """Return whether this JSON may hold a secret."""
        if not self._all:
            return False
        if isinstance(raw, str):
            return _holds_any(raw, self._anchors) or self._is_escaped(raw)
        is_escaped = b"\\" in raw and self._is_escaped(raw.decode("utf-8", "replace"))
        return is_escaped or _holds_any(raw, self._byte_anchors)

    def _is_escaped(self, raw: str) -> bool:
        """Return whether the JSON escapes characters in a way that could hide a secret's anchor."""
        if not self._is_ascii and "\\u" in raw:
            return True
        return ("\\u00" in raw or "\\/" in raw) and NEEDLESS.search(raw) is not None

    def _walk(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            if len(value) < self._shortest:
                return value
            return _starred(value, self._strong if name in NAMES else self._all)
        if isinstance(value, list):
            return [self._walk(inner, name) for inner in value]
        if isinstance(value, dict):
            return {_starred(key, self._strong): self._walk(inner, key) for key, inner in value.items()}
        return value

    def spans(self, text: str, *, ends: bool = False) -> list[tuple[int, int]]:
        """Return the spans of secrets in a text, in order, with overlapping or adjacent ones merged. `ends`: also the larger part of a
        secret at the end.
        """
        return _merged([*_spans(text, self._all), *(_cut_off(text, self._all) if ends else ())])

    def begins_at(self, text: str) -> int:
        """Return where the end of a text starts a spelling; the text's length if it starts none."""
        found = (spelling.begins_at(text) for spelling in self._all)
        return min((at for at in found if at is not None), default=len(text))


def _holds_any(text: T, anchors: tuple[T, ...]) -> bool:
    """Search for any anchor. This runs for every event, and a loop costs half of what `any` does."""
    for anchor in anchors:  # noqa: SIM110
        if anchor in text:
            return True
    return False


def _raw_anchors(spellings: Iterable[Spelling]) -> Iterator[str]:
    """Return the anchors as JSON spells them."""
    for spelling in spellings:
        for anchor in spelling.anchors:
            yield from (json.dumps(anchor, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True))


def _starred(text: str, spellings: tuple[Spelling, ...]) -> str:
    spans = _merged([*_spans(text, spellings), *_cut_off(text, spellings)])
    if not spans:
        return text
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], STARS]
        done = end
    return "".join([*pieces, text[done:]])


def _spans(text: str, spellings: Iterable[Spelling]) -> Iterator[tuple[int, int]]:
    for spelling in spellings:
        if _holds_any(text, spelling.anchors):
            yield from (match.span(1) for match in spelling.pattern.finditer(text))


def _cut_off(text: str, spellings: Iterable[Spelling]) -> Iterator[tuple[int, int]]:
    """Return where a text ends within a secret."""
    for spelling in spellings:
        if spelling.anchors[0] in text:
            at = spelling.begins_at(text)
            if at is not None and len(text) - at >= spelling.least:
                yield (at, len(text))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
