"""The state of a recorded server at a point of its recording, and what it would answer then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..errors import NotFound, NotSupported, OpenCodeError
from ..model import events as e
from ..model.dialects import Decoded
from ..model.entities import IDLE, PartInfo
from ..model.events import History, LoadedMessage, Overview
from ..model.reduce import apply
from ..model.state import HistoryState, Message, Part, State
from ..server.http.recorded import Answer, RecordedHttp
from .dialects import GENERATIONS
from .lines import Line, Track

# Entries of a list of which all is wanted.
ALL = 100_000


class Shadow:
    """One recorded server.

    Args:
        track: what was recorded of it.

    Attributes:
        state: as the recorded kernel knew it.
    """

    def __init__(self, track: Track) -> None:
        self.state = State()
        self._http = RecordedHttp()
        self._http.directory = track.directory
        spoken = GENERATIONS[track.dialect]
        self._client = spoken.client(self._http, track.server)
        self._decode = spoken.decode
        self._readers: dict[str, Callable[[Line], Awaitable[None]]] = {
            "loading": self._loading,
            "load": self._load,
            "fetching": self._fetching,
            "history": self._of_session,
            "catalogue": self._catalogue,
            "grown": self._grown,
        }
        if track.directory is not None:
            self.apply(e.DirectoryKnown(directory=track.directory))

    def apply(self, event: e.Event) -> None:
        """Change the state."""
        apply(self.state, event)

    def hear(self, value: Any) -> Decoded:
        """Apply an event of the stream, and return it."""
        decoded = self._decode(value)
        for event in decoded.events:
            self.apply(event)
        return decoded

    async def take(self, line: Line) -> None:
        """Apply a line that is no event. One of a kind that only later versions know changes nothing."""
        for kind, read in self._readers.items():
            if kind in line:
                await read(line)

    async def _loading(self, _line: Line) -> None:
        self.apply(e.Connected())

    async def _fetching(self, line: Line) -> None:
        self.apply(e.HistoryLoading(session_id=str(line["fetching"])))

    # ---- what was fetched ----

    async def _load(self, line: Line) -> None:
        """Apply what was fetched at the beginning of a stream."""
        self._http.put(_answers(line["load"]))
        overview = await self._client.overview(ALL)
        ids = [id for id in line.get("histories", ()) if isinstance(id, str)]
        histories = [history for id in ids if (history := await self._history(id)) is not None]
        self.apply(e.Loaded(overview=replace(overview, histories=tuple(histories))))

    async def _of_session(self, line: Line) -> None:
        """Apply the messages of one session."""
        id = str(line["history"])
        self._http.put(_answers(line.get("answers")))
        if (history := await self._history(id)) is not None:
            self.apply(e.HistoryLoaded(session_id=id, history=history))

    async def _history(self, id: str) -> History | None:
        try:
            return await self._client.history(id, ALL)
        except OpenCodeError:
            return None

    async def _catalogue(self, line: Line) -> None:
        """Apply agents, models and commands."""
        self._http.put(_answers(line["catalogue"]))
        with suppress(NotFound):  # a later version asks for what was not recorded
            self.apply(e.CatalogueLoaded(catalogue=await self._client.catalogue()))

    async def _grown(self, line: Line) -> None:
        """Apply what had streamed into a text before its recording."""
        text = line["grown"]
        if isinstance(text, list) and len(text) == 5 and all(isinstance(item, str) for item in text):
            session, message, part, field, words = text
            changes = {field: words}
            self.apply(e.PartPatched(session_id=session, message_id=message, part_id=part, changes=changes))

    # ---- what it would answer ----

    @property
    def loaded(self) -> list[str]:
        """The sessions whose messages it has."""
        sessions = self.state.sessions.values()
        return [session.id for session in sessions if session.history_state is HistoryState.READY]

    def overview(self) -> Overview:
        """The sessions, what they do, and what waits."""
        state = self.state
        at_work = ((session.id, session.turn_status) for session in state.sessions.values())
        return Overview(
            tuple(session.info for session in state.sessions.values()),
            {id: status for id, status in at_work if status != IDLE},
            tuple(state.requests.values()),
            shells=frozenset(state.shells),
        )

    def messages(self, id: str) -> History:
        """All messages of a session.

        Raises:
            NotSupported: they were not recorded.
        """
        session = self.state.sessions.get(id)
        if session is None or session.history_state is not HistoryState.READY:
            raise NotSupported(
                "The recording does not have the messages of this session.",
                remedy="They were not open while it was recorded.",
            )
        shown = (session.messages[key] for key in session.ids if key not in session.notices)
        known = tuple(LoadedMessage(message.info, tuple(_parts(message))) for message in shown if not message.local)
        return History(id, known, session.more, session.todos)


def _parts(message: Message) -> Iterator[PartInfo]:
    yield from map(_whole, message.parts)


def _whole(part: Part) -> PartInfo:
    """The part with all that streamed into it."""
    grown: dict[str, Any] = {field: part.read(field) for field in part.info.grows}
    changed = {field: text for field, text in grown.items() if text != getattr(part.info, field, "")}
    return replace(part.info, **changed) if changed else part.info


def _answers(value: Any) -> Iterator[Answer]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and isinstance(item.get("path"), str):
            yield Answer(item["path"], item.get("params") or {}, item.get("headers") or {}, item.get("body"))
