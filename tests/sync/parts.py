"""The collaborators of a runtime without one: a state, a client that says what a test lays down, and a connection that stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from opencode_widget.errors import NotOpenCode, OpenCodeError
from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.entities import Catalogue, SessionInfo
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State
from opencode_widget.server.api import Client
from opencode_widget.server.endpoints import InvalidServer
from opencode_widget.sync.access import Access
from opencode_widget.sync.condition import Condition
from opencode_widget.sync.discovery import Discovery
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.history import Histories
from opencode_widget.sync.reconnect import Reconnector
from opencode_widget.sync.resync import Resync
from opencode_widget.sync.stream.own_answers import Answers, Attribution

from ..model import builders
from ..support.runtimes import EAGER, QUICK

URL = "http://127.0.0.1:1"


class ScriptedClient:
    """A server that answers what a test lays down, or fails with it; `asked` holds every question."""

    version = "OpenCode 1.0.0"

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.sessions: tuple[SessionInfo, ...] = (builders.session_info(),)
        self.found = e.Overview()
        self.latest: tuple[SessionInfo, ...] | OpenCodeError = ()
        self.messages: dict[str, tuple[e.LoadedMessage, ...] | OpenCodeError] = {}
        self.older: dict[str, e.History] = {}
        self.logs: dict[str, list[Decoded] | OpenCodeError | None] = {}
        self.agents: Catalogue | OpenCodeError = Catalogue()
        # Is called with every question, before its answer is looked up.
        self.hook: Callable[[tuple[Any, ...]], None] = lambda asked: None

    async def _ask(self, *asked: Any) -> None:
        self.asked.append(asked)
        await asyncio.sleep(0)
        self.hook(asked)

    async def overview(self, limit: int) -> e.Overview:
        await self._ask("overview", limit)
        return e.Overview(
            self.sessions, self.found.statuses, self.found.requests, more_sessions=self.found.more_sessions
        )

    async def latest_sessions(self, limit: int) -> tuple[SessionInfo, ...]:
        await self._ask("latest", limit)
        return _answer(self.latest)

    async def history(self, id: str, limit: int, before: str | None = None) -> e.History:
        await self._ask("history", id, limit, before)
        if before is not None:
            return self.older[before]
        return e.History(id, _answer(self.messages.get(id, ())), "page-1" if self.older else None, None)

    async def replay(self, id: str, after: int) -> list[Decoded] | None:
        await self._ask("replay", id, after)
        return _answer(self.logs.get(id))

    async def catalogue(self) -> Catalogue:
        await self._ask("catalogue")
        return _answer(self.agents)

    def count(self, *start: Any) -> int:
        """How many questions began like this."""
        return sum(asked[: len(start)] == start for asked in self.asked)


def _answer(found: Any) -> Any:
    if isinstance(found, OpenCodeError):
        raise found
    return found


class Collaborators:
    """What a runtime consists of, but for the stream and the pages. To be made where a loop runs."""

    def __init__(self) -> None:
        self.state = State()
        self.applied: list[e.Event] = []
        self.selected: str | None = None
        self.revealed: list[tuple[str, str | None]] = []
        self.can_reveal = False
        self.versions: list[str] = []
        self.client = ScriptedClient()
        self.condition = Condition()
        self.loop = HomeLoop()
        endpoint = InvalidServer(NotOpenCode("nobody connects here"), directory=None, url=URL)
        self.reconnector = Reconnector(endpoint, _never, self.condition.notify, EAGER, QUICK)
        self.access = Access(self.state, endpoint, self.reconnector, self.condition, self.loop)
        self.history = Histories(self.state, self.apply, self.access, self.loop, lambda: self.selected, self._reveal)
        self.discovery = Discovery(self.state, self.apply, self.access, self.history.load)
        self.answers = Answers()
        attribution = Attribution(self.state, endpoint, self.answers)
        self.resync = Resync(
            self.state, self.apply, self.access, self.loop, attribution, self.history, self.discovery, self._loaded
        )
        self.apply(e.DirectoryKnown(directory=builders.DIRECTORY))

    @property
    def server(self) -> Client:
        """The client, as the collaborators take it."""
        return cast(Client, self.client)

    def apply(self, event: e.Event) -> None:
        self.applied.append(event)
        changes = apply(self.state, event)
        self.resync.fetch_missed(changes)
        self.condition.notify()

    def receive(self, decoded: Decoded) -> None:
        """An event of the stream, as the runtime receives it."""
        self.resync.note_position(decoded)
        for event in decoded.events:
            self.apply(event)
            self.resync.fetch_for(event)

    def kinds(self) -> list[str]:
        """The kinds of the events that were applied, in order."""
        return [type(event).__name__ for event in self.applied]

    def connect(self, *sessions: SessionInfo) -> None:
        """Make the instance live, with these sessions."""
        self.access.client = self.server
        self.apply(e.Connected())
        self.reconnector.connected(self.client.version)
        self.apply(e.Loaded(overview=e.Overview(sessions or self.client.sessions)))

    def lose(self) -> None:
        """The stream ends."""
        self.resync.discard_buffered()
        self.apply(e.Lost())

    def _reveal(self, id: str, until: str | None) -> bool:
        self.revealed.append((id, until))
        return self.can_reveal

    def _loaded(self, version: str) -> None:
        self.versions.append(version)
        self.reconnector.connected(version)


async def _never(_client: Client) -> None:
    raise AssertionError("nothing is served here")
