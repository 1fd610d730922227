"""What the pages have yet to get, of all instances together.

A delta's way through the kernel: `InstanceRuntime.apply` adds its change to the instance's `Patch`, calls `Outbox.changed`, and that
schedules a frame. When the frame is due, `Frames` calls `Outbox.drain`, which reads the patches.

Rules:

- The outbox holds no state of sessions. It holds which tabs changed; the patches hold what changed in each instance. Both are read from
  the current state when a frame is made, so any number of changes to one thing costs one operation.
- Operations in a frame come in an order that a page can apply: tabs that closed, tabs from left to right, which tab is active, then the
  changes within the instances. The active instance comes last: it alone has a transcript, and the others may still remove theirs.
- One frame carries a bounded amount (`Room`). The rest stays in the patches: `has_more` is true, and `Frames` schedules another frame.
- A snapshot is bounded in the same way. It marks in the patches what it left out, so the next frames complete it.
- While no page is open nothing is gathered (`forget`): the first page gets a snapshot.
- Pages of a restricted widget get no slash commands, and only the features that a visitor may use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..model.bounds.frame_budget import Room
from ..model.view import sessions_view, without_none
from ..sync.runtime import InstanceRuntime
from .restriction import restricted_head, restricted_view
from .selection import Selection

if TYPE_CHECKING:
    from ..model.wire import ActiveOp, BatchView, InstanceHead, InstanceView, Op, PageState, TabView

# Sessions of each instance in the `tabs` trait; `Instance.sessions` has all.
TAB_SESSIONS = 500


class Outbox:
    """Gathers changes for the pages. On the home loop only, except `tabs`.

    Args:
        instances: by id, in the order of their tabs; the manager adds and removes them.
        selection: what is on screen now.
        summary_changed: called after a change that the traits show, or that may change the selection.
        restricted: the pages belong to visitors; see `restriction.py`.

    Attributes:
        schedule: asks for a frame.
        batches: reads the batches that run.
    """

    def __init__(
        self,
        instances: Mapping[str, InstanceRuntime],
        selection: Callable[[], Selection],
        summary_changed: Callable[[], None],
        *,
        restricted: bool = False,
    ) -> None:
        self.schedule: Callable[[], None] = lambda: None
        self.batches: Callable[[], list[BatchView]] = list
        self._instances = instances
        self._selection = selection
        self._summary_changed = summary_changed
        self._restricted = restricted
        self._tabs_changed = False
        self._batches_changed = False
        self._closed: list[str] = []

    # ---- what changed ----

    def changed(self, *, summary: bool) -> None:
        """An instance's patch changed. `summary`: in a way that the session list or the instance's tab shows."""
        self.schedule()
        if summary:
            self._summary_changed()

    def tabs_changed(self) -> None:
        """An instance was added, removed or selected: pages need all tabs, in order."""
        self._tabs_changed = True
        self.schedule()

    def batches_changed(self) -> None:
        """A batch began, got further or ended."""
        self._batches_changed = True
        self.schedule()

    def closed(self, instance_id: str) -> None:
        """An instance was removed."""
        self._closed.append(instance_id)
        self.tabs_changed()

    def forget(self) -> None:
        """The last page was left: gather nothing until a page asks for a snapshot."""
        for runtime in self._instances.values():
            runtime.patch.forget()

    # ---- what pages get ----

    def drain(self) -> list[Op]:
        """Take the operations of one frame; [] if nothing changed."""
        ops = list(self._tab_ops())
        if self._batches_changed:
            self._batches_changed = False
            ops.append({"op": "batches", "batches": self.batches()})
        room, active = Room(), self._selection().instance
        for runtime in sorted(self._instances.values(), key=lambda runtime: runtime.id == active):
            if room:
                ops.extend(map(self._allowed, runtime.patch.drain(room)))
        return ops

    def _tab_ops(self) -> Iterator[Op]:
        for id in self._closed:
            yield {"op": "instance-", "id": id}
        self._closed.clear()
        after: str | None = None
        for runtime in list(self._instances.values()):  # `Manager.add` may be called on another thread meanwhile
            if runtime.patch.instance or self._tabs_changed:
                yield {"op": "instance", "instance": self._head(runtime), "after": after}
            after = runtime.id
        if self._tabs_changed:
            self._tabs_changed = False
            active: ActiveOp = {"op": "active", "instance": self._selection().instance}
            yield without_none(active)

    @property
    def has_more(self) -> bool:
        """Is there more to send than the last frame or snapshot had room for?"""
        return any(not runtime.patch.is_empty for runtime in self._instances.values())

    def snapshot(self) -> PageState:
        """Everything that a new page needs, up to the bound of a frame. Drain first: see `Frames.hello`."""
        room, active = Room(), self._selection().instance
        runtimes = list(self._instances.values())
        transcripts = {runtime.id: runtime.patch.snapshot(room) for runtime in runtimes}
        view: PageState = {
            "instances": [self._view(runtime) for runtime in runtimes],
            "requests": {runtime.id: runtime.patch.requests_view(room) for runtime in runtimes},
            "sessions": {runtime.id: runtime.patch.sessions_view(room) for runtime in runtimes},
            "activeInstance": active,
            "transcript": transcripts.get(active or ""),
            "batches": self.batches() or None,
        }
        return without_none(view)

    def tabs(self) -> list[TabView]:
        """The value of the `tabs` trait: each instance with its latest sessions. From any thread."""
        return [
            {
                **self._head(runtime),
                "agents": [],
                "models": [],
                "commands": [],
                "sessions": sessions_view(runtime.state, TAB_SESSIONS),
            }
            for runtime in list(self._instances.values())
        ]

    # ---- what a visitor may see ----

    def _head(self, runtime: InstanceRuntime) -> InstanceHead:
        return restricted_head(runtime.head()) if self._restricted else runtime.head()

    def _view(self, runtime: InstanceRuntime) -> InstanceView:
        return restricted_view(runtime.view()) if self._restricted else runtime.view()

    def _allowed(self, op: Op) -> Op:
        return {**op, "commands": []} if self._restricted and op["op"] == "catalogue" else op
