"""The mirror of one server's folder: its state here, and the stream that keeps it true.

Everything here runs on the home loop; `api/instance.py`, `api/session.py` and `widget.py` hand over what comes from elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Protocol

from ..errors import AuthenticationFailed, Closed, ConnectionFailed, NotFound, NotOpenCode, OpenCodeError
from ..model import events as e
from ..model.dialects import Decoded
from ..model.entities import IDLE, Problem
from ..model.patch import Patch
from ..model.reduce import apply
from ..model.reduce.changes import (
    Alerted,
    Change,
    InstanceChanged,
    RequestChanged,
    RequestsChanged,
    SessionChanged,
    SessionGone,
    WordsMissed,
)
from ..model.reduce.scope import concerns
from ..model.state import HistoryState, Phase, State
from ..model.view import catalogue_view, oddities_view, without_none
from ..model.wire import InstanceHead, InstanceView
from ..redaction import KNOWN, innermost, words_of
from ..server.api import Client
from ..server.backoff import Backoff, is_worth_a_try
from ..server.endpoints import Endpoint
from ..server.http.cancel import cancellable
from ..server.http.client import Limits
from ..server.stream import Silence
from .clean_stream import CleanStream
from .condition import Condition
from .connection import Connection, ConnectionState
from .event_log import EventLog
from .event_loop import HomeLoop, loop_ended
from .own_answers import ANSWERS, Attribution
from .reconnect import Reconnector
from .server_log import ServerLog
from .user_code import log_fault

log = logging.getLogger("opencode_widget")

# Messages that are fetched at once.
PAGE = 100
# Sessions that are listed at first, and how many more each time.
SESSIONS = 1000
# Seconds between two looks at agents and models that changed.
BURST = 0.5
# Seconds after a load until those who seem to be at work are looked at once more.
SECOND_LOOK = 1.0
# Seconds until what was dropped for lack of room is fetched again.
AGAIN = 1.0
# Seconds for which events are taken before others have their turn.
SLICE = 0.02
# Seconds that a command waits for the server to come back.
PATIENCE = 15.0

# Alerts that are kept.
NOTICES = 100

# The changes that a summary shows.
SUMMARY = frozenset({InstanceChanged, RequestChanged, RequestsChanged, SessionChanged, SessionGone})
# The events that may take a session away, and those after which something must be fetched.
REMOVES = frozenset({e.SessionRemoved, e.Loaded})
WANT_FETCHING = frozenset({e.Disposed, e.CatalogueStale, e.HistoryRewritten})


class OnChange(Protocol):
    """Hears of every change; `summary`: one that the session list or the instance's tab shows."""

    def __call__(self, *, summary: bool) -> None: ...


Listener = Callable[[e.Event, list[Change]], None]


