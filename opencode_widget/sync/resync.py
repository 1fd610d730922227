"""Fetches what the stream did not deliver, so that the state is again what the server has.

A stream has no replay: what the server sent while the connection was down must be fetched. The rules:

1. Each connection begins with a *load*: the listed sessions, what each is doing, the requests that wait, and the messages of the wanted
   sessions (see `history.py`). The reducer buffers what the stream delivers meanwhile, and applies the buffer after `Loaded` (rule 2 of
   `model/reduce`). A load also runs when the server says that it dropped its state (`Disposed`).
2. Where the server keeps a log of each session, the kernel reads the log from its own *position*, the number of the last event of the
   session that it applied, instead of fetching the messages. 2.x has such logs, but `opencode serve` does not fill them: the client notices
   by the number at which the log says that it ends (`V2Client.replay`), and rule 3 holds. Three things keep a position true:
   - The number of an event that the reducer buffers for the load is noted apart, and becomes the position when `Loaded` applies the buffer.
   - When the stream ends, the buffers are discarded: so are the numbers noted apart, and the positions of sessions whose messages were
     still being fetched, as the reducer buffered their events too.
   - A position is used once: it returns only when the log has been read.
3. Where there is no position, or the log cannot be read, lacks events or says that messages were rewritten, the kernel fetches the
   messages.
4. Messages that cannot be fetched cost only their own session, which is fetched again by itself. A failure that says that the server is
   away, or refuses us, ends the connection: the reconnector decides what follows.
5. A server under load greets a stream before it listens for its own events, so that the end of a turn may be lost. SECOND_LOOK seconds
   after a load the kernel asks again about the sessions that the server reported as busy; not every server reports that.
6. The reducer drops events for which it has no room, and says so (`WordsMissed`). The kernel fetches what was dropped, AGAIN seconds
   later: a server that sends too much goes on doing so.
7. Agents, models and commands are fetched after each load and whenever they changed, at most every BURST seconds, for servers announce
   such changes in bursts. A server without them can still be used. One that fails to name them answers no prompt either, and may not say
   so: the user is told once in each connection, and `catalogue_problem` has the reason. Commands may be late, for a server asks its MCP
   servers for them: agents and models do not wait.
8. A request that waited before the connection was lost, and is gone after the first load, was answered meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from ..errors import AuthenticationFailed, OpenCodeError, RequestFailed
from ..model import events as e
from ..model.dialects import Decoded
from ..model.entities import IDLE, Problem, Status
from ..model.reduce.changes import Change, WordsMissed
from ..model.state import HistoryState, Phase, State
from ..server.api import Client
from ..server.backoff import is_worth_a_try
from ..server.http.cancel import cancellable
from ..server.http.client import NO_ROUTE
from .access import Access
from .discovery import Discovery
from .event_loop import HomeLoop
from .history import PAGE, Histories
from .stream.own_answers import Attribution

log = logging.getLogger("opencode_widget")

# Seconds between two fetches of agents and models that changed.
BURST = 0.5
# Seconds until commands that could not be had are asked for again.
LATE_AGAIN = 30.0
# Seconds after a load until the kernel asks again about the sessions at work.
SECOND_LOOK = 1.0
# Seconds until what the reducer dropped for lack of room is fetched again.
AGAIN = 1.0

# The least status with which a server reports that it failed itself.
FAILED = 500

# The events after which something must be fetched.
WANT_FETCHING = frozenset({e.Disposed, e.CatalogueStale, e.HistoryRewritten})


class Resync:
    """Fetches the state of one instance after each reconnect, and parts of it again when they are known to be stale.

    Args:
        state: the instance's state.
        apply: applies an event to the state.
        access: says whether the instance is live.
        loop: where everything runs.
        attribution: names who answered a request.
        history: fetches the messages of single sessions.
        discovery: says which sessions a load lists.
        loaded: is called after each load with the server's version.
        alert: shows the user something that went wrong and belongs to no session.

    Attributes:
        catalogue_problem: why the server could not name its agents and models; None while it could.
    """

    def __init__(
        self,
        state: State,
        apply: Callable[[e.Event], None],
        access: Access,
        loop: HomeLoop,
        attribution: Attribution,
        history: Histories,
        discovery: Discovery,
        loaded: Callable[[str], None],
        alert: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        self.catalogue_problem: Problem | None = None
        self._state = state
        self._apply = apply
        self._access = access
        self._loop = loop
        self._attribution = attribution
        self._history = history
        self._discovery = discovery
        self._loaded = loaded
        self._alert = alert
        self._reload = asyncio.Event()
        self._stale = asyncio.Event()
        # Agents and models were fetched, and the commands may be still to come.
        self._may_be_late = asyncio.Event()
        # By session, where its server keeps a log: the number of the last event that was applied, and of the last one that is buffered.
        self._positions: dict[str, int] = {}
        self._buffered_positions: dict[str, int] = {}
        # The sessions whose dropped events will be fetched; None: those that belong to no session.
        self._missed: set[str | None] = set()

    # ---- what the stream says ----

    def note_position(self, decoded: Decoded) -> None:
        """Note the number of an event, before the reducer gets it."""
        if decoded.log_position is not None:
            session, number = decoded.log_position
            positions = self._positions if self._state.phase is Phase.LIVE else self._buffered_positions
            positions[session] = number

    def discard_buffered(self) -> None:
        """The stream ended: forget the positions of the events that the reducer buffered and never applies."""
        self._buffered_positions.clear()
        for id, session in self._state.sessions.items():
            if session.history_state is not HistoryState.READY:
                self._positions.pop(id, None)

    def fetch_for(self, event: e.Event) -> None:
        """Fetch what an event says has changed."""
        if isinstance(event, e.Disposed):
            self._reload.set()
        elif isinstance(event, e.CatalogueStale):
            self._stale.set()
        elif isinstance(event, e.HistoryRewritten):
            self._history.load(event.session_id)

    def fetch_missed(self, changes: Iterable[Change]) -> None:
        """Fetch what the reducer dropped for lack of room, a while later."""
        for change in changes:
            if type(change) is WordsMissed and change.again and change.session_id not in self._missed:
                self._missed.add(change.session_id)
                self._loop.loop.call_later(AGAIN, self._fetch_again, change.session_id)

    def _fetch_again(self, session_id: str | None) -> None:
        self._missed.discard(session_id)
        if self._access.closed or not self._access.is_live:
            return  # the load of the next connection fetches everything
        if session_id is None:
            self._reload.set()
            return
        session = self._state.sessions.get(session_id)
        if session is not None and session.history_state is HistoryState.READY:
            self._history.load(session_id)

    # ---- loads ----

    async def keep_loaded(self, client: Client) -> None:
        """Load now, and whenever the state is stale as a whole, until cancelled."""
        waited = dict(self._state.requests)
        while True:
            self._reload.clear()
            at_work = await self._load(client)
            for settled in [*self._attribution.vanished(waited)]:
                self._apply(settled)
            waited.clear()  # a server that drops its state later says so, and drops its requests with it
            self._loaded(client.version)
            self._stale.set()
            try:
                async with asyncio.timeout(SECOND_LOOK):
                    await self._reload.wait()
            except TimeoutError:
                await self._recheck_busy(client, at_work)
                await self._reload.wait()
            self._apply(e.Connected())

    async def _load(self, client: Client) -> tuple[str, ...]:
        """Returns the ids of the sessions that the server says are at work."""
        overview = await client.overview(self._discovery.limit)
        listed = {info.id for info in overview.sessions}
        wanted = [id for id in self._history.wanted() if id in listed or self._discovery.is_elsewhere(id)]
        fetched = await cancellable(asyncio.gather(*(self._fetch_session(client, id) for id in wanted)))
        histories = tuple(result for result in fetched if isinstance(result, e.History))
        replays = tuple(result for result in fetched if isinstance(result, e.Replay))
        self._apply(e.Loaded(overview=replace(overview, histories=histories, replays=replays)))
        for id, number in self._buffered_positions.items():
            self._positions[id] = max(number, self._positions.get(id, 0))
        self._buffered_positions.clear()
        loaded = {history.session_id for history in histories} | {replay.session_id for replay in replays}
        for id in wanted:
            if id not in loaded and id in self._state.sessions:
                self._history.load(id)
        return tuple(overview.statuses)

    async def _fetch_session(self, client: Client, id: str) -> e.Replay | e.History | None:
        """What happened in a session meanwhile, from its log, else its messages as they are now; None: neither can be had."""
        return await self._replay(client, id) or await self._messages(client, id)

    async def _replay(self, client: Client, id: str) -> e.Replay | None:
        position, session = self._positions.pop(id, None), self._state.sessions.get(id)
        if position is None or session is None or session.history_state is not HistoryState.READY:
            return None
        try:
            items = await client.replay(id, position)
        except NO_ROUTE:
            return None
        events = tuple(self._attribution.attributed(event) for decoded in items or () for event in decoded.events)
        if items is None or any(isinstance(event, e.HistoryRewritten) for event in events):
            return None
        numbered = (decoded.log_position for decoded in reversed(items) if decoded.log_position is not None)
        _, last = next(numbered, (id, position))
        self._positions[id] = max(last, self._positions.get(id, 0))
        return e.Replay(id, events)

    async def _messages(self, client: Client, id: str) -> e.History | None:
        count = len(self._state.sessions[id].ids) if id in self._state.sessions else 0
        try:
            return await client.history(id, max(PAGE, count))
        except OpenCodeError as error:
            if is_worth_a_try(error) or isinstance(error, AuthenticationFailed):
                raise
            return None

    async def _recheck_busy(self, client: Client, at_work: Iterable[str]) -> None:
        """Ask again about the sessions that the server reported as busy, and of which nothing new came since."""
        known = [self._state.sessions[id] for id in at_work if id in self._state.sessions]
        before = {session.id: session.status for session in known if session.busy}
        if not before:
            return
        with suppress(OpenCodeError):
            statuses = (await client.overview(self._discovery.limit)).statuses
            for id, status in before.items():
                is_over = id not in statuses and self._correct_status(id, status, IDLE)
                if is_over and self._state.sessions[id].history_state is HistoryState.READY:
                    self._history.load(id)  # its last words may have been lost too

    def _correct_status(self, id: str, known: Status, reported: Status) -> bool:
        """Apply the status that the server reports, unless an event changed the known one meanwhile: that is newer."""
        session = self._state.sessions.get(id)
        if session is None or session.status is not known or known == reported:
            return False
        self._apply(e.StatusChanged(session_id=id, status=reported))
        return True

    async def recheck(self, id: str) -> None:
        """Ask the server whether a session is busy, where an event that says so may have been lost.

        Raises:
            OpenCodeError: the server does not say.
        """
        client, session = self._access.live_client, self._state.sessions.get(id)
        if client is None or session is None:
            return
        known = session.status
        self._correct_status(id, known, (await client.overview(self._discovery.limit)).statuses.get(id, IDLE))

    # ---- agents, models, commands ----

    async def keep_catalogue(self, client: Client) -> None:
        """Fetch agents, models and commands after each load and when they changed, until cancelled."""
        was_told = False
        while True:
            await self._stale.wait()
            self._stale.clear()
            self.catalogue_problem = await self._load_catalogue(client)
            if self.catalogue_problem is not None and not was_told:
                was_told = True
                self._alert(self.catalogue_problem)
            self._may_be_late.set()
            await asyncio.sleep(BURST)

    async def keep_commands(self, client: Client) -> None:
        """Fetch the commands that come later than the rest of the catalogue, until cancelled."""
        while True:
            await self._may_be_late.wait()
            self._may_be_late.clear()
            try:
                commands = await client.late_commands()
            except OpenCodeError as error:
                log.info("no commands: %s", error)
                await asyncio.sleep(LATE_AGAIN)
                self._may_be_late.set()
                continue
            if commands is not None:
                self._apply(e.CatalogueLoaded(catalogue=replace(self._state.catalogue, commands=commands)))

    async def _load_catalogue(self, client: Client) -> Problem | None:
        """Returns what is wrong with a server that fails to name its models."""
        try:
            self._apply(e.CatalogueLoaded(catalogue=await client.catalogue()))
        except OpenCodeError as error:
            log.info("no agents and models: %s", error)
            return _no_models(error) if isinstance(error, RequestFailed) and error.status >= FAILED else None
        return None


def _no_models(error: RequestFailed) -> Problem:
    return Problem(
        "NoModels",
        f"The server cannot name its models, and answers no prompt without one. {error.message}",
        "Its log may say why. Some releases of OpenCode fetch their models from the network; later ones need not: opencode-widget install.",
    )
