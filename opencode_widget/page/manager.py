"""The instances of one widget: adds, selects and closes them, and ends everything with the widget."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import weakref
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol

from ..api.instance import Instance
from ..api.policies import Policies
from ..batch.progress import Batches
from ..context.namespace import Namespace, namespace_reader
from ..context.sending import context_of
from ..errors import Closed, NotAllowed, NotFound
from ..model.entities import Problem
from ..model.events import Viewed
from ..model.text.brief import counted
from ..notebook.cell_errors import CellError
from ..notebook.running import pages_wait_for_cells, runs_cell
from ..operations.services import subfolders
from ..redaction import innermost
from ..server.api import Attachment
from ..server.backoff import Backoff
from ..server.detect import Detect, detect
from ..server.endpoints import Endpoint, OwnedServer
from ..server.http.client import Address, Limits
from ..sync.access import READ_ONLY
from ..sync.event_loop import BackgroundResult, HomeLoop, finished
from ..sync.runtime import InstanceRuntime
from . import folders
from .blocked.reopening import Reopening
from .blocked.unheard import Unheard
from .frames import Frames
from .outbox import Outbox
from .pace import KERNEL
from .selection import Selection
from .transcript.versions import Transcript

if TYPE_CHECKING:
    from ..model.wire import FromKernel, ReplayView

EndpointFor = Callable[[str | os.PathLike[str]], Endpoint]
_numbers = itertools.count(1)


class OnTraitsChange(Protocol):
    """Is called after each change of what the traits show; `now`: the selection changed, so the user is about to look."""

    def __call__(self, *, now: bool) -> None: ...


class Playing(Protocol):
    """A replay, which pages may pause."""

    def view(self) -> ReplayView:
        """How far it is."""

    def change(self, *, speed: float | None = None, paused: bool | None = None) -> None:
        """Change the speed, or pause, or go on; None leaves it.

        Raises:
            ValueError: there is no such speed.
        """


class Manager:
    """The instances of one widget. On the home loop only, unless a method says otherwise.

    Args:
        loop: the home loop.
        send: sends a message to every page.
        changed: called after each change of what the traits show.
        backoff: when to try to reach a lost server again.
        limits: time limits for requests to servers.
        restricted: the pages belong to visitors; see `restriction.py`.
        endpoint_for: the server to start for a folder.

    Attributes:
        selection: what is on screen. Only `_update_selection` changes it while the widget is open; `add` announces it.
        outbox: what the pages have yet to get.
        frames: sends it.
        replay: plays recordings in the instances: nothing can be opened or changed; see `replay/`. None: there are servers.
        watchers: are called with each instance that is opened from now on, on the home loop.
        batches: those that run, for the pages.
        reopening: opens the comm for a page that was reloaded while a cell blocks.
        heard_at: when a page last said anything, by the loop's clock.
        transcript: what the notebook saves of the conversations; None: nothing.
        cell_error: the cell that ran last, if it failed.
        namespace: reads what the user has in the notebook, for the names in a page's prompt. From any thread.
        at_close: called when the widget begins to close, on the thread of whoever closes it.
        at_end: awaited after the instances are closed, the last one first; a demo stops its scripted model here.
        at_exit: called when the interpreter exits without `close`.
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
        detect: Detect = detect,
    ) -> None:
        self.home = loop
        self.instances: dict[str, InstanceRuntime] = {}
        self.handles: dict[str, Instance] = {}
        self.selection = Selection()
        self.outbox = Outbox(self.instances, lambda: self.selection, self._summary_changed, restricted=restricted)
        self.frames = Frames(loop.loop, self.outbox, send, loop.page_loop.is_responsive, KERNEL)
        self.outbox.schedule = self.frames.schedule
        self.batches = Batches(loop.call, self.outbox.batches_changed)
        self.outbox.batches = self.batches.views
        self.closed = False
        self.cell_error: CellError | None = None
        self.transcript: Transcript | None = None
        self.heard_at = 0.0
        self._unheard = self._watch_unheard(loop)
        pages = self.frames.pages
        self.reopening = Reopening(loop.loop, loop.page_loop.is_responsive, lambda: pages.were_heard)
        self.restricted = restricted
        self.replay: Playing | None = None
        self.watchers: list[Callable[[InstanceRuntime], None]] = []
        self.namespace: Callable[[], Namespace] = namespace_reader()
        self.policies = Policies()
        self.at_close: list[Callable[[], None]] = []
        self.at_end: list[Callable[[], Awaitable[None]]] = []
        self.at_exit: list[Callable[[], None]] = []
        self._send = send
        self._changed = changed
        self._endpoint_for = endpoint_for
        self._backoff = backoff
        self._limits = limits
        self._detect = detect
        loop.interrupted = self._interrupted
        loop.ended = self._ended
        _managers.add(self)

    def _watch_unheard(self, loop: HomeLoop) -> Unheard:
        def heard_at() -> float:
            return self.heard_at

        if loop.page_loop.is_elsewhere:
            unheard = Unheard(loop.loop, self.frames, loop.page_loop.is_responsive, heard_at)
        else:
            unheard = Unheard(loop.loop, self.frames, lambda: not runs_cell(), heard_at, differs_by_cell=True)
        if loop.page_loop.is_elsewhere or pages_wait_for_cells():
            loop.call(unheard.start)
        return unheard

    # ---- the instances ----

    def open(self, directory: str | os.PathLike[str]) -> Instance:
        """Start a server in a folder, in an instance of its own. From any thread."""
        return self.add(self._endpoint_for(directory))

    def add(self, endpoint: Endpoint, *, select: bool = True) -> Instance:
        """Make an instance and begin to connect it. From any thread.

        Raises:
            Closed: the widget is closed.
            NotAllowed: it is a replay.
        """
        if self.is_replay:
            raise NotAllowed(READ_ONLY)
        return self._add(endpoint, select=select)

    @property
    def is_replay(self) -> bool:
        """Are the instances recordings?"""
        return self.replay is not None

    def add_recorded(self, endpoint: Endpoint, detect: Detect) -> InstanceRuntime:
        """Make an instance of a recording, after `replay` was set. From any thread.

        Args:
            endpoint: stands for its server.
            detect: makes the client that answers in place of the server.
        """
        handle = self._add(endpoint, select=not self.instances, detect=detect)
        return self.instances[handle.id]

    def _add(self, endpoint: Endpoint, *, select: bool, detect: Detect | None = None) -> Instance:
        if self.closed:
            raise Closed("The widget is closed.", remedy="Make a new one: OpenCode(...).")
        id = f"i{next(_numbers)}"
        runtime = InstanceRuntime(
            id, self.home, endpoint, self.outbox.changed, self._backoff, self._limits, detect or self._detect
        )
        if self.replay is not None:
            runtime.access.is_replay = True
            runtime.replay = self.replay.view
        runtime.last_heard = self.last_heard
        runtime.ping_pages = lambda: self._send({"type": "ping"})
        runtime.named_files = self._named_files
        handle = Instance(runtime, lambda: self.close_instance(id))
        if not self.frames.pages.known:
            runtime.patch.forget()
        self.instances[id] = runtime
        self.handles[id] = handle
        selected = select or self.selection.instance is None
        if selected:  # at once, for a caller on another thread
            self.selection = Selection(id)
        self.home.call(self._begin, runtime, selected)
        return handle

    def _begin(self, runtime: InstanceRuntime, selected: bool) -> None:  # noqa: FBT001 - called by `call`
        if not self.closed:
            if not self.is_replay:
                self.policies.watch(runtime)
            for watch in tuple(self.watchers):
                watch(runtime)
            if self.transcript is not None:
                self.transcript.watch(runtime)
            runtime.start()
            self._select(runtime.id if selected else self.selection.instance)
            if runtime.endpoint.owned:
                self.home.spawn(self._remember(runtime))

    async def _remember(self, runtime: InstanceRuntime) -> None:
        """Offer the folder the next time, once a server has started in it."""
        await runtime.ready()
        if runtime.directory is not None:
            await asyncio.to_thread(folders.remember, runtime.directory)

    async def _named_files(self, text: str) -> tuple[Attachment, ...]:
        return () if self.restricted else await context_of(text, namespace=self.namespace())

    def last_heard(self) -> float | None:
        """When a page last said anything, by the loop's clock; None: no page is open."""
        return self.heard_at if self.frames.pages.were_heard else None

    async def complete_folder(self, address: Address, prefix: str) -> list[str]:
        """Complete a folder of a server, as an open instance of that server reaches it, if there is one."""
        if prefix == "~":
            return ["~/"]
        head, slash, start = prefix.rpartition("/")
        endpoints = [runtime.endpoint for runtime in self.instances.values()]
        parent = f"{head}{slash}"
        return folders.completed(
            parent, start, await subfolders(address, endpoints, parent, self._detect, self._limits)
        )

    def instance(self, id: str | None) -> InstanceRuntime:
        """An instance by its id; None: the active one.

        Raises:
            NotFound: no instance has this id; or none is open.
        """
        runtime = self.instances.get(id if id is not None else self.selection.instance or "")
        if runtime is None:
            what = "no instance is open" if id is None else f"there is no instance {id!r}"
            raise NotFound(f"In this widget {what}.", remedy="Open a folder: oc.open(...).")
        return runtime

    def owner(self, session_id: str) -> InstanceRuntime:
        """The instance that has a session; the active one if several have it.

        Raises:
            NotFound: no instance has it.
        """
        active = self.selection.instance
        ranked = sorted(self.instances.values(), key=lambda runtime: runtime.id != active)
        found = next((runtime for runtime in ranked if session_id in runtime.state.sessions), None)
        if found is None:
            raise NotFound(f"No instance has a session {session_id!r}.", remedy="Choose one of instance.sessions.")
        return found

    def select_instance(self, id: str) -> None:
        """Put an instance on screen, with the session that was selected in it last.

        Raises:
            NotFound: no instance has this id.
        """
        self._select(self.instance(id).id)

    def select_session(self, instance_id: str, session_id: str | None) -> None:
        """Put a session on screen, and its instance.

        Raises:
            NotFound: no instance, or no session in it, has this id.
        """
        runtime = self.instance(instance_id)
        runtime.select(session_id)
        self._select(runtime.id)

    def _select(self, instance_id: str | None) -> None:
        self._update_selection(instance_id)
        self.outbox.tabs_changed()
        self._changed(now=True)

    def _update_selection(self, instance_id: str | None) -> bool:
        """Select an instance, with its own session. Returns whether anything else is on screen now."""
        active = self.instances.get(instance_id or "")
        self.selection = Selection(active.id, active.selected) if active is not None else Selection()
        moved = False
        for runtime in list(self.instances.values()):  # `add` may be called on another thread meanwhile
            shown = self.selection.session_of(runtime.id)
            if runtime.state.viewed != shown:
                moved = True
                runtime.apply(Viewed(session_id=shown))
        return moved

    def _summary_changed(self) -> None:
        """An instance changed what its tab or its session list shows; its own session may be another one, or deleted."""
        moved = self._update_selection(self.selection.instance)
        self._changed(now=moved)

    def close_instance(self, id: str) -> BackgroundResult[None]:
        """Close an instance in the background. From any thread. Does nothing if it is closed already."""
        return self.home.start(self._close_instance(id))

    async def _close_instance(self, id: str) -> None:
        runtime = self.instances.pop(id, None)
        if runtime is None:
            return
        self.handles.pop(id)
        self.outbox.closed(id)
        active = self.selection.instance
        self._select(next(iter(self.instances), None) if active == id else active)
        await runtime.close()

    def close(self) -> BackgroundResult[None]:
        """End everything in the background. From any thread."""
        self.closed = True
        for end in tuple(self.at_close):
            end()
        if self.home.is_over:  # the notebook's loop has ended, or the widget is closed already
            self.close_now()
            return finished()
        return self.home.start(self._close())

    async def _close(self) -> None:
        instances = list(self.instances.values())
        self.instances.clear()
        self.handles.clear()
        self.selection = Selection()
        self._unheard.close()
        if self.transcript is not None:
            self.transcript.close()
        self.reopening.close()
        self.frames.close()
        async with AsyncExitStack() as ends:  # runs all of them, the last one first, even if one fails
            ends.callback(self.home.stop)
            for end in reversed(self.at_end):
                ends.push_async_callback(end)
            await asyncio.gather(*(runtime.close() for runtime in instances), return_exceptions=True)

    def close_now(self) -> None:
        """End what we started, without a loop: the interpreter is exiting."""
        for runtime in self.instances.values():
            runtime.endpoint.release_now()
        for end in self.at_exit:
            end()

    # ---- cells of the notebook ----

    def cell_ended(self, error: CellError | None) -> None:
        """A cell has run; the user is offered to ask about its error."""
        if error != self.cell_error and not self.restricted:
            self.cell_error = error
            self._changed(now=False)

    # ---- problems ----

    def alert(self, problem: Problem) -> None:
        """Show the user a problem that belongs to no instance: as one of the active instance."""
        runtime = self.instances.get(self.selection.instance or "")
        if runtime is not None:
            runtime.alert(problem)

    def _interrupted(self, fault: BaseException) -> None:
        what = f"The background loop was interrupted, and goes on: {innermost(fault)}."
        self.alert(Problem("LoopInterrupted", what, "Look at the tasks that your policies start."))

    def _ended(self) -> None:
        """The loop ended although nobody closed the widget: show every instance as disconnected. Called on the loop's thread."""
        for runtime in self.instances.values():
            runtime.touch()
        self.frames.flush()
        self._changed(now=True)

    # ---- in words ----

    def words(self) -> str:
        """The instances in words, such as "2 instances: 1 connected, 1 reconnecting in 4 s"."""
        now = self.home.loop.time()
        states = [runtime.connection.words(now) for runtime in self.instances.values()]
        each = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        number = counted(len(states), "instance")
        return f"{number}: {each}" if each else number


def refuse_folder(_directory: str | os.PathLike[str]) -> Endpoint:
    """In place of the server for a folder, in a replay.

    Raises:
        NotAllowed: always.
    """
    raise NotAllowed(READ_ONLY)


_managers: weakref.WeakSet[Manager] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for manager in list(_managers):
        manager.close_now()
