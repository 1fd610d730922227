"""The instances of one widget: which there are, which is on screen, and the end of everything."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import weakref
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Protocol

from ..api.instance import Instance
from ..api.pending import Policies
from ..errors import Closed, NotFound
from ..model.bounds.frame_budget import Room
from ..model.entities import Problem
from ..model.events import Viewed
from ..model.view import compact, sessions_view
from ..model.wire import ActiveOp, FromKernel, InstanceHead, InstanceView, Op, PageState, TabView
from ..redaction import innermost
from ..server.backoff import Backoff
from ..server.endpoints import Source
from ..server.http.client import Limits
from ..sync.event_loop import Awaiting, Home, done
from ..sync.history import Conversations
from . import folders
from .frames import Frames
from .pace import KERNEL
from .restriction import restricted_head, restricted_view

_numbers = itertools.count(1)


class Changed(Protocol):
    """Hears of every change of what the traits tell."""

    def __call__(self, *, now: bool) -> None: ...


# Sessions of each instance in the `tabs` trait; `Instance.sessions` has all.
TAB_SESSIONS = 500


class Manager:
    """The instances of one widget. On the home loop only, save where a method says otherwise.

    Args:
        home: where all of it runs.
        send: sends a message to every page.
        changed: is called after every change of what the traits tell; `now`: a person is about to look.
        backoff: when lost servers are tried again.
        limits: of time.
        restricted: the pages are visitors'; see `restriction.py`.
    """

    def __init__(
        self,
        home: Home,
        send: Callable[[FromKernel], None],
        changed: Changed,
        backoff: Backoff,
        limits: Limits | None = None,
        *,
        restricted: bool = False,
    ) -> None:
        self.home = home
        self.instances: dict[str, Conversations] = {}
        self.handles: dict[str, Instance] = {}
        self.active: str | None = None
        self.frames = Frames(home.loop, self._take, send, home.ear.hears, self._owes, KERNEL)
        self.closed = False
        self.restricted = restricted
        self.policies = Policies()
        # How many changes of what the traits tell there were.
        self.changes = 0
        # Ended after the instances, such as a scripted model.
        self.at_end: list[Callable[[], Awaitable[None]]] = []
        self.at_exit: list[Callable[[], None]] = []
        self._changed = changed
        self._backoff = backoff
        self._limits = limits
        self._order_changed = False
        self._gone: list[str] = []
        home.interrupted = self._interrupted
        home.ended = self._ended
        _managers.add(self)

    # ---- the instances ----

    def add(self, source: Source, *, select: bool = True) -> Instance:
        """Make an instance and begin to connect it. From any thread."""
        if self.closed:
            raise Closed("The widget is closed.", remedy="Make a new one: OpenCode(...).")
        id = f"i{next(_numbers)}"
        one = Conversations(id, self.home, source, self._poke, self._backoff, self._limits)
        handle = Instance(one, lambda: self.close_instance(id))
        if not self.frames.pages.known:
            one.patch.forget()
        self.instances[id] = one
        self.handles[id] = handle
        if select or self.active is None:
            self.active = id
        self.home.call(self._begin, one)
        return handle

    def _begin(self, one: Conversations) -> None:
        if not self.closed:
            self.policies.watch(one)
            one.start()
            self._show()
            if one.source.owned:
                self.home.spawn(self._remember(one))

    async def _remember(self, one: Conversations) -> None:
        """A folder in which a server came up is offered the next time."""
        await one.ready()
        if one.directory is not None:
            await asyncio.to_thread(folders.remember, one.directory)

    def instance(self, id: str | None) -> Conversations:
        """An instance by its id; None: the active one.

        Raises:
            NotFound: there is none.
        """
        one = self.instances.get(id if id is not None else self.active or "")
        if one is None:
            what = "no instance is open" if id is None else f"there is no instance {id!r}"
            raise NotFound(f"In this widget {what}.", remedy="Open a folder: oc.open(...).")
        return one

    def owner(self, session_id: str) -> Conversations:
        """The instance that has a session, the active one first.

        Raises:
            NotFound: none has.
        """
        ranked = sorted(self.instances.values(), key=lambda one: one.id != self.active)
        found = next((one for one in ranked if session_id in one.state.sessions), None)
        if found is None:
            raise NotFound(f"No instance has a session {session_id!r}.", remedy="Choose one of instance.sessions.")
        return found

    def select_instance(self, id: str) -> None:
        """Put an instance on screen.

        Raises:
            NotFound: there is none.
        """
        self.active = self.instance(id).id
        self._show()

    def select_session(self, instance_id: str, session_id: str | None) -> None:
        """Put a session on screen, and its instance.

        Raises:
            NotFound: there is none.
        """
        one = self.instance(instance_id)
        one.select(session_id)
        self.active = one.id
        self._show()

    def _show(self) -> None:
        """The session on screen has a transcript in the pages; the others don't."""
        self._look()
        self._order_changed = True
        self.frames.poke()
        self.changes += 1
        self._changed(now=True)

    def _look(self) -> bool:
        """Let each instance know what is on screen of it. Returns whether that is something else than before."""
        moved = False
        for one in self.instances.values():
            shown = one.selected if one.id == self.active else None
            if one.patch.shown != shown:
                moved = True
                one.patch.show(shown)
                one.apply(Viewed(session_id=shown))
        return moved

    def close_instance(self, id: str) -> Awaiting[None]:
        """End an instance. From any thread; goes on by itself."""
        return self.home.start(self._close_instance(id))

    async def _close_instance(self, id: str) -> None:
        one = self.instances.pop(id, None)
        if one is None:
            return
        self.handles.pop(id)
        if self.active == id:
            self.active = next(iter(self.instances), None)
        self._gone.append(id)
        self._show()
        await one.close()

    def close(self) -> Awaiting[None]:
        """End everything. From any thread; goes on by itself."""
        self.closed = True
        if self.home.is_over:  # its notebook or script has ended, or it is closed already
            self.close_now()
            return done()
        return self.home.start(self._close())

    async def _close(self) -> None:
        instances = list(self.instances.values())
        self.instances.clear()
        self.handles.clear()
        self.active = None
        self.frames.close()
        async with AsyncExitStack() as ends:  # the last comes first, and all come, whatever fails
            ends.callback(self.home.stop)
            for end in reversed(self.at_end):
                ends.push_async_callback(end)
            await asyncio.gather(*(one.close() for one in instances), return_exceptions=True)

    def close_now(self) -> None:
        """End what we started, without a loop: the interpreter ends."""
        for one in self.instances.values():
            one.source.release_now()
        for end in self.at_exit:
            end()

    # ---- what the person is told ----

    def alert(self, problem: Problem) -> None:
        """Show the user something that went wrong and belongs to no instance."""
        one = self.instances.get(self.active or "")
        if one is not None:
            one.alert(problem)

    def _interrupted(self, fault: BaseException) -> None:
        what = f"The background loop was interrupted, and goes on: {innermost(fault)}."
        self.alert(Problem("LoopInterrupted", what, "Look at the tasks that your policies start."))

    def _ended(self) -> None:
        """The loop ended although nobody closed the widget; called where it ran. From now on nothing can be done here but say so."""
        for one in self.instances.values():
            one.touch()
        self.frames.flush()
        self._changed(now=True)

    # ---- what the pages get ----

    def _poke(self, *, summary: bool) -> None:
        """Something changed; `summary`: something that the traits tell, or that what is on screen depends on."""
        moved = summary and self._look()
        self.frames.poke()
        if summary or moved:
            self.changes += 1
            self._changed(now=moved)

    def _take(self) -> list[Op]:
        room = Room()
        ops: list[Op] = [{"op": "instance-", "id": id} for id in self._gone]
        self._gone.clear()
        after: str | None = None
        for one in self.instances.values():
            if one.patch.instance or self._order_changed:
                ops.append({"op": "instance", "instance": self._head(one), "after": after})
            after = one.id
        if self._order_changed:
            ops.append(compact(ActiveOp(op="active", instance=self.active)))
            self._order_changed = False
        # The active one last: it says which transcript is on screen, the others may say that theirs is not.
        for one in sorted(self.instances.values(), key=lambda one: one.id == self.active):
            if room:
                ops.extend(map(self._allowed, one.patch.take(room)))
        return ops

    def _head(self, one: Conversations) -> InstanceHead:
        return restricted_head(one.head()) if self.restricted else one.head()

    def _view(self, one: Conversations) -> InstanceView:
        return restricted_view(one.view()) if self.restricted else one.view()

    def _allowed(self, op: Op) -> Op:
        """A visitor's page is told of no slash command."""
        return {**op, "commands": []} if self.restricted and op["op"] == "catalogue" else op

    def _owes(self) -> bool:
        """Is there more to send than the last frame had room for?"""
        return any(not one.patch.is_empty for one in self.instances.values())

    def page_left(self, page: str) -> None:
        """A page says that it is being left. Without any, nothing is gathered: the next begins with a snapshot."""
        self.frames.pages.bye(page)
        if not self.frames.pages.known:
            for one in self.instances.values():
                one.patch.forget()

    def snapshot(self) -> PageState:
        """What a page needs, as far as there is room: the rest follows in frames. See `PageState` in `model/wire.py`."""
        room = Room()
        instances = list(self.instances.values())
        transcripts = {one.id: one.patch.snapshot(room) for one in instances}
        return compact(
            PageState(
                instances=[self._view(one) for one in instances],
                requests={one.id: one.patch.requests_view(room) for one in instances},
                sessions={one.id: one.patch.sessions_view(room) for one in instances},
                activeInstance=self.active,
                transcript=transcripts.get(self.active or ""),
            )
        )

    def tabs(self) -> list[TabView]:
        """The summaries that the page draws: instances, each with its latest sessions. Made again for each change, so not with all."""
        return [
            {
                **self._head(one),
                "agents": [],
                "models": [],
                "commands": [],
                "sessions": sessions_view(one.state, TAB_SESSIONS),
            }
            for one in list(self.instances.values())
        ]

    @property
    def active_session(self) -> str | None:
        """The session on screen."""
        one = self.instances.get(self.active or "")
        return one.selected if one is not None else None

    def words(self) -> str:
        """The instances in words: "2 instances: 1 connected, 1 reconnecting in 4 s"."""
        now = self.home.loop.time()
        states = [one.connection.words(now) for one in self.instances.values()]
        counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        number = "1 instance" if len(states) == 1 else f"{len(states)} instances"
        return f"{number}: {counted}" if counted else number


_managers: weakref.WeakSet[Manager] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for manager in list(_managers):
        manager.close_now()
