"""The way to an instance's server: the client, whether it can be used now, and why not.

1. A client can be used while the instance is *live*: the connection stands, and the state has been fetched over it.
2. `ready` waits until the instance is live. `reach` does so too, for a command of the user or of Python: it has the reconnector try at
   once, and gives up after PATIENCE seconds, so that a caller gets an error that says how the connection stands.
3. While a server starts, `reach` waits without a limit of its own: starting has limits already, and its error says why the server failed.
4. Once the instance is closed, whoever waits or asks gets `Closed`.
5. Of a replay only who reads gets the client: `reach` refuses, and so does `check_writable`, for what is shown before it is sent.
"""

from __future__ import annotations

import asyncio
from pathlib import PurePath

from ..errors import Closed, NotAllowed, NotConnected, NotFound
from ..model.state import Phase, Session, State
from ..server.api import Client
from ..server.endpoints import Endpoint
from .condition import Condition
from .connection import Connection, ConnectionState
from .event_loop import HomeLoop, loop_ended
from .reconnect import Reconnector

# Seconds that a command waits for the server to come back.
PATIENCE = 15.0
READ_ONLY = "This is a replay; it can be read, and nothing in it can be changed or fetched."


class Access:
    """Hands out the client of one instance when it can be used.

    Args:
        state: the instance's state.
        endpoint: the server.
        reconnector: keeps the connection.
        condition: is notified of every change of the state and of the connection.
        loop: where everything runs.

    Attributes:
        client: the server as it was last connected; None before the first connection.
        closed: was the instance closed?
        is_replay: is there no server, but a recording?
    """

    def __init__(
        self, state: State, endpoint: Endpoint, reconnector: Reconnector, condition: Condition, loop: HomeLoop
    ) -> None:
        self.client: Client | None = None
        self.closed = False
        self.is_replay = False
        self._state = state
        self._endpoint = endpoint
        self._reconnector = reconnector
        self._condition = condition
        self._loop = loop

    @property
    def connection(self) -> Connection:
        """How the instance and its server are connected."""
        known = self._reconnector.state
        if self._loop.is_over and not self.closed:
            return Connection(ConnectionState.DISCONNECTED, "", loop_ended(), since=known.since)
        return known

    @property
    def directory(self) -> str | None:
        """The folder: as the server writes it, else as the user named it; None while neither is known."""
        return self._state.directory or self._endpoint.directory

    @property
    def title(self) -> str:
        """The last component of the folder, or the server's address."""
        directory = self.directory
        if directory is None:
            return (self._endpoint.url or "").partition("://")[2] or "server"
        return PurePath(directory.replace("\\", "/")).name or directory

    @property
    def is_live(self) -> bool:
        """Is the state what the server says now?"""
        return self._state.phase is Phase.LIVE and self.connection.state is ConnectionState.CONNECTED

    @property
    def live_client(self) -> Client | None:
        """The client while the instance is live, else None."""
        return self.client if self.is_live else None

    def check_open(self) -> None:
        """Fail once the instance is closed.

        Raises:
            Closed: it is.
        """
        if self.closed:
            raise Closed(f"The instance {self.title} is closed.", remedy="Open it again: oc.open(...).")

    def check_writable(self) -> None:
        """Fail where nothing can be changed.

        Raises:
            NotAllowed: it is a replay.
        """
        if self.is_replay:
            raise NotAllowed(READ_ONLY)

    def session(self, id: str) -> Session:
        """A session by its id.

        Raises:
            NotFound: there is none.
        """
        session = self._state.sessions.get(id)
        if session is None:
            raise NotFound(
                f"{self.title} has no session {id!r}.", remedy="Choose one of instance.sessions.", status=404
            )
        return session

    async def ready(self) -> Client:
        """Wait until the instance is live; returns the client.

        Raises:
            OpenCodeError: why the server cannot be connected.
            Closed: the instance was closed.
        """
        await self._condition.wait_for(lambda: self.closed or self._reconnector.error is not None or self.is_live)
        self.check_open()
        if not self.is_live and self._reconnector.error is not None:
            raise self._reconnector.error
        assert self.client is not None
        return self.client

    async def reach(self) -> Client:
        """The client, for a command that needs the server now; has the reconnector try at once.

        Raises:
            NotConnected: the server does not come back in time; nothing was sent.
            NotAllowed: it is a replay.
            OpenCodeError: the server cannot be connected.
        """
        self.check_open()
        self.check_writable()
        self._reconnector.nudge()
        patience = None if self.connection.state is ConnectionState.CONNECTING else PATIENCE
        try:
            async with asyncio.timeout(patience):
                return await self.ready()
        except TimeoutError:
            raise NotConnected(
                f"{self.title} is {self.connection.words(self._loop.loop.time())}.",
                remedy="Try again when it is connected.",
            ) from None
