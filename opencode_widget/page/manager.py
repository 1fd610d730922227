"""The instances of one widget: which there are, which is on screen, and the end of everything."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
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
from ..model.view import sessions_view, without_none
from ..model.wire import ActiveOp, FromKernel, InstanceHead, InstanceView, Op, PageState, TabView
from ..redaction import innermost
from ..server.backoff import Backoff
from ..server.endpoints import Endpoint, OwnedServer
from ..server.http.client import Limits
from ..sync.event_loop import BackgroundResult, HomeLoop, finished
from ..sync.runtime import InstanceRuntime
from . import folders
from .frames import Frames
from .pace import KERNEL
from .restriction import restricted_head, restricted_view

EndpointFor = Callable[[str | os.PathLike[str]], Endpoint]
_numbers = itertools.count(1)


class OnTraitsChange(Protocol):
    """Hears of every change of what the traits tell."""

    def __call__(self, *, now: bool) -> None: ...


# Sessions of each instance in the `tabs` trait; `Instance.sessions` has all.
TAB_SESSIONS = 500


class Manager:
    """The instances of one widget. On the home loop only, save where a method says otherwise.

    Args:
        loop: where all of it runs.
        send: sends a message to every page.
        changed: is called after every change of what the traits tell; `now`: a person is about to look.
        backoff: when lost servers are tried again.
        limits: of time.
        restricted: the pages are visitors'; see `restriction.py`.
        endpoint_for: the server to start for a folder.
    """

    def __init__(
        self,
        loop: HomeLoop,
        send: Callable[[FromKernel], None],
        changed: OnTraitsChange,
        backoff: Backoff,
        limits: Limits | None = None,
        *,
        restricted: bool = False,
        endpoint_for: EndpointFor = OwnedServer,
    ) -> None:
        self.home = loop
        self.instances: dict[str, InstanceRuntime] = {}
        self.handles: dict[str, Instance] = {}
        self.active: str | None = None
        self.frames = Frames(loop.loop, self._drain, send, loop.page_loop.is_responsive, self._owes, KERNEL)
        self.closed = False
        self.restricted = restricted
        self.policies = Policies()
        # How many changes of what the traits tell there were.
        self.changes = 0
        # Ended after the instances, such as a scripted model.
        self.at_end: list[Callable[[], Awaitable[None]]] = []
        self.at_exit: list[Callable[[], None]] = []
        self._changed = changed
        self._endpoint_for = endpoint_for
        self._backoff = backoff
        self._limits = limits
        self._order_changed = False
        self._gone: list[str] = []
        loop.interrupted = self._interrupted
        loop.ended = self._ended
        _managers.add(self)

    # ---- the instances ----

    def open(self, directory: str | os.PathLike[str]) -> Instance:
        """Start a server in a folder, in an instance of its own. From any thread."""
        return self.add(self._endpoint_for(directory))

    def add(self, source: Endpoint, *, select: bool = True) -> Instance:
        """Make an instance and begin to connect it. From any thread."""
        if self.closed:
            raise Closed("The widget is closed.", remedy="Make a new one: OpenCode(...).")
        id = f"i{next(_numbers)}"
        runtime = InstanceRuntime(id, self.home, source, self._on_change, self._backoff, self._limits)
        handle = Instance(runtime, lambda: self.close_instance(id))
        if not self.frames.pages.known:
            runtime.patch.forget()
        self.instances[id] = runtime
        self.handles[id] = handle
        if select or self.active is None:
            self.active = id
        self.home.call(self._begin, runtime)
        return handle

    def _begin(self, runtime: InstanceRuntime) -> None:
        if not self.closed:
            self.policies.watch(runtime)
            runtime.start()
            self._selection_changed()
            if runtime.endpoint.owned:
                self.home.spawn(self._remember(runtime))

    async def _remember(self, runtime: InstanceRuntime) -> None:
        """A folder in which a server came up is offered the next time."""
        await runtime.ready()
        if runtime.directory is not None:
            await asyncio.to_thread(folders.remember, runtime.directory)

    def instance(self, id: str | None) -> InstanceRuntime:
        """An instance by its id; None: the active one.

        Raises:
            NotFound: there is none.
        """
        runtime = self.instances.get(id if id is not None else self.active or "")
        if runtime is None:
            what = "no instance is open" if id is None else f"there is no instance {id!r}"
            raise NotFound(f"In this widget {what}.", remedy="Open a folder: oc.open(...).")
        return runtime

    def owner(self, session_id: str) -> InstanceRuntime:
        """The instance that has a session, the active one first.

        Raises:
            NotFound: none has.
        """
        ranked = sorted(self.instances.values(), key=lambda runtime: runtime.id != self.active)
        found = next((runtime for runtime in ranked if session_id in runtime.state.sessions), None)
        if found is None:
            raise NotFound(f"No instance has a session {session_id!r}.", remedy="Choose one of instance.sessions.")
        return found

    def select_instance(self, id: str) -> None:
        """Put an instance on screen.

        Raises:
            NotFound: there is none.
        """
        self.active = self.instance(id).id
        self._selection_changed()

    def select_session(self, instance_id: str, session_id: str | None) -> None:
        """Put a session on screen, and its instance.

        Raises:
            NotFound: there is none.
        """
        runtime = self.instance(instance_id)
        runtime.select(session_id)
        self.active = runtime.id
        self._selection_changed()

    def _selection_changed(self) -> None:
        """The session on screen has a transcript in the pages; the others don't."""
        self._update_viewed()
        self._order_changed = True
        self.frames.schedule()
        self.changes += 1
        self._changed(now=True)

    def _update_viewed(self) -> bool:
        """Let each instance know what is on screen of it. Returns whether that is something else than before."""
        moved = False
        for runtime in self.instances.values():
            shown = runtime.selected if runtime.id == self.active else None
            if runtime.patch.shown != shown:
                moved = True
                runtime.patch.show(shown)
                runtime.apply(Viewed(session_id=shown))
        return moved

    def close_instance(self, id: str) -> BackgroundResult[None]:
        """End an instance. From any thread; goes on by itself."""
        return self.home.start(self._close_instance(id))

    async def _close_instance(self, id: str) -> None:
        runtime = self.instances.pop(id, None)
        if runtime is None:
            return
        self.handles.pop(id)
        if self.active == id:
            self.active = next(iter(self.instances), None)
        self._gone.append(id)
        self._selection_changed()
        await runtime.close()

    def close(self) -> BackgroundResult[None]:
        """End everything. From any thread; goes on by itself."""
        self.closed = True
        if self.home.is_over:  # its notebook or script has ended, or it is closed already
            self.close_now()
            return finished()
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
            await asyncio.gather(*(runtime.close() for runtime in instances), return_exceptions=True)

    def close_now(self) -> None:
        """End what we started, without a loop: the interpreter ends."""
        for runtime in self.instances.values():
            runtime.endpoint.release_now()
        for end in self.at_exit:
            end()

    # ---- what the person is told ----

    def alert(self, problem: Problem) -> None:
        """Show the user something that went wrong and belongs to no instance."""
        runtime = self.instances.get(self.active or "")
        if runtime is not None:
            runtime.alert(problem)

    def _interrupted(self, fault: BaseException) -> None:
        what = f"The background loop was interrupted, and goes on: {innermost(fault)}."
        self.alert(Problem("LoopInterrupted", what, "Look at the tasks that your policies start."))

    def _ended(self) -> None:
        """The loop ended although nobody closed the widget; called where it ran. From now on nothing can be done here but say so."""
        for runtime in self.instances.values():
            runtime.touch()
        self.frames.flush()
        self._changed(now=True)

    # ---- what the pages get ----

    def _on_change(self, *, summary: bool) -> None:
        """Something changed; `summary`: something that the traits tell, or that what is on screen depends on."""
        moved = summary and self._update_viewed()
        self.frames.schedule()
        if summary or moved:
            self.changes += 1
            self._changed(now=moved)

    def _drain(self) -> list[Op]:
        room = Room()
        ops: list[Op] = [{"op": "instance-", "id": id} for id in self._gone]
        self._gone.clear()
        after: str | None = None
        for runtime in self.instances.values():
            if runtime.patch.instance or self._order_changed:
                ops.append({"op": "instance", "instance": self._head(runtime), "after": after})
            after = runtime.id
        if self._order_changed:
            ops.append(without_none(ActiveOp(op="active", instance=self.active)))
            self._order_changed = False
        # The active one last: it says which transcript is on screen, the others may say that theirs is not.
        for runtime in sorted(self.instances.values(), key=lambda runtime: runtime.id == self.active):
            if room:
                ops.extend(map(self._allowed, runtime.patch.drain(room)))
        return ops

    def _head(self, runtime: InstanceRuntime) -> InstanceHead:
        return restricted_head(runtime.head()) if self.restricted else runtime.head()

    def _view(self, runtime: InstanceRuntime) -> InstanceView:
        return restricted_view(runtime.view()) if self.restricted else runtime.view()

    def _allowed(self, op: Op) -> Op:
        """A visitor's page is told of no slash command."""
        return {**op, "commands": []} if self.restricted and op["op"] == "catalogue" else op

    def _owes(self) -> bool:
        """Is there more to send than the last frame had room for?"""
        return any(not runtime.patch.is_empty for runtime in self.instances.values())

    def page_left(self, page: str) -> None:
        """A page says that it is being left. Without any, nothing is gathered: the next begins with a snapshot."""
        self.frames.pages.bye(page)
        if not self.frames.pages.known:
            for runtime in self.instances.values():
                runtime.patch.forget()

    def snapshot(self) -> PageState:
        """What a page needs, as far as there is room: the rest follows in frames. See `PageState` in `model/wire.py`."""
        room = Room()
        instances = list(self.instances.values())
        transcripts = {runtime.id: runtime.patch.snapshot(room) for runtime in instances}
        return without_none(
            PageState(
                instances=[self._view(runtime) for runtime in instances],
                requests={runtime.id: runtime.patch.requests_view(room) for runtime in instances},
                sessions={runtime.id: runtime.patch.sessions_view(room) for runtime in instances},
                activeInstance=self.active,
                transcript=transcripts.get(self.active or ""),
            )
        )

    def tabs(self) -> list[TabView]:
        """The summaries that the page draws: instances, each with its latest sessions. Made again for each change, so not with all."""
        return [
            {
                **self._head(runtime),
                "agents": [],
                "models": [],
                "commands": [],
                "sessions": sessions_view(runtime.state, TAB_SESSIONS),
            }
            for runtime in list(self.instances.values())
        ]

    @property
    def active_session(self) -> str | None:
        """The session on screen."""
        runtime = self.instances.get(self.active or "")
        return runtime.selected if runtime is not None else None

    def words(self) -> str:
        """The instances in words: "2 instances: 1 connected, 1 reconnecting in 4 s"."""
        now = self.home.loop.time()
        states = [runtime.connection.words(now) for runtime in self.instances.values()]
        counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        number = "1 instance" if len(states) == 1 else f"{len(states)} instances"
        return f"{number}: {counted}" if counted else number


_managers: weakref.WeakSet[Manager] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for manager in list(_managers):
        manager.close_now()
