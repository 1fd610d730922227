"""Connects to a server, and connects again after each loss, for as long as that may help.

    connecting -> connected -> reconnecting (in N s, attempt k of n) -> ... -> connected, or disconnected

1. After a loss the reconnector waits as long as the backoff says, then tries again. The first attempt after a loss is number 1; once a
   connection is usable (its state was fetched), counting begins anew.
2. It gives up (disconnected) after the last attempt, or at once if another attempt cannot help: wrong password, no OpenCode server, no
   such folder. A server of our own that never came up will not come up the next time either.
3. `reconnect`, which the user asks for, ends a wait, and begins again where the reconnector gave up. `nudge` does so only where another
   attempt may help: the page became visible, or a command needs the server. Neither shortens a wait that has not begun.
4. Where a server promises no sign of life (`Silence.expected`), silence is no loss: the reconnector connects again at once and the state
   stays connected.
5. A fault of our own is shown like a loss, and tried again with the same delays: it must not end in a storm of attempts.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from ..errors import ConnectionFailed, OpenCodeError, ServerFailed, Silence
from ..redaction import words_of
from ..server.api import Client
from ..server.backoff import Backoff, is_worth_a_try
from ..server.detect import Detect, detect
from ..server.endpoints import Endpoint
from ..server.http.client import Http, Limits
from .connection import Connection, ConnectionState

log = logging.getLogger("opencode_widget")


class Reconnector:
    """Keeps one instance connected.

    Args:
        endpoint: brings up the server.
        serve: uses one connection; calls `connected` when it is usable, and ends by raising.
        changed: is called at every change of the state.
        backoff: says when to try again.
        limits: of time, for the requests of each client.
        detect: makes the client for the dialect that the server speaks.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        serve: Callable[[Client], Awaitable[None]],
        changed: Callable[[], None],
        backoff: Backoff,
        limits: Limits,
        detect: Detect = detect,
    ) -> None:
        self.endpoint = endpoint
        self.state = Connection()
        self._serve = serve
        self._changed = changed
        self._backoff = backoff
        self._limits = limits
        self._detect = detect
        self._wake = asyncio.Event()
        self._attempt = 0
        self._was_connected = False

    @property
    def error(self) -> OpenCodeError | None:
        """Why the reconnector gave up; None while it has not."""
        return self.state.error if self.state.state is ConnectionState.DISCONNECTED else None

    def _set(self, state: Connection) -> None:
        """Set the state. A state that goes on, as from one attempt to the next, keeps the time at which it began."""
        self.state = replace(state, since=self.state.since) if state.state is self.state.state else state
        self._changed()

    def connected(self, detail: str) -> None:
        """The connection is usable: the next loss begins to count anew."""
        self._attempt = 0
        self._was_connected = True
        self._set(Connection(ConnectionState.CONNECTED, detail))

    def reconnect(self) -> None:
        """Try now, as the user asks for."""
        if self.state.state is ConnectionState.DISCONNECTED:
            self._set(Connection())
        self._wake.set()  # `_wait` clears it first, so it ends only a wait that has begun

    def nudge(self) -> None:
        """Try now if another attempt may help."""
        if self.state.error is None or self._is_worth_a_try(self.state.error):
            self.reconnect()

    def _is_worth_a_try(self, error: OpenCodeError) -> bool:
        return is_worth_a_try(error) and (self._was_connected or not isinstance(error, ServerFailed))

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        while True:
            error = await self.endpoint.explain(await self._round())
            if (task := asyncio.current_task()) is not None and task.cancelling():
                # In Python 3.11 and 3.12 a task group that ends because of a failure swallows a cancellation.
                raise asyncio.CancelledError
            if not isinstance(error, Silence) or not error.expected:
                await self._wait(error)

    async def _round(self) -> OpenCodeError:
        """Connect, and use the connection until it breaks; returns why it broke."""
        try:
            client = await self._connect()
            try:
                await self._serve(client)
            finally:
                await client.close()
        except OpenCodeError as error:
            return error
        except Exception as fault:
            log.exception("a fault of opencode_widget")
            return ConnectionFailed(
                f"Something went wrong inside opencode_widget: {words_of(fault)}.", remedy="Please report it."
            )
        raise AssertionError("`serve` ends by raising")

    async def _connect(self) -> Client:
        self._announce()
        address = await self.endpoint.reach()
        http = Http(address, self.endpoint.directory, self._limits)
        try:
            return await self._detect(http)
        except BaseException:
            await http.close()
            raise

    def _announce(self) -> None:
        """Show that an attempt is under way, unless the state still is connected: then silence was expected."""
        if self.state.state is ConnectionState.CONNECTED:
            return
        if self._attempt:
            state = Connection(
                ConnectionState.RECONNECTING, "", self.state.error, self._attempt, self._backoff.attempts
            )
        else:
            state = Connection(detail="Starting OpenCode" if self.endpoint.owned else "")
        self._set(state)

    async def _wait(self, error: OpenCodeError) -> None:
        """Wait until the next attempt is due, or somebody wants it now."""
        log.info("lost the server: %s", error)
        self._wake.clear()
        self._attempt += 1
        if self._is_worth_a_try(error) and self._backoff.allows(self._attempt):
            delay = self._backoff.delay(self._attempt, random.random())  # noqa: S311 - no secret
            at = asyncio.get_running_loop().time() + delay
            attempts = self._backoff.attempts
            self._set(Connection(ConnectionState.RECONNECTING, "", error, self._attempt, attempts, at))
        else:
            delay = None
            self._attempt = 0
            self._set(Connection(ConnectionState.DISCONNECTED, "", error))
        try:
            async with asyncio.timeout(delay):
                await self._wake.wait()
        except TimeoutError:
            return
