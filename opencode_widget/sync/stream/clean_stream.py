"""Removes secrets from a stream's events, also a secret that a server sends in pieces, as deltas; see `redaction/deltas.py`.

`server/` cleans each event by itself. A secret in pieces shows only in the order of the deltas, so it is removed here:

1. The end of a delta that may be the beginning of a secret is held back until the next delta of the same text decides.
2. A statement of the whole text replaces what was held back.
3. When the session comes to rest no delta follows, so what is held back is applied then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...model import events as e
from ...model.dialects import Decoded
from ...model.entities import Activity, PartInfo
from ...redaction import Deltas, Known

# Stands in the event log in place of a delta's JSON, if a piece of the delta was held back.
HELD_BACK = {"text": "(held back, as it may be a piece of a secret)"}

Key = tuple[str, str, str]


class CleanStream:
    """Cleans the events of one server, in order.

    Args:
        known: the secrets.
    """

    def __init__(self, known: Known) -> None:
        self._texts = Deltas(known)
        self._feed = self._texts.feed
        self._last: dict[Key, e.PartDelta] = {}

    def clean(self, decoded: Decoded) -> Decoded:
        """The event without secrets; the same object if it has none."""
        events = decoded.events
        # As `is_delta`, whose call would cost something for each delta.
        if len(events) == 1 and type(delta := events[0]) is e.PartDelta:
            text = self._feed((delta.session_id, delta.part_id, delta.field), delta.text)
            return decoded if text is delta.text else self._changed(decoded, delta, text)
        cleaned = tuple(clean for event in events for clean in self._event(event))
        return decoded if cleaned == events else replace(decoded, events=cleaned)

    def _changed(self, decoded: Decoded, delta: e.PartDelta, text: str) -> Decoded:
        self._last[delta.session_id, delta.part_id, delta.field] = delta
        events = (replace(delta, text=text),) if text else ()
        return replace(decoded, events=events, data=HELD_BACK)

    def _event(self, event: e.Event) -> Iterator[e.Event]:
        if isinstance(event, e.StatusChanged | e.SessionErrored):
            yield from self._released(event)
        elif isinstance(event, e.PartDelta):
            text = self._feed((event.session_id, event.part_id, event.field), event.text)
            if text:
                yield event if text is event.text else replace(event, text=text)
            return
        elif isinstance(event, e.PartUpserted):
            self._restated(event.session_id, event.part)
        elif isinstance(event, e.PartPatched):
            self._patched(event)
        elif isinstance(event, e.PartRemoved):
            for field in ("text", "raw", "output"):
                self._drop((event.session_id, event.part_id, field))
        yield event

    def _restated(self, session_id: str, part: PartInfo) -> None:
        for field in part.grows:
            key = (session_id, part.id, field)
            if part.ended:
                self._drop(key)
            else:
                self._restate(key, getattr(part, field))

    def _patched(self, event: e.PartPatched) -> None:
        for field in ("text", "raw", "output"):
            stated: Any = event.changes.get(field)
            if isinstance(stated, str):
                self._restate((event.session_id, event.part_id, field), stated)

    def _restate(self, key: Key, text: str) -> None:
        self._last.pop(key, None)
        self._texts.restate(key, text)

    def _drop(self, key: Key) -> None:
        self._last.pop(key, None)
        self._texts.drop(key)

    def _released(self, event: e.StatusChanged | e.SessionErrored) -> Iterator[e.Event]:
        """What was held back of a session's texts, once the session comes to rest."""
        if isinstance(event, e.StatusChanged) and event.status.activity is not Activity.IDLE:
            return
        for key in [key for key in self._last if key[0] == event.session_id]:
            delta = self._last.pop(key)
            if key in self._texts.buffered and (text := self._texts.release(key)):
                yield replace(delta, id=None, text=text)
