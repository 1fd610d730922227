"""One instance in the kernel: its state, the stream that changes it, and the listeners that get each change.

1. Everything here runs on the home loop. `api/` and `widget.py` hand over what comes from other threads and loops.
2. `apply` is the only way by which anything here changes the state: the reducer applies the event, then the patch gathers what the
   pages must get, then the listeners are called, then all that wait for a condition check it again.
3. A connection runs in `_serve`: the hello, `Connected`, the first load, then events until the stream breaks, and `Lost`. The stream is
   read at once and all the time, whatever is being fetched; the reducer buffers what may not be applied yet. `Connected` is applied before
   the hello is: the events that follow the hello in the same bytes must be buffered too.
4. What is fetched, and when, is the matter of the collaborators: `resync` after each reconnect, `history` for the messages of single
   sessions, `discovery` for sessions that the stream does not name. `reconnector` makes the connections, and `access` gives out their
   client.
5. A listener may be the user's code and raise anything. The runtime drops a listener that raised, tells the user, and goes on.
6. A KeyboardInterrupt lands in whatever the loop is running. If it ends the connection by accident, the runtime connects again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import ConnectionFailed, Silence
from ..model import events as e
from ..model.dialects import Decoded
from ..model.entities import Problem
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
)
from ..model.reduce.scope import concerns
from ..model.state import HistoryState, Session, State
from ..model.view import catalogue_view, oddities_view, without_none
from ..redaction import KNOWN, innermost, words_of
from ..server.api import Attachment, Client
from ..server.backoff import Backoff
from ..server.detect import Detect, detect
from ..server.endpoints import Endpoint
from ..server.http.client import Limits
from ..server.releases import described
from .access import Access
from .condition import Condition
from .connection import Connection, ConnectionState
from .discovery import Discovery
from .event_loop import HomeLoop
from .folder import find_folder
from .history import Histories
from .reconnect import Reconnector
from .resync import WANT_FETCHING, Resync
from .stream.clean_stream import CleanStream
from .stream.event_log import EventLog
from .stream.live_output import BRINGS_PARTS, LiveOutput
from .stream.own_answers import ANSWERS, Attribution
from .stream.server_log import ServerLog
from .user_code import log_fault

if TYPE_CHECKING:
    from ..model.wire import InstanceHead, InstanceView, ReplayView

log = logging.getLogger("opencode_widget")

# Seconds for which the runtime reads events before other tasks have their turn.
SLICE = 0.02
# Alerts that are kept.
NOTICES = 100

# The changes that the session list or the instance's tab shows.
SUMMARY = frozenset({InstanceChanged, RequestChanged, RequestsChanged, SessionChanged, SessionGone})
# The events of whose time the state makes use. Servers name it by their own clocks, or not at all.
TIMED = (e.Asked, e.Answered, e.RequestsWithdrawn, e.Loaded)
# The events that may remove a session.
REMOVES = frozenset({e.SessionRemoved, e.Loaded})


class OnChange(Protocol):
    """Is called after every change; `summary`: it is one that the session list or the instance's tab shows."""

    def __call__(self, *, summary: bool) -> None: ...


Listener = Callable[[e.Event, list[Change]], None]


async def _none(_text: str) -> tuple[Attachment, ...]:
    return ()