class RuntimeCore:
    """The state of one instance and the stream that keeps it true.

    Args:
        id: our name for it.
        loop: where everything runs.
        source: brings up its server.
        changed: is called after every change.
    """

    def __init__(
        self,
        id: str,
        loop: HomeLoop,
        source: Endpoint,
        changed: OnChange,
        backoff: Backoff | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.id = id
        self.loop = loop
        self.endpoint = source
        self.state = State()
        self.attribution = Attribution(self.state)
        self.patch = Patch(id, self.state)
        self.condition = Condition()
        self.client: Client | None = None
        self.listeners: set[Listener] = set()
        self.selected: str | None = None
        self.closed = False
        # What the user was told that belongs to no session, the latest last.
        self.notices: deque[Problem] = deque(maxlen=NOTICES)
        self.event_log = EventLog()
        self._clean = CleanStream(KNOWN).clean
        self.server_log = ServerLog()
        self.reconnector = Reconnector(source, self._serve, self.touch, backoff or Backoff(), limits or Limits())
        self._changed = changed
        self.limit = SESSIONS
        self._runner: asyncio.Task[None] | None = None
        self._reload = asyncio.Event()
        self._stale = asyncio.Event()
        # The number of the last event of a session, where its server keeps a log.
        self._positions: dict[str, int] = {}
        # The same of what is held until everything was fetched: what came before it may be missing still.
        self._buffered_positions: dict[str, int] = {}
        # Sessions that somebody in Python waits for: their messages are kept.
        self.pinned: dict[str, int] = {}
        self._work: set[asyncio.Task[None]] = set()
        # Sessions of which words were dropped that will be fetched again; None: all.
        self._missed: set[str | None] = set()

    # ---- what it is ----

    @property
    def connection(self) -> Connection:
        """How it and its server are connected."""
        if self.loop.is_over and not self.closed:
            return Connection(ConnectionState.DISCONNECTED, "", loop_ended(), since=self.reconnector.state.since)
        return self.reconnector.state

    @property
    def directory(self) -> str | None:
        """The folder, as far as it is known."""
        return self.state.directory or self.endpoint.directory

    @property
    def title(self) -> str:
        """The last component of the folder, or the server's address."""
        directory = self.directory
        if directory is None:
            return (self.endpoint.url or "").partition("://")[2] or "server"
        return PurePath(directory.replace("\\", "/")).name or directory

    def view(self) -> InstanceView:
        """The JSON that a page draws, without its sessions; see `InstanceView` in `model/wire.py`."""
        return {**self.head(), **catalogue_view(self.state.catalogue)}

    def head(self) -> InstanceHead:
        """The same without agents, models and commands: they are many, and seldom change."""
        return without_none(
            InstanceHead(
                id=self.id,
                title=self.title,
                directory=self.directory,
                url=self.endpoint.url,
                owned=self.endpoint.owned,
                version=self.client.version if self.client else None,
                dialect=self.client.dialect if self.client else None,
                connection=self.connection.view(self.loop.loop.time()),
                features=sorted(self.client.features) if self.client else [],
                activeSession=self.selected,
                waiting=len(self.state.requests),
                moreSessions=self.state.more_sessions,
                oddities=oddities_view(self.state),
            )
        )

    # ---- its life ----

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Start work that is cancelled when this is closed. It may be the user's, and take that or not: nobody waits for it."""
        task = self.loop.spawn(coroutine)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def start(self) -> None:
        """Begin to connect."""
        self._runner = self.loop.spawn(self.reconnector.run())
        self._runner.add_done_callback(self._restart)

    def _restart(self, runner: asyncio.Task[None]) -> None:
        """A KeyboardInterrupt lands in whatever the loop is doing; what it hit by accident goes on."""
        if not self.closed and not self.loop.loop.is_closed() and not runner.cancelled():
            fault = runner.exception()
            after = words_of(fault) if fault is not None else "its end"
            log.warning("the connection of %s is taken up again after %s", self.title, after)
            self.apply(e.Lost())
            self.start()

    async def close(self) -> None:
        """Close the stream, then end the server if it is ours."""
        if self.closed:
            return
        self.closed = True
        running = [task for task in (self._runner, *self._tasks()) if task is not None]
        for task in (*running, *self._work):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self.touch()
        await self.endpoint.release()

    async def ready(self) -> None:
        """Wait until it is connected and its state was fetched.

        Raises:
            OpenCodeError: why it cannot be connected.
            Closed: it was closed.
        """
        await self.condition.wait_for(lambda: self.closed or self.reconnector.error is not None or self.is_live)
        self._check_open()
        if not self.is_live and self.reconnector.error is not None:
            raise self.reconnector.error

    def _check_open(self) -> None:
        if self.closed:
            raise Closed(f"The instance {self.title} is closed.", remedy="Open it again: oc.open(...).")

    @property
    def is_live(self) -> bool:
        """Is what it shows what the server says now?"""
        return self.state.phase is Phase.LIVE and self.connection.state is ConnectionState.CONNECTED

    async def reach(self) -> Client:
        """The client, for a command that needs the server now; cuts the wait for the next attempt.

        Raises:
            OpenCodeError: it does not come back in time.
        """
        self._check_open()
        self.reconnector.nudge()
        # A server that starts has limits of its own, and is worth waiting for: it says in the end why it does not come.
        patience = None if self.connection.state is ConnectionState.CONNECTING else PATIENCE
        try:
            async with asyncio.timeout(patience):
                await self.ready()
        except TimeoutError:
            raise ConnectionFailed(
                f"{self.title} is {self.connection.words(self.loop.loop.time())}.",
                remedy="Try again when it is connected.",
            ) from None
        assert self.client is not None
        return self.client

    async def restart(self) -> None:
        """End a server of our own and start it again; its sessions are on the disk.

        Raises:
            OpenCodeError: it is not ours, or does not come up again.
        """
        self._check_open()
        ANSWERS.stop(self.endpoint.url or "", self.state.requests.values())
        await self.endpoint.restart()
        await self.condition.wait_for(lambda: self.closed or self.connection.state is not ConnectionState.CONNECTED)
        self.reconnector.reconnect()
        await self.reach()

    # ---- the stream ----

    async def _serve(self, client: Client) -> None:
        """One connection: the stream is drained by itself, whatever else goes on."""
        self.client = client
        if self.state.directory is None:
            # Before anything is heard: which events concern us is told by the folder.
            self.state.directory = await client.directory() or self.endpoint.directory
        try:
            async with asyncio.TaskGroup() as group, aclosing(client.listen()) as stream:
                events = aiter(stream)
                hello = await self._first(events, client) if client.has_heartbeats else None
                # Before anything is taken: what comes together with the hello must be held too.
                self.apply(e.Connected())
                if hello is not None:
                    self._receive(hello)
                group.create_task(self._keep_loaded(client))
                group.create_task(self._keep_catalogue(client))
                group.create_task(self._discover(client))
                await self._take_all(events)
        except BaseExceptionGroup as failures:
            raise self._cause(failures, client) from None
        finally:
            self._discard_buffered()
            self.apply(e.Lost())

    async def _take_all(self, events: AsyncIterator[Decoded]) -> None:
        """Take events as they come. A burst of them comes without a wait in between, so now and then others have their turn."""
        began = time.monotonic()
        async for decoded in events:
            self._receive(decoded)
            if time.monotonic() - began > SLICE:
                await asyncio.sleep(0)
                began = time.monotonic()

    def _discard_buffered(self) -> None:
        """What is held now is lost with the stream: a session's place is that of the last event that was brought in, or none."""
        self._buffered_positions.clear()
        for id, session in self.state.sessions.items():
            if session.history_state is not HistoryState.READY:
                self._positions.pop(id, None)

    def _cause(self, failures: BaseExceptionGroup[BaseException], client: Client) -> BaseException:
        """The failure that began it."""
        error: BaseException = failures
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, Silence):
            error.expected = not client.has_heartbeats
        return error

    async def _first(self, events: AsyncIterator[Decoded], client: Client) -> Decoded:
        limit = client.http.limits.hello
        try:
            async with asyncio.timeout(limit):
                return await anext(events)
        except TimeoutError:
            where = client.http.address.url
            raise ConnectionFailed(f"{where} opened a stream of events and said nothing for {limit:g} s.") from None

    def _receive(self, decoded: Decoded) -> None:
        if not concerns(self.state, decoded):
            return
        decoded = self._clean(decoded)
        self.event_log.add(decoded, time.time_ns() // 1_000_000)
        if decoded.log_position is not None:
            session, number = decoded.log_position
            places = self._positions if self.state.phase is Phase.LIVE else self._buffered_positions
            places[session] = number
        for event in decoded.events:
            self.apply(self.attribution.attributed(self.endpoint.url, event))
            if type(event) in WANT_FETCHING:
                self._fetch_for(event)

    def expect_rejections(self, session_id: str) -> None:
        """A session's turn is about to be stopped here, with those of its sub-agents: the server may reject what waits in them."""
        within = [ask for ask in self.state.requests.values() if session_id in self.state.lineage(ask.session_id)]
        ANSWERS.stop(self.endpoint.url or "", within)

    def _fetch_for(self, event: e.Event) -> None:
        if isinstance(event, e.Disposed):
            self._reload.set()
        elif isinstance(event, e.CatalogueStale):
            self._stale.set()
        elif isinstance(event, e.HistoryRewritten):
            self._reload_history(event.session_id)

    def apply(self, event: e.Event) -> None:
        """Bring an event into the state, and tell everyone what changed."""
        changes = apply(self.state, event)
        if type(event) in REMOVES and self.selected not in self.state.sessions:
            self.selected = None
        if changes:
            self.patch.add(changes)
            self._fetch_missed(changes)
            self._changed(summary=not SUMMARY.isdisjoint(map(type, changes)))
        for listener in tuple(self.listeners):
            try:
                listener(event, changes)
            except BaseException as fault:  # noqa: BLE001 - see `user_code.py`
                self._drop(listener, fault)
        self.condition.notify()

    def _drop(self, listener: Listener, fault: BaseException) -> None:
        """A listener failed: the others, and the stream, go on without it."""
        if not isinstance(fault, KeyboardInterrupt):  # an interrupt lands in whatever runs, which may be sound
            self.listeners.discard(listener)
        log_fault(f"a listener of {self.title} failed", fault)
        self.alert(Problem("ListenerFailed", f"A listener of the events failed: {innermost(fault)}."))

    def _fetch_missed(self, changes: Iterable[Change]) -> None:
        """Fetch again what was dropped for lack of room, a while later: a server that says too much goes on to do so."""
        for change in changes:
            if type(change) is WordsMissed and change.again and change.session_id not in self._missed:
                self._missed.add(change.session_id)
                self.loop.loop.call_later(AGAIN, self._fetch_again, change.session_id)

    def _fetch_again(self, session_id: str | None) -> None:
        self._missed.discard(session_id)
        if self.closed or not self.is_live:
            return  # all is fetched when the connection is back
        if session_id is None:
            self._reload.set()
        elif session_id in self.state.sessions and self.state.sessions[session_id].history_state is HistoryState.READY:
            self._reload_history(session_id)

    def alert(self, problem: Problem) -> None:
        """Show the person something that went wrong and belongs to no session."""
        self.notices.append(problem)
        self.patch.add([Alerted(problem)])
        self._changed(summary=False)

    def touch(self) -> None:
        """The instance itself changed, such as its connection."""
        self.patch.add([InstanceChanged()])
        self._changed(summary=True)
        self.condition.notify()

    # ---- fetching ----

    async def _keep_loaded(self, client: Client) -> None:
        """Fetch everything now, and whenever the server let go of its state."""
        waited = dict(self.state.requests)
        while True:
            self._reload.clear()
            at_work = await self._load(client)
            for settled in [*self.attribution.vanished(self.endpoint.url, waited)]:
                self.apply(settled)
            waited.clear()  # a server that drops its state later says so, and drops its requests with it
            self.reconnector.connected(client.version)
            self._stale.set()
            try:
                async with asyncio.timeout(SECOND_LOOK):
                    await self._reload.wait()
            except TimeoutError:
                await self._recheck_busy(client, at_work)
                await self._reload.wait()
            self.apply(e.Connected())

    async def _recheck_busy(self, client: Client, at_work: Iterable[str]) -> None:
        """A server that is under load greets a stream before it listens for it: an end that fell between is never told.

        Asked about are those alone of whom the server itself said that they are at work: not every server can say.
        """
        known = [self.state.sessions[id] for id in at_work if id in self.state.sessions]
        before = {session.id: session.status for session in known if session.busy}
        if not before:
            return
        with suppress(OpenCodeError):
            statuses = (await client.overview(self.limit)).statuses
            for id, status in before.items():
                session = self.state.sessions.get(id)
                if session is not None and session.status is status and id not in statuses:
                    self.apply(e.StatusChanged(session_id=id, status=IDLE))
                    if session.history_state is HistoryState.READY:  # its last words may have fallen there too
                        self._reload_history(id)

    async def _keep_catalogue(self, client: Client) -> None:
        """Fetch agents and models now, and when they changed; servers say so in bursts."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            await self._load_catalogue(client)
            await asyncio.sleep(BURST)

    async def _load(self, client: Client) -> tuple[str, ...]:
        """Fetch everything; returns the ids of the sessions that the server says are at work."""
        overview = await client.overview(self.limit)
        known = {info.id for info in overview.sessions}
        wanted = [id for id in self._wanted() if id in known or self._is_elsewhere(id)]
        fetched = await cancellable(asyncio.gather(*(self._fetch_log(client, id) for id in wanted)))
        histories = tuple(fetched_item for fetched_item in fetched if isinstance(fetched_item, e.History))
        replays = tuple(fetched_item for fetched_item in fetched if isinstance(fetched_item, e.Replay))
        self.apply(e.Loaded(overview=replace(overview, histories=histories, replays=replays)))
        for id, number in self._buffered_positions.items():
            self._positions[id] = max(number, self._positions.get(id, 0))
        self._buffered_positions.clear()
        had = {history.session_id for history in histories} | {replay.session_id for replay in replays}
        for id in wanted:
            if id not in had and id in self.state.sessions:
                self._reload_history(id)
        return tuple(overview.statuses)

    async def _fetch_log(self, client: Client, id: str) -> e.Replay | e.History | None:
        """What a session said meanwhile: all of it in order where the server keeps a log, else as it is now."""
        return await self._replay(client, id) or await self._history(client, id)

    async def _replay(self, client: Client, id: str) -> e.Replay | None:
        place, session = self._positions.pop(id, None), self.state.sessions.get(id)
        if place is None or session is None or session.history_state is not HistoryState.READY:
            return None
        try:
            items = await client.replay(id, place)
        except (NotFound, NotOpenCode):
            return None
        events = tuple(
            self.attribution.attributed(self.endpoint.url, event) for decoded in items or () for event in decoded.events
        )
        if items is None or any(isinstance(event, e.HistoryRewritten) for event in events):
            return None
        last = next(
            (decoded.log_position for decoded in reversed(items) if decoded.log_position is not None), (id, place)
        )
        self._positions[id] = max(last[1], self._positions.get(id, 0))
        return e.Replay(id, events)

    def _is_elsewhere(self, id: str) -> bool:
        """A sub-agent's session in another folder is in no list of this one."""
        return id in self.state.sessions and self.state.sessions[id].info.directory != self.state.directory

    def _wanted(self) -> Iterable[str]:
        """The sessions whose messages are fetched again: on screen, waited for, or at work."""
        busy = (session.id for session in self.state.sessions.values() if session.busy and session.ids)
        on_screen = (self.selected,) if self.selected is not None else ()
        return dict.fromkeys((*on_screen, *self.pinned, *busy))

    async def _history(self, client: Client, id: str) -> e.History | None:
        held = len(self.state.sessions[id].ids) if id in self.state.sessions else 0
        try:
            return await client.history(id, max(PAGE, held))
        except OpenCodeError as error:
            if is_worth_a_try(error) or isinstance(error, AuthenticationFailed):
                raise
            return None  # one session that cannot be read keeps no other from being shown

    async def _load_catalogue(self, client: Client) -> None:
        """Agents and models; a server without them is no reason to stop."""
        try:
            self.apply(e.CatalogueLoaded(catalogue=await client.catalogue()))
        except OpenCodeError as problem:
            log.info("no agents and models: %s", problem)

    # ---- what whoever looks adds ----

    def _tasks(self) -> Iterable[asyncio.Task[None]]:
        """What else is under way, and ends with it."""
        return ()

    def _reload_history(self, session_id: str) -> None:
        """The messages of a session must be fetched again."""

    async def _discover(self, client: Client) -> None:
        """Find what the stream does not tell."""
