"""The messages of an instance's sessions: when they are fetched, and how long the kernel keeps them.

1. The kernel keeps the summaries of all listed sessions, and the messages of some: those that were opened here, those that a caller in
   Python waits for (`pinned`), and those at work. `wanted` names the sessions whose messages the kernel must not drop.
2. At most one fetch of the newest messages runs for each session. Whoever asks meanwhile waits for the same fetch. A caller that stops
   waiting does not cancel it, since others may wait for it.
3. A fetch that fails is an event too: it marks the session FAILED, with the problem. It does not end the connection, and the next `open`
   tries again.
4. `open` fetches once more, and only once, where the connection broke together with the fetch: the failure says nothing about the session.
5. Older messages come in pages, each from where the last one ended. Another caller may have fetched the same page meanwhile; then the
   page is discarded. The number of pages is bounded, since a server may always name another place to continue from.
6. Whenever the user selects a session, the kernel drops the messages of unwanted sessions beyond KEPT sessions or KEPT_SIZE characters,
   those of the longest unchanged sessions first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from ..errors import ConnectionFailed, OpenCodeError
from ..model import events as e
from ..model.state import HistoryState, Session, State
from ..server.problems import problem_of
from .access import Access
from .event_loop import HomeLoop

# Messages that one request fetches.
PAGE = 100
# The same where many messages are wanted, and how many such requests a single call may make.
LARGE_PAGE, PAGES = 500, 200
# About the characters of all messages together that the kernel keeps although nobody wants them.
KEPT_SIZE = 64_000_000
# Sessions whose messages the kernel keeps although nobody wants them.
KEPT = 50


class Histories:
    """Fetches and drops the messages of one instance's sessions.

    Args:
        state: the instance's state.
        apply: applies an event to the state.
        access: gives the client.
        loop: where the fetches run.
        selected: names the session that the user looks at.
        reveal: sends a page older messages that the kernel has, up to a message, if one is named; returns whether there were any.

    Attributes:
        pinned: how many callers in Python wait for a session, by its id.
        fetches: the fetches that run, by session.
    """

    def __init__(
        self,
        state: State,
        apply: Callable[[e.Event], None],
        access: Access,
        loop: HomeLoop,
        selected: Callable[[], str | None],
        reveal: Callable[[str, str | None], bool],
    ) -> None:
        self.pinned: dict[str, int] = {}
        self.fetches: dict[str, asyncio.Task[None]] = {}
        self._state = state
        self._apply = apply
        self._access = access
        self._loop = loop
        self._selected = selected
        self._reveal = reveal

    # ---- what is kept ----

    def wanted(self) -> Iterable[str]:
        """The sessions whose messages are kept, and fetched again after a reconnect: selected, pinned, or at work."""
        busy = (session.id for session in self._state.sessions.values() if session.busy and session.ids)
        selected = self._selected()
        on_screen = (selected,) if selected is not None else ()
        return dict.fromkeys((*on_screen, *self.pinned, *busy))

    def drop_unused(self) -> None:
        """Drop the messages of unwanted sessions that exceed the bounds, where the server has them."""
        if not self._state.keeps_messages:
            return
        wanted = set(self.wanted())
        unwanted = [
            session
            for session in self._state.sessions.values()
            if session.history_state is HistoryState.READY and session.id not in wanted
        ]
        unwanted.sort(key=lambda session: session.info.updated, reverse=True)
        size = 0
        for number, session in enumerate(unwanted):
            size += session.weight
            if number >= KEPT or size > KEPT_SIZE:
                self._apply(e.HistoryDropped(session_id=session.id))

    # ---- the newest messages ----

    def load(self, id: str) -> asyncio.Task[None]:
        """Fetch the newest messages of a session, unless a fetch already runs; returns the fetch."""
        task = self.fetches.get(id)
        # A listener that is called because a fetch failed may ask again before the task's callback removes the fetch.
        if task is None or task.done():
            task = self.fetches[id] = self._loop.spawn(self._fetch(id))
            task.add_done_callback(partial(self._remove, id))
        return task

    def _remove(self, id: str, task: asyncio.Task[None]) -> None:
        if self.fetches.get(id) is task:
            del self.fetches[id]

    async def _fetch(self, id: str) -> None:
        try:
            client = await self._access.ready()
            self._apply(e.HistoryLoading(session_id=id))
            history = await client.history(id, max(PAGE, len(self._access.session(id).ids)))
        except OpenCodeError as error:
            problem = problem_of(error)
            assert problem is not None
            self._apply(e.HistoryFailed(session_id=id, problem=problem))
        else:
            self._apply(e.HistoryLoaded(session_id=id, history=history))

    async def open(self, id: str) -> Session:
        """Wait until the messages of a session are here; fetches them if they are not.

        Raises:
            OpenCodeError: they cannot be fetched.
        """
        client = await self._access.ready()
        session = await self._open(id)
        failed = session.history_state is not HistoryState.READY
        if failed and self._access.live_client is not client:
            session = await self._open(id)
        if session.history_state is HistoryState.READY:
            return session
        raise ConnectionFailed(session.problem.message if session.problem else "The messages were not fetched.")

    async def _open(self, id: str) -> Session:
        await self._access.ready()
        if self._access.session(id).history_state is not HistoryState.READY:
            await self._settled(id)
        return self._access.session(id)

    async def _settled(self, id: str) -> None:
        """Wait until the fetch of a session's messages has ended, well or not.

        Raises:
            Closed: the instance was closed meanwhile.
        """
        await asyncio.wait([self.load(id)])
        self._access.check_open()

    async def refetch(self, id: str) -> None:
        """Fetch the newest messages of a session again, and merge them with those that are here.

        Raises:
            NotFound: there is no such session.
            Closed: the instance was closed meanwhile.
        """
        self._access.session(id)
        await self._settled(id)

    # ---- older messages ----

    async def older(self, id: str, until: str | None = None) -> None:
        """Fetch messages older than those that are here: one page, or all from the message `until` on.

        Raises:
            OpenCodeError: they cannot be fetched.
        """
        client = await self._access.reach()
        for _ in range(PAGES):
            if (before := self._access.session(id).more) is None:
                return
            history = await client.history(id, PAGE if until is None else LARGE_PAGE, before)
            if self._access.session(id).more == before:
                self._apply(e.OlderLoaded(session_id=id, history=history))
            leads_nowhere = self._access.session(id).more == before
            if until is None or until in self._access.session(id).messages or leads_nowhere:
                return

    async def show_older(self, id: str, until: str | None = None) -> None:
        """Have the pages show older messages: first those that the kernel has and the pages lack, else a page that is fetched.

        Raises:
            OpenCodeError: they cannot be fetched.
        """
        if until is None and self._reveal(id, None):
            return
        if until is None or until not in self._access.session(id).messages:
            await self.older(id, until)
        if until is not None:
            self._reveal(id, until)