class InstanceRuntime:
    """The state of one instance, kept true to its server.

    Args:
        id: our name for it.
        loop: where everything runs.
        endpoint: brings up its server.
        changed: is called after every change.
        backoff: when to try again after a loss.
        limits: of time, for requests and the stream.
        detect: makes the client for the dialect that the server speaks.

    Attributes:
        state: changed by `apply` alone.
        selected: the session that the user looks at.
        listeners: are called with every event, and with what it changed.
        heard: are called with every event of the stream as the server sent it, secrets included, before it is applied; for a recording.
        conversations: the sessions to which this kernel has sent anything.
        notices: the alerts that belong to no session, the latest last.
    """

    def __init__(
        self,
        id: str,
        loop: HomeLoop,
        endpoint: Endpoint,
        changed: OnChange,
        backoff: Backoff | None = None,
        limits: Limits | None = None,
        detect: Detect = detect,
    ) -> None:
        self.id = id
        self.loop = loop
        self.endpoint = endpoint
        self.state = State()
        self.patch = Patch(id, self.state)
        self.condition = Condition()
        self.listeners: set[Listener] = set()
        self.heard: set[Callable[[Decoded], None]] = set()
        self.selected: str | None = None
        self.conversations: set[str] = set()
        self.notices: deque[Problem] = deque(maxlen=NOTICES)
        self.event_log = EventLog()
        self.server_log = ServerLog()
        self.attribution = Attribution(self.state, endpoint)
        self._clean = CleanStream(KNOWN).clean
        self._changed = changed
        # When a page last said anything, by the loop's clock; None: no page is open.
        self.last_heard: Callable[[], float | None] = lambda: None
        # Asks the open pages for a sign of life.
        self.ping_pages: Callable[[], None] = lambda: None
        # How far the replay is, if this is one.
        self.replay: Callable[[], ReplayView | None] = lambda: None
        # The files that go with a page's prompt for what it names in the notebook.
        self.named_files: Callable[[str], Awaitable[tuple[Attachment, ...]]] = _none
        # The requests about which a policy decides at present.
        self.deciding: set[str] = set()
        # The permissions that were to be allowed because everything is allowed in their session, and that the server refused.
        self.not_allowed: set[str] = set()
        # The sessions whose queued prompts are being sent, see `operations/prompts/queue.py`.
        self.queues: set[str] = set()
        # The folder as the calls to a running server name it, once the server has found it.
        self._folder_in_calls: str | None = None
        self._runner: asyncio.Task[None] | None = None
        self._work: set[asyncio.Task[None]] = set()
        backoff, limits = backoff or Backoff(), limits or Limits()
        self.reconnector = Reconnector(endpoint, self._serve, self.touch, backoff, limits, detect)
        self.access = Access(self.state, endpoint, self.reconnector, self.condition, loop)
        self.history = Histories(self.state, self.apply, self.access, loop, lambda: self.selected, self._reveal)
        self.discovery = Discovery(self.state, self.apply, self.access, self.history.load)
        self.live_output = LiveOutput(self.state, self.apply, self.access, self.history.wanted)
        self.resync = Resync(
            self.state,
            self.apply,
            self.access,
            loop,
            self.attribution,
            self.history,
            self.discovery,
            lambda version: self.reconnector.connected(described(version)),
            self.alert,
        )

    # ---- what it is ----

    @property
    def client(self) -> Client | None:
        """The server as it was last connected; None before the first connection."""
        return self.access.client

    @property
    def closed(self) -> bool:
        """Was it closed?"""
        return self.access.closed

    @property
    def connection(self) -> Connection:
        """How it and its server are connected."""
        return self.access.connection

    @property
    def is_live(self) -> bool:
        """Is its state what the server says now?"""
        return self.access.is_live

    @property
    def directory(self) -> str | None:
        """The folder, as far as it is known."""
        return self.access.directory

    @property
    def title(self) -> str:
        """The last component of the folder, or the server's address."""
        return self.access.title

    def view(self) -> InstanceView:
        """The JSON that a page draws, without its sessions; see `InstanceView` in `model/wire.py`."""
        return {**self.head(), **catalogue_view(self.state.catalogue)}

    def head(self) -> InstanceHead:
        """The same without agents, models and commands: they are many, and seldom change."""
        view: InstanceHead = {
            "id": self.id,
            "title": self.title,
            "directory": self.directory,
            "url": self.endpoint.url,
            "owned": self.endpoint.owned,
            "version": self.client.version if self.client else None,
            "dialect": self.client.dialect if self.client else None,
            "connection": self.connection.view(self.loop.loop.time()),
            "features": sorted(self.client.features) if self.client else [],
            "activeSession": self.selected,
            "waiting": len(self.state.requests),
            "replay": self.replay(),
            "moreSessions": self.state.more_sessions,
            "oddities": oddities_view(self.state),
        }
        return without_none(view)

    # ---- its life ----

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Start work that is cancelled when the instance closes. Nobody waits for its end: the user's code may refuse to be cancelled."""
        task = self.loop.spawn(coroutine)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def start(self) -> None:
        """Begin to connect."""
        self._runner = self.loop.spawn(self.reconnector.run())
        self._runner.add_done_callback(self._restart)

    def _restart(self, runner: asyncio.Task[None]) -> None:
        """Connect again after a KeyboardInterrupt that hit the connection by accident."""
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
        self.access.closed = True
        running = [task for task in (self._runner, *self.history.fetches.values()) if task is not None]
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
        await self.access.ready()

    async def reach(self) -> Client:
        """The client, for a command that needs the server now; has the reconnector try at once.

        Raises:
            OpenCodeError: the server does not come back in time.
        """
        return await self.access.reach()

    async def restart(self) -> None:
        """End a server of our own and start it again; its sessions are on the disk.

        Raises:
            OpenCodeError: it is not ours, or does not come up again.
        """
        self.access.check_open()
        ANSWERS.stop(self.endpoint.url or "", self.state.requests.values())
        await self.endpoint.restart()
        await self.condition.wait_for(lambda: self.closed or self.connection.state is not ConnectionState.CONNECTED)
        self.reconnector.reconnect()
        await self.reach()

    # ---- the stream ----

    async def _serve(self, client: Client) -> None:
        """One connection, until it breaks."""
        self.access.client = client
        client.remember(self.state.requests.values())
        client.http.directory = self._folder_in_calls or client.http.directory
        if self.state.directory is None:
            # Before any event comes: the folder says which events concern this instance.
            directory = await self._directory(client)
            if directory is not None:
                self.apply(e.DirectoryKnown(directory=directory))
        try:
            async with asyncio.TaskGroup() as group, aclosing(client.listen()) as stream:
                events = aiter(stream)
                hello = await self._hello(events, client)
                self.apply(e.Connected())
                self._receive(hello)
                group.create_task(self.resync.keep_loaded(client))
                group.create_task(self.resync.keep_catalogue(client))
                group.create_task(self.resync.keep_commands(client))
                group.create_task(self.discovery.keep_looking(client))
                group.create_task(self.live_output.keep_reading(client))
                await self._receive_all(events)
        except BaseExceptionGroup as failures:
            raise self._cause(failures, client) from None
        finally:
            self.resync.discard_buffered()
            self.apply(e.Lost())

    async def _directory(self, client: Client) -> str | None:
        if self.endpoint.owned:
            return await client.directory() or self.endpoint.directory
        found = await find_folder(client, self.endpoint.directory)
        self._folder_in_calls = client.http.directory
        return found

    async def _hello(self, events: AsyncIterator[Decoded], client: Client) -> Decoded:
        limit = client.http.limits.hello
        try:
            async with asyncio.timeout(limit):
                return await anext(events)
        except TimeoutError:
            where = client.http.address.url
            raise ConnectionFailed(f"{where} opened a stream of events and said nothing for {limit:g} s.") from None

    async def _receive_all(self, events: AsyncIterator[Decoded]) -> None:
        """Receive events as they come. The events of a burst come without a wait in between, so other tasks get a turn now and then."""
        began = time.monotonic()
        async for decoded in events:
            self._receive(decoded)
            if time.monotonic() - began > SLICE:
                await asyncio.sleep(0)
                began = time.monotonic()

    def _receive(self, decoded: Decoded) -> None:
        if not concerns(self.state, decoded):
            return
        for hear in self.heard:
            hear(decoded)
        decoded = self._clean(decoded)
        self.event_log.add(decoded, time.time_ns() // 1_000_000)
        self.resync.note_position(decoded)
        for event in decoded.events:
            self.apply(self.attribution.attributed(event))
            if type(event) in WANT_FETCHING:
                self.resync.fetch_for(event)

    def _cause(self, failures: BaseExceptionGroup[BaseException], client: Client) -> BaseException:
        """The first failure, which made the others."""
        error: BaseException = failures
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, Silence):
            error.expected = not client.has_heartbeats and not error.after_heartbeats
        return error

    # ---- changes ----

    def apply(self, event: e.Event) -> None:
        """Apply an event to the state, and report what changed to the patch, the listeners, and all that wait for a condition."""
        if isinstance(event, TIMED):
            event = replace(event, at=time.time() * 1_000)
        changes = apply(self.state, event)
        if type(event) in BRINGS_PARTS:
            self.live_output.look_at(event)
        if type(event) in REMOVES and self.selected not in self.state.sessions:
            self.selected = None
        if changes:
            self.patch.add(changes)
            self.resync.fetch_missed(changes)
            self._changed(summary=not SUMMARY.isdisjoint(map(type, changes)))
        for listener in tuple(self.listeners):
            try:
                listener(event, changes)
            except BaseException as fault:  # noqa: BLE001 - see `user_code.py`
                self._drop(listener, fault)
        self.condition.notify()

    def _drop(self, listener: Listener, fault: BaseException) -> None:
        """Drop a listener that raised, unless it was interrupted: a KeyboardInterrupt says nothing about the listener."""
        if not isinstance(fault, KeyboardInterrupt):
            self.listeners.discard(listener)
        log_fault(f"a listener of {self.title} failed", fault)
        self.alert(Problem("ListenerFailed", f"A listener of the events failed: {innermost(fault)}."))

    def alert(self, problem: Problem) -> None:
        """Show the user something that went wrong and belongs to no session."""
        self.notices.append(problem)
        self.patch.add([Alerted(problem)])
        self._changed(summary=False)

    def touch(self) -> None:
        """The instance itself changed, such as its connection."""
        self.patch.add([InstanceChanged()])
        self._changed(summary=True)
        self.condition.notify()

    def expect_rejections(self, session_id: str) -> None:
        """Record that a session's turn is about to be stopped here: the server may reject what waits in it and in its sub-agents."""
        within = [ask for ask in self.state.requests.values() if session_id in self.state.lineage(ask.session_id)]
        ANSWERS.stop(self.endpoint.url or "", within)

    # ---- sessions ----

    def all_sessions(self) -> list[Session]:
        """All sessions that are known, copied in one step: the caller may be on another thread."""
        return list(self.state.sessions.values())

    def session(self, id: str) -> Session:
        """A session by its id.

        Raises:
            NotFound: there is none.
        """
        return self.access.session(id)

    def is_busy(self, id: str) -> bool:
        """Does a session do anything?"""
        session = self.state.sessions.get(id)
        return session is not None and session.busy

    def select(self, id: str | None) -> None:
        """Look at a session; its messages are fetched if they are not here.

        Raises:
            NotFound: there is none.
        """
        if id is not None:
            self.session(id)
        self.selected = id
        self.touch()
        if id is not None and self.session(id).history_state in (HistoryState.ABSENT, HistoryState.FAILED):
            self.history.load(id)
        self.history.drop_unused()

    def close_tab(self, id: str) -> None:
        """Take a session off the list; it stays with the server.

        Raises:
            NotFound: there is none.
        """
        self.session(id)
        if self.selected == id:
            self.select(None)
        self.apply(e.TabClosed(session_id=id))

    async def new_session(self, title: str | None = None, *, select: bool = True) -> Session:
        """Make a session, and look at it.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        info = await (await self.reach()).create_session(title)
        await self.ready()  # an event that is applied during a load would be buffered
        if info.id not in self.state.sessions:
            self.apply(e.SessionUpserted(session_id=info.id, info=info, created=True))
        if select:
            self.select(info.id)
        return self.session(info.id)

    def _reveal(self, id: str, until: str | None) -> bool:
        """Send the pages older messages that are here; returns whether there were any that they did not have."""
        were_hidden = self.patch.shown == id and self.patch.reveal(until)
        if were_hidden:
            self._changed(summary=False)
        return were_hidden
