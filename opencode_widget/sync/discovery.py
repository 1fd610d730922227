"""Finds the sessions that the stream does not name: older ones, and those of other programs in the same folder.

1. A load lists the newest sessions, `limit` of them. `more_sessions` raises the limit and lists again.
2. Another OpenCode process that works in the same folder writes to the same storage, and our server's stream says nothing of that. So the
   kernel asks for the latest sessions from time to time: every LOOK seconds, and more seldom, up to LOOK_AT_MOST, while it finds nothing.
3. Where a session at rest changed in that way and its messages are kept, the kernel fetches them again. A busy session is our server's
   own: its messages come by the stream.
4. A look that fails changes nothing: the stream and the reconnector notice a lost server.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from ..errors import OpenCodeError
from ..model import events as e
from ..model.state import HistoryState, Session, State
from ..server.api import Client
from .access import Access

log = logging.getLogger("opencode_widget")

# Sessions that the first load lists, and how many more each further list has.
SESSIONS = 1000
# Seconds between two looks, and what they grow to while nothing is found.
LOOK, LOOK_AT_MOST = 5.0, 15.0
# Sessions that a look asks for.
LOOK_LIMIT = 20


class Discovery:
    """Finds sessions of one instance that the stream does not name.

    Args:
        state: the instance's state.
        apply: applies an event to the state.
        access: gives the client.
        reload: fetches the messages of a session again.

    Attributes:
        limit: how many sessions a load lists.
    """

    def __init__(
        self, state: State, apply: Callable[[e.Event], None], access: Access, reload: Callable[[str], object]
    ) -> None:
        self.limit = SESSIONS
        self._state = state
        self._apply = apply
        self._access = access
        self._reload = reload

    async def more_sessions(self) -> None:
        """List older sessions.

        Raises:
            OpenCodeError: they cannot be fetched.
        """
        client = await self._access.reach()
        self.limit += SESSIONS
        overview = await client.overview(self.limit)
        self._apply(e.MoreSessionsLoaded(sessions=overview.sessions, more_sessions=overview.more_sessions))

    def is_elsewhere(self, id: str) -> bool:
        """Is a session in another folder, as a sub-agent's may be? No list of this folder names it."""
        session = self._state.sessions.get(id)
        return session is not None and session.info.directory != self._state.directory

    async def keep_looking(self, client: Client) -> None:
        """Look for sessions of other programs until cancelled."""
        pause = LOOK
        while True:
            await asyncio.sleep(pause)
            if self._access.is_live:
                found = await self._look(client)
                pause = LOOK if found else min(pause * 1.2, max(LOOK, LOOK_AT_MOST))

    async def _look(self, client: Client) -> bool:
        """Returns whether a session is new or changed."""
        try:
            sessions = await client.latest_sessions(LOOK_LIMIT)
        except OpenCodeError as problem:
            log.info("could not look for other sessions: %s", problem)
            return False
        known = {info.id: self._state.sessions.get(info.id) for info in sessions}
        news = [info for info in sessions if (session := known[info.id]) is None or session.info.updated < info.updated]
        for info in news:
            self._apply_foreign(known[info.id], e.SessionUpserted(session_id=info.id, info=info))
        return bool(news)

    def _apply_foreign(self, known: Session | None, event: e.SessionUpserted) -> None:
        self._apply(event)
        if known is not None and known.history_state is HistoryState.READY and not known.busy:
            self._reload(known.id)
