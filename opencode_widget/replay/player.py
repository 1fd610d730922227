"""Plays what was recorded of one instance: an endpoint without a server, and a client that answers from the shadow.

The client's stream is the clock. Before each line it waits until the line is due, and until the runtime fetches nothing; see rule 4 of the
package.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, ClassVar, NoReturn

from ..errors import NotAllowed, NotFound, OpenCodeError
from ..model import events as e
from ..model.dialects import Decoded
from ..model.entities import AnsweredBy, Catalogue, SessionInfo
from ..model.events import History, Overview
from ..server.api import Client, Prompt, Reply
from ..server.http.client import Address, Http
from ..sync.access import READ_ONLY
from ..sync.runtime import InstanceRuntime
from .clock import Clock
from .lines import Line, Track
from .shadow import Shadow

# The name of an event that only the replay itself makes.
OWN = "replay"
BY = frozenset(AnsweredBy)


class Player:
    """One instance of a recording.

    Args:
        track: what was recorded of it.
        clock: says when a line is due.
        idle: the longest time without an event, in seconds of the recording; None: as long as it was.

    Attributes:
        ended: set when all was played, or nothing will be.
        at_end: is called when all was played.
    """

    owned = False
    url = None

    def __init__(self, track: Track, clock: Clock, idle: float | None) -> None:
        self.track = track
        self._lines = [*_whole(track.lines)]
        self.ended = asyncio.Event()
        self.clock = clock
        self._shadow = Shadow(track)
        self._times = _due(self._lines, idle)
        self._next = 0
        self._answered_by = {line["answered"]: line.get("by") for line in self._lines if "answered" in line}
        self._is_prepared = False
        # The session that the recording shows, and the one that was put on screen for it.
        self._shown: str | None = None
        self._put: str | None = None
        self._runtime: InstanceRuntime | None = None
        self._attached = asyncio.Event()
        self._select: Callable[[str], None] = lambda _: None
        self.at_end: Callable[[], None] = lambda: None

    def attach(self, runtime: InstanceRuntime, select: Callable[[str], None]) -> None:
        """Play into this runtime; `select` puts a session on screen."""
        self._runtime = runtime
        self._select = select
        runtime.loop.call(self._attached.set)

    # ---- as an endpoint ----

    @property
    def directory(self) -> str | None:
        """The recorded folder."""
        return self.track.directory

    async def reach(self) -> Address:
        """An address that nobody calls."""
        return Address("http://replay")

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """Nothing more can be said."""
        return error

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """There is no log."""
        return ()

    async def restart(self) -> None:
        """Refuse."""
        refuse()

    async def release(self) -> None:
        """The widget is closed."""
        self.ended.set()

    def release_now(self) -> None:
        """Nothing is left."""

    # ---- as a client ----

    async def client(self, http: Http) -> Client:
        """The client, once the recorded server would have answered."""
        await self._attached.wait()
        if not self._is_prepared:
            await self._prepare()
            self._is_prepared = True
        return ReplayClient(http, self.track.server, self, self._shadow)

    async def _prepare(self) -> None:
        """Take in all up to the first load, and the first agents and models, wherever they stand."""
        lines = self._lines
        first = next((number for number, line in enumerate(lines) if "load" in line), None)
        if first is None:  # it was stopped before the server had answered
            self._shadow.apply(e.Connected())
            self._shadow.apply(e.Loaded(overview=Overview()))
        else:
            for line in lines[: first + 1]:
                await self._take_in(line)
            self._next = first + 1
        if (catalogue := next((line for line in lines if "catalogue" in line), None)) is not None:
            await self._shadow.take(catalogue)

    async def _take_in(self, line: Line) -> Decoded | None:
        """Change the shadow. Returns the event that the line holds."""
        if "event" in line:
            return self._shadow.hear(line["event"])
        if "viewed" in line:
            self._shown = line["viewed"] if isinstance(line["viewed"], str) else None
            return None
        await self._shadow.take(line)
        return None

    async def play(self) -> AsyncGenerator[Decoded, None]:
        """The events that are still to come, each when it is due."""
        runtime = self._runtime
        assert runtime is not None
        await self._settled(runtime)
        self._show(runtime)
        await self._fetch_all(runtime)
        lines = self._lines
        self.clock.start(self._at(self._next - 1))
        while self._next < len(lines):
            line = lines[self._next]
            await self.clock.wait_until(self._at(self._next))
            await self._settled(runtime)
            self._next += 1
            decoded = await self._take_in(line)
            if decoded is not None:
                self._name_who_answered(runtime, decoded)
                yield decoded
            elif "load" in line:
                yield Decoded((e.Disposed(),), OWN, data={})
                await asyncio.sleep(0)
                await self._settled(runtime)
                await self._fetch_all(runtime)
            else:
                await self._pass_on(runtime, line)
            self._show(runtime)
        await self._settled(runtime)
        self.ended.set()
        self.at_end()
        await asyncio.Event().wait()

    def _at(self, number: int) -> float:
        """When a line is due, in seconds after the first."""
        return self._times[number] if number >= 0 else 0

    async def _pass_on(self, runtime: InstanceRuntime, line: Line) -> None:
        """Have the runtime see what no event says."""
        if "catalogue" in line:
            runtime.apply(e.CatalogueLoaded(catalogue=self._shadow.state.catalogue))
        elif "history" in line or "grown" in line:
            id = str(line["history"]) if "history" in line else str(line["grown"][0])
            if id in runtime.state.sessions:
                await asyncio.wait([runtime.history.load(id)])

    def _show(self, runtime: InstanceRuntime) -> None:
        """Put on screen what the recording showed, unless the user has chosen something else."""
        shown, follows = self._shown, runtime.selected in (None, self._put)
        if follows and shown is not None and shown != self._put and shown in runtime.state.sessions:
            self._put = shown
            self._select(shown)

    def _name_who_answered(self, runtime: InstanceRuntime, decoded: Decoded) -> None:
        """Have the runtime name who answered a request when it was recorded."""
        for event in decoded.events:
            if isinstance(event, e.Answered) and (by := self._answered_by.get(event.request_id)) in BY:
                runtime.attribution.settled(event, AnsweredBy(by))

    async def _fetch_all(self, runtime: InstanceRuntime) -> None:
        """Have the runtime fetch all messages that the recording has, so that Python code finds them."""
        ids = [id for id in self._shadow.loaded if id in runtime.state.sessions]
        if fetches := [runtime.history.load(id) for id in ids]:
            await asyncio.wait(fetches)

    async def _settled(self, runtime: InstanceRuntime) -> None:
        """Wait until the runtime fetches nothing."""
        while True:
            await runtime.condition.wait_for(lambda: runtime.is_live or runtime.closed)
            running = [task for task in runtime.history.fetches.values() if not task.done()]
            if not running:
                return
            await asyncio.wait(running)


class ReplayClient(Client):
    """Answers from the shadow, and refuses to change anything."""

    dialect: ClassVar[str] = "replay"
    takes_ids: ClassVar[bool] = False

    def __init__(self, http: Http, version: str, player: Player, shadow: Shadow) -> None:
        super().__init__(http, version)
        self._player = player
        self._shadow = shadow

    async def listen(self) -> AsyncGenerator[Decoded, None]:
        """The recorded events, after a greeting of ours."""
        yield Decoded((e.Greeted(),), OWN, data={})
        async for decoded in self._player.play():
            yield decoded

    async def directory(self) -> str | None:
        """The recorded folder."""
        return self._player.directory

    async def has_folder(self) -> bool | None:
        """It had."""
        return True

    async def overview(self, limit: int) -> Overview:
        """See `Shadow.overview`."""
        return self._shadow.overview()

    async def latest_sessions(self, limit: int) -> tuple[SessionInfo, ...]:
        """Of the shadow."""
        return self._shadow.overview().sessions

    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """See `Shadow.messages`."""
        if before is not None:
            raise NotFound("The recording does not have the older messages of this session.", status=404)
        return self._shadow.messages(session_id)

    async def catalogue(self) -> Catalogue:
        """Of the shadow."""
        return self._shadow.state.catalogue

    async def create_session(self, title: str | None = None) -> SessionInfo:
        """Refuse."""
        refuse()

    async def prompt(self, prompt: Prompt) -> str:
        """Refuse."""
        refuse()

    async def abort(self, session_id: str) -> None:
        """Refuse."""
        refuse()

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """Refuse."""
        refuse()

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """Refuse."""
        refuse()

    def _lacks(self, what: str) -> NoReturn:
        refuse()


def refuse() -> NoReturn:
    """Refuse to change anything.

    Raises:
        NotAllowed: always.
    """
    raise NotAllowed(READ_ONLY)


def _whole(lines: list[Line]) -> Iterable[Line]:
    """The lines without a `loading` or `fetching` to which no answer was recorded: the events after it would wait for ever."""
    answered: set[str] = set()
    kept = []
    for line in reversed(lines):
        if "load" in line:
            answered.add("load")
        elif "history" in line:
            answered.add(str(line["history"]))
        elif "loading" in line or "fetching" in line:
            name = "load" if "loading" in line else str(line["fetching"])
            if name not in answered:
                continue
            answered.discard(name)
        kept.append(line)
    return reversed(kept)


def _due(lines: list[Line], idle: float | None) -> list[float]:
    """When each line is due, in seconds after the first."""
    times: list[float] = []
    shift = last = lines[0]["at"] if lines else 0.0
    for at in _ascending(lines):
        if idle is not None and at - last > idle:
            shift += at - last - idle
        last = at
        times.append(at - shift)
    return times


def _ascending(lines: Iterable[Any]) -> Iterable[float]:
    """The times of the lines; each no earlier than the one before."""
    latest = 0.0
    for line in lines:
        latest = max(latest, float(line["at"]))
        yield latest
