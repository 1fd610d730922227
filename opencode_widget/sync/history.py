"""The conversations of one instance: which sessions there are, which is looked at, and whose messages are kept.

The kernel keeps the messages of sessions that were opened here, wait for an answer, or are at work; of the others it keeps the summary.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from functools import partial

from ..errors import ConnectionFailed, NotFound, OpenCodeError
from ..model import events as e
from ..model.state import HistoryState, Session
from ..server.api import Client
from ..server.backoff import Backoff
from ..server.endpoints import Endpoint
from ..server.http.client import Limits
from .connection import problem_of
from .event_loop import HomeLoop
from .runtime import PAGE, SESSIONS, OnChange, RuntimeCore

log = logging.getLogger("opencode_widget")

# Seconds between two looks for sessions that another program made in the same folder: its server tells ours nothing of them.
# While nothing is found they grow.
LOOK, LOOK_AT_MOST = 5.0, 15.0
LOOK_LIMIT = 20
# Messages that are fetched at once where many are wanted, and how often for one wish.
LARGE_PAGE, PAGES = 500, 200
# About the characters of all conversations together that are kept although nobody opened them.
KEPT_SIZE = 64_000_000
# Sessions whose messages are kept although nobody opened them.
KEPT = 50


class InstanceRuntime(RuntimeCore):
    """The sessions of one instance; see `RuntimeCore` for its arguments."""

    def __init__(
        self,
        id: str,
        loop: HomeLoop,
        source: Endpoint,
        changed: OnChange,
        backoff: Backoff | None = None,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(id, loop, source, changed, backoff, limits)
        self._loads: dict[str, asyncio.Task[None]] = {}

    def _tasks(self) -> Iterable[asyncio.Task[None]]:
        return self._loads.values()

    def _reload_history(self, session_id: str) -> None:
        self._load_history(session_id)

    # ---- sessions ----

    def all_sessions(self) -> list[Session]:
        """All sessions that are known, copied in one step: whoever asks may be on another thread."""
        return list(self.state.sessions.values())

    def session(self, id: str) -> Session:
        """A session by its id.

        Raises:
            NotFound: there is none.
        """
        session = self.state.sessions.get(id)
        if session is None:
            raise NotFound(
                f"{self.title} has no session {id!r}.", remedy="Choose one of instance.sessions.", status=404
            )
        return session

    def select(self, id: str | None) -> None:
        """Look at a session.

        Raises:
            NotFound: there is none.
        """
        if id is not None:
            self.session(id)
        self.selected = id
        self.touch()
        if id is not None and self.session(id).history_state in (HistoryState.ABSENT, HistoryState.FAILED):
            self._load_history(id)
        self._drop_unused()

    def close_tab(self, id: str) -> None:
        """Take a session off the list; it stays with the server.

        Raises:
            NotFound: there is none.
        """
        self.session(id)
        if self.selected == id:
            self.select(None)
        self.apply(e.TabClosed(session_id=id))

    def _drop_unused(self) -> None:
        """Keep no more messages of sessions at rest than we must."""
        wanted = set(self._wanted())
        idle = [
            session
            for session in self.state.sessions.values()
            if session.history_state is HistoryState.READY and session.id not in wanted
        ]
        idle.sort(key=lambda session: session.info.updated, reverse=True)
        size = 0
        for number, session in enumerate(idle):
            size += session.weight
            if number >= KEPT or size > KEPT_SIZE:
                self.apply(e.HistoryDropped(session_id=session.id))

    def _load_history(self, id: str) -> asyncio.Task[None]:
        """Fetch the messages of a session, unless that is under way."""
        task = self._loads.get(id)
        if task is None or task.done():  # who hears of its end may ask again before it is taken off the list
            task = self._loads[id] = self.loop.spawn(self._fetch_history(id))
            task.add_done_callback(partial(self._loaded, id))
        return task

    def _loaded(self, id: str, task: asyncio.Task[None]) -> None:
        if self._loads.get(id) is task:
            del self._loads[id]

    async def _history_settled(self, id: str) -> None:
        """Wait for the messages of a session; who stops waiting does not stop the others from getting them.

        Raises:
            Closed: it was closed meanwhile.
        """
        await asyncio.wait([self._load_history(id)])
        self._check_open()

    async def _fetch_history(self, id: str) -> None:
        try:
            await self.ready()
            self.apply(e.HistoryLoading(session_id=id))
            assert self.client is not None
            history = await self.client.history(id, max(PAGE, len(self.session(id).ids)))
        except OpenCodeError as error:
            problem = problem_of(error)
            assert problem is not None
            self.apply(e.HistoryFailed(session_id=id, problem=problem))
        else:
            self.apply(e.HistoryLoaded(session_id=id, history=history))

    async def open(self, id: str) -> Session:
        """Have the messages of a session here.

        Raises:
            OpenCodeError: they cannot be fetched.
        """
        await self.ready()
        asked = self.client
        session = await self._opened(id)
        failed = session.history_state is not HistoryState.READY
        if failed and not (self.is_live and self.client is asked):  # it broke together with the connection
            session = await self._opened(id)
        if session.history_state is HistoryState.READY:
            return session
        raise ConnectionFailed(session.problem.message if session.problem else "The messages were not fetched.")

    async def _opened(self, id: str) -> Session:
        await self.ready()
        if self.session(id).history_state is not HistoryState.READY:
            await self._history_settled(id)
        return self.session(id)

    async def refetch(self, id: str) -> None:
        """Fetch the messages of a session again, and merge them.

        Raises:
            OpenCodeError: the session is gone, or the server away.
        """
        self.session(id)
        await self._history_settled(id)

    async def older(self, id: str, until: str | None = None) -> None:
        """Fetch the messages before those that are here: some, or all from the message `until` on."""
        client = await self.reach()
        for _ in range(PAGES):  # a server may name ever new places to go on from
            if (before := self.session(id).more) is None:
                return
            history = await client.history(id, PAGE if until is None else LARGE_PAGE, before)
            if self.session(id).more == before:
                self.apply(e.OlderLoaded(session_id=id, history=history))
            leads_nowhere = self.session(id).more == before
            if until is None or until in self.session(id).messages or leads_nowhere:
                return

    async def show_older(self, id: str, until: str | None = None) -> None:
        """Have the pages get older messages: those that are kept here and they were not to have yet, else some that are fetched."""
        if until is None and self._reveal(id):
            return
        if until is None or until not in self.session(id).messages:
            await self.older(id, until)
        if until is not None:
            self._reveal(id, until)

    def _reveal(self, id: str, until: str | None = None) -> bool:
        were_hidden = self.patch.shown == id and self.patch.reveal(until)
        if were_hidden:
            self._changed(summary=False)
        return were_hidden

    async def more_sessions(self) -> None:
        """List older sessions."""
        client = await self.reach()
        self.limit += SESSIONS
        overview = await client.overview(self.limit)
        self.apply(e.MoreSessionsLoaded(sessions=overview.sessions, more_sessions=overview.more_sessions))

    async def new_session(self, title: str | None = None, *, select: bool = True) -> Session:
        """Make a session, and look at it."""
        info = await (await self.reach()).create_session(title)
        await self.ready()  # what is applied while everything is fetched again is held
        if info.id not in self.state.sessions:
            self.apply(e.SessionUpserted(session_id=info.id, info=info, created=True))
        if select:
            self.select(info.id)
        return self.session(info.id)

    # ---- sessions of other programs ----

    async def _discover(self, client: Client) -> None:
        """Find the sessions that another program makes or changes in the same folder."""
        pause = LOOK
        while True:
            await asyncio.sleep(pause)
            if self.is_live:
                found = await self._discover_once(client)
                pause = LOOK if found else min(pause * 1.2, max(LOOK, LOOK_AT_MOST))

    async def _discover_once(self, client: Client) -> bool:
        """Returns whether there was anything that we did not know."""
        try:
            sessions = await client.latest_sessions(LOOK_LIMIT)
        except OpenCodeError as problem:
            log.info("could not look for other sessions: %s", problem)
            return False
        known = {info.id: self.state.sessions.get(info.id) for info in sessions}
        news = [info for info in sessions if (session := known[info.id]) is None or session.info.updated < info.updated]
        for info in news:
            self._apply_foreign(known[info.id], e.SessionUpserted(session_id=info.id, info=info))
        return bool(news)

    def _apply_foreign(self, known: Session | None, event: e.SessionUpserted) -> None:
        self.apply(event)
        if known is not None and known.history_state is HistoryState.READY and not known.busy:
            self._load_history(known.id)
