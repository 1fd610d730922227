"""Records one instance: what its stream brings, and, whenever the kernel has fetched something, the same fetched anew.

The order of the lines follows rule 2 of the reducer: `loading` stands where the kernel began to buffer, `load` where the answers were
there; the events in between are applied after the load. The recorder's own fetch begins after the first, and ends before the second.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Self

from ..errors import OpenCodeError
from ..model import events as e
from ..model.dialects import Decoded, is_delta
from ..model.entities import Activity
from ..model.reduce.changes import Change
from ..model.state import HistoryState
from ..server.api import Client
from ..server.http.recorded import Answer, RecordingHttp
from ..sync.history import PAGE
from ..sync.runtime import InstanceRuntime
from .dialects import GENERATIONS, name_of
from .scrub import Scrubber

log = logging.getLogger("opencode_widget")

Key = tuple[str, str, str]
# The fields of a delta that may hold its text.
TEXTS = ("delta", "text")


class Recorder:
    """Records one instance. On the home loop only.

    Args:
        runtime: the instance.
        write: writes a line.
        scrubber: cleans it.

    Attributes:
        loaded: set once the state stands in the recording, or never will.
    """

    def __init__(self, runtime: InstanceRuntime, write: Callable[[dict[str, Any]], None], scrubber: Scrubber) -> None:
        self._runtime = runtime
        self._scrubber = scrubber
        self._write = write
        self.loaded = asyncio.Event()
        self._was_named = False
        # The last delta of each text of which something is held back.
        self._held: dict[Key, Any] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self) -> None:
        """Record from now on."""
        self._runtime.heard.add(self._heard)
        self._runtime.listeners.add(self._applied)
        if self._runtime.is_live:
            self._load()
            self._do("catalogue", self._catalogue())
            self._viewed(self._runtime.state.viewed)

    def end(self) -> None:
        """Record no longer."""
        self._runtime.heard.discard(self._heard)
        self._runtime.listeners.discard(self._applied)
        for task in self._tasks.values():
            task.cancel()
        self._release("")
        self.loaded.set()

    def _add(self, kind: str, value: Any, **more: Any) -> None:
        self._write({"in": self._runtime.id, kind: value, **more})

    # ---- the stream ----

    def _heard(self, decoded: Decoded) -> None:
        if decoded.raw is None:
            return
        value = json.loads(decoded.raw)
        if is_delta(decoded):
            delta = decoded.events[0]
            assert isinstance(delta, e.PartDelta)
            self._delta(value, delta)
            return
        for event in decoded.events:
            self._settle(event)
        self._add("event", self._scrubber.value(value))

    def _delta(self, value: Any, delta: e.PartDelta) -> None:
        key = (delta.session_id, delta.part_id, delta.field)
        text = self._scrubber.feed(key, delta.text)
        self._held[key] = (value, delta.text)
        if text:
            self._add("event", self._scrubber.value(_with_text(value, delta.text, text)))

    def _settle(self, event: e.Event) -> None:
        """Forget or write what is held back of a text that ends with this event."""
        if isinstance(event, e.PartUpserted):
            for field in event.part.grows:
                self._drop((event.session_id, event.part.id, field))
        elif isinstance(event, e.PartPatched):
            for name in event.changes:
                self._drop((event.session_id, event.part_id, name))
        elif isinstance(event, e.StatusChanged) and event.status.activity is Activity.IDLE:
            self._release(event.session_id)

    def _drop(self, key: Key) -> None:
        self._scrubber.drop(key)
        self._held.pop(key, None)

    def _release(self, session_id: str) -> None:
        """Write what is held back of the texts of a session; "": of all."""
        for key in [key for key in self._held if session_id in ("", key[0])]:
            value, old = self._held.pop(key)
            if text := self._scrubber.release(key):
                self._add("event", self._scrubber.value(_again(_with_text(value, old, text))))

    # ---- what was fetched ----

    def _applied(self, event: e.Event, _changes: list[Change]) -> None:
        match event:
            case e.Connected():
                self._load()
            case e.Lost():
                self._add("lost", value=True)
            case e.MoreSessionsLoaded():
                self._load()
            case e.HistoryLoaded() | e.OlderLoaded():
                self._do(event.session_id, self._history(event.session_id))
            case e.CatalogueLoaded():
                self._do("catalogue", self._catalogue())
            case e.Answered() if event.answered_by is not None:
                self._add("answered", event.request_id, by=event.answered_by.value)
            case e.Viewed():
                self._viewed(event.session_id)

    def _viewed(self, session_id: str | None) -> None:
        self._add("viewed", session_id)

    def _do(self, name: str, work: Any) -> None:
        """Fetch in the background; what runs under the same name is begun anew."""
        if (running := self._tasks.get(name)) is not None:
            running.cancel()
        self._tasks[name] = self._runtime.loop.spawn(self._guarded(work))

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except OpenCodeError as error:
            # The kernel's own fetch fails too, or has what it needs: then the next one is recorded.
            log.info("the recorder could not fetch: %s", error)
        except Exception:
            log.exception("a fault of the recorder")

    def _load(self) -> None:
        client = self._runtime.client
        if client is None:
            return
        if not self._was_named:
            self._was_named = True
            self._name(client)
        self._add("loading", value=True)
        self._do("load", self._state())

    def _name(self, client: Client) -> None:
        facts = {
            "dialect": name_of(client),
            "server": client.version,
            "directory": self._runtime.directory,
        }
        self._add("instance", self._scrubber.value(facts))

    async def _state(self) -> None:
        runtime = self._runtime
        async with _Fetch(runtime) as fetch:
            overview = await fetch.client.overview(runtime.discovery.limit)
            listed = {info.id for info in overview.sessions}
            known = runtime.state.sessions.values()
            kept = [session.id for session in known if session.history_state is HistoryState.READY]
            ids = [id for id in dict.fromkeys((*runtime.history.wanted(), *kept)) if id in listed]
            fetched = [id for id in ids if await self._fetched(fetch.client, id)]
            answers = await self._answers(fetch)
            self._add("load", answers, histories=fetched)
            self._grown(fetched)
        self.loaded.set()

    async def _fetched(self, client: Client, id: str) -> bool:
        try:
            await client.history(id, self._count(id))
        except OpenCodeError:
            return False
        return True

    def _count(self, id: str) -> int:
        session = self._runtime.state.sessions.get(id)
        return max(PAGE, len(session.ids) if session is not None else 0)

    async def _history(self, id: str) -> None:
        self._add("fetching", id)
        async with _Fetch(self._runtime) as fetch:
            await fetch.client.history(id, self._count(id))
            self._add("history", id, answers=await self._answers(fetch))
            self._grown([id])

    async def _catalogue(self) -> None:
        async with _Fetch(self._runtime) as fetch:
            await fetch.client.catalogue()
            self._add("catalogue", await self._answers(fetch, catalogue=True))

    def _grown(self, ids: list[str]) -> None:
        """Write what has streamed into the texts that still grow: a server states a text that streams only at its end."""
        for text in (text for id in ids for text in _growing(self._runtime, id)):
            self._add("grown", self._scrubber.value(text))

    async def _answers(self, fetch: _Fetch, *, catalogue: bool = False) -> list[Any]:
        return await asyncio.to_thread(self._scrubbed, fetch.http, catalogue=catalogue)

    def _scrubbed(self, http: RecordingHttp, *, catalogue: bool) -> list[Any]:
        clean = self._scrubber.catalogue if catalogue else self._scrubber.value
        return [self._line(answer, clean) for answer in http.taken()]

    def _line(self, answer: Answer, clean: Callable[[Any], Any]) -> dict[str, Any]:
        value = self._scrubber.value
        return {
            "path": value(answer.path),
            "params": value(dict(answer.params)),
            "headers": value(dict(answer.headers)),
            "body": clean(answer.body),
        }


class _Fetch:
    """A client of the recorder's own, whose answers are kept, until the end of a `with`."""

    def __init__(self, runtime: InstanceRuntime) -> None:
        known = runtime.client
        assert known is not None
        self.http = RecordingHttp(known.http.address, known.http.directory, known.http.limits)
        self.client = GENERATIONS[name_of(known)].client(self.http, known.version)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()


def _growing(runtime: InstanceRuntime, session_id: str) -> Iterator[list[str]]:
    session = runtime.state.sessions.get(session_id)
    for message in session.messages.values() if session is not None else ():
        for part in message.parts:
            for field in () if part.ended else part.info.grows:
                if part.length(field) > len(getattr(part.info, field, "")):
                    yield [session_id, message.id, part.id, field, part.read(field)]


def _with_text(value: Any, old: str, new: str) -> Any:
    """A delta's JSON with another text."""
    if not isinstance(value, dict):
        return value
    for name in TEXTS:
        if value.get(name) == old:
            return {**value, name: new}
    return {key: _with_text(item, old, new) for key, item in value.items()}


def _again(value: Any) -> Any:
    """An event's JSON under an id of its own: an event counts once, and the first part of this one was written."""
    if not isinstance(value, dict):
        return value
    return {key: f"{item}~" if key == "id" and isinstance(item, str) else _again(item) for key, item in value.items()}
