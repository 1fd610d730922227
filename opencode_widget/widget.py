"""OpenCode: the widget. Traits for what is small and lasting, frames for what streams, one handler for what a page says."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self, overload

import anywidget
import traitlets

from .api.instance import Instance
from .api.pending import Pending
from .api.policies import PermissionPolicy, QuestionPolicy
from .api.session import Session
from .diagnostics.host import warn_of_kernel
from .errors import Closed, OpenCodeError
from .model.entities import Problem
from .notebook.cell import Execution, current_execution
from .page.commands import Commands
from .page.manager import EndpointFor, Manager
from .page.traits import TraitMirror
from .redaction import innermost
from .server.backoff import Backoff
from .server.endpoints import OwnedServer, attached_server
from .sync.event_loop import BackgroundResult, HomeLoop, loop_ended
from .sync.user_code import Guarded, log_fault

log = logging.getLogger("opencode_widget")

STATIC = Path(__file__).parent / "static"
NOT_BUILT = (
    "export default { render({ el }) { el.textContent = "
    "'opencode_widget was installed without its JavaScript. Install it again: pip install .'; } };"
)
# Sessions of each instance in the synced state; frames bring the others.
SYNCED_SESSIONS = 20
# The traits that a page may set. It must not set the others: `_esm` is the program that every page of the widget runs.
SET_BY_PAGES = frozenset({"active_instance", "active_session", "height"})
# Different failures of observers that are shown.
ALERTS = 20


def _static(name: str, fallback: str) -> Path | str:
    path = STATIC / name
    return path if path.exists() else fallback


def _for_page(tabs: list[dict[str, Any]], _: object) -> list[dict[str, Any]]:
    """What of `tabs` a page gets before the first snapshot."""
    return [tab | {"sessions": tab["sessions"][:SYNCED_SESSIONS]} for tab in tabs]


class OpenCode(anywidget.AnyWidget):
    """OpenCode in a notebook: tabs for instances and sessions, and the same sessions as Python objects.

    Shown as a cell's last expression it draws at once, and connects in the background. What cannot be reached or started is said in the
    widget; `await oc.ready()` raises it.

    Args:
        directory: the folder; the notebook's if None. With `url`: a folder of that server, its own if None.
        url: a running server, "http://host:port"; None: `opencode serve` is started in the folder, and ended with the widget.
        username: of the running server.
        password: of the running server.
        binary: the `opencode` program to start; looked for if None.
        background: run on a thread with a loop of its own, so that streaming goes on while a cell blocks.
        height: of the widget, in pixels.
        backoff: when a lost server is tried again.
        restricted: the page is shown to visitors, by Voila say, who may talk in the sessions and nothing more: no shell, no folders, no
            servers, no allowing of what the agent asks. Code in the kernel is not restricted.

    Attributes:
        tabs: the summaries that the page draws: instances, each with its latest 500 sessions; JSON.
        active_instance: the id of the instance on screen; may be set.
        active_session: the id of the session on screen; may be set.
    """

    _esm: ClassVar[Path | str] = _static("widget.js", NOT_BUILT)
    _css: ClassVar[Path | str] = _static("widget.css", "")

    tabs = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True, to_json=_for_page)
    active_instance = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    active_session = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    height = traitlets.Int(600, min=120).tag(sync=True)

    def __init__(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        url: str | None = None,
        username: str = "opencode",
        password: str | None = None,
        binary: str | os.PathLike[str] | None = None,
        background: bool = False,
        height: int = 600,
        backoff: Backoff | None = None,
        restricted: bool = False,
    ) -> None:
        self._begin(
            partial(OwnedServer, binary=binary),
            background=background,
            height=height,
            backoff=backoff,
            restricted=restricted,
        )
        if url is None:
            self._manager.open(directory if directory is not None else ".")
        else:
            self._manager.add(attached_server(url, directory, username, password))
        self._mirror.post()

    def _begin(
        self,
        endpoint_for: EndpointFor,
        *,
        background: bool,
        height: int,
        backoff: Backoff | None,
        restricted: bool,
    ) -> None:
        self._alerts: set[str] = set()
        # Do we set traits, or a page, and not the user's own code? And does a call of the user's own wait for that?
        self._telling = False
        self._in_call = False
        self._interrupt: BaseException | None = None
        home = HomeLoop(background=background)
        self._mirror = TraitMirror(home.loop, self._values_of_traits, self._set_trait, self._writing_traits)
        self._manager = Manager(
            home,
            self.send,
            self._mirror.changed,
            backoff or Backoff(),
            restricted=restricted,
            endpoint_for=endpoint_for,
        )
        self._commands = Commands(self._manager, self.send)
        super().__init__(height=height)
        warn_of_kernel()
        execution = current_execution()
        _close_earlier(execution)
        _remember(self, execution)
        self.on_msg(self._receive)
        self.observe(self._selected, ["active_instance", "active_session"])

    @classmethod
    def demo(
        cls, *, background: bool = False, height: int = 600, backoff: Backoff | None = None, restricted: bool = False
    ) -> Self:
        """A widget that needs neither key nor network: a real OpenCode server in a small sample project, driven by a scripted model.

        Args:
            background: as of the widget itself.
            height: as of the widget itself.
            backoff: as of the widget itself.
            restricted: as of the widget itself.
        """
        from .demo.source import DemoEndpoints

        widget, sources = cls.__new__(cls), DemoEndpoints()
        widget._begin(sources.open, background=background, height=height, backoff=backoff, restricted=restricted)
        widget._manager.at_end.append(sources.stop)
        widget._manager.at_exit.append(sources.kill_now)
        widget._manager.add(sources.open(None))
        widget._mirror.post()
        return widget

    def __repr__(self) -> str:
        return "<OpenCode closed>" if self._manager.closed else f"<OpenCode {self._manager.words()}>"

    # ---- instances ----

    @property
    def instances(self) -> list[Instance]:
        """The instances, in the order of their tabs."""
        return list(self._manager.handles.values())

    @overload
    def open(self) -> None: ...

    @overload
    def open(self, directory: str | os.PathLike[str]) -> Instance: ...

    def open(self, directory: str | os.PathLike[str] | None = None) -> Instance | None:
        """Start a server in another folder, in a tab of its own.

        Args:
            directory: the folder. Without it this is ipywidgets' own `open`, which it calls when a widget is made.

        Returns:
            The instance; it connects by itself. `await instance.ready()`, or `await instance`, waits for that.
        """
        if directory is None:
            super().open()
            return None
        with self._call():
            instance = self._manager.open(directory)
            self._mirror.post()
        return instance

    def attach(
        self,
        url: str,
        directory: str | os.PathLike[str] | None = None,
        *,
        username: str = "opencode",
        password: str | None = None,
    ) -> Instance:
        """Show a server that runs already, in a tab of its own.

        Args:
            url: "http://host:port".
            directory: a folder of that server; None: its own.
            username: of that server.
            password: of that server.
        """
        with self._call():
            instance = self._manager.add(attached_server(url, directory, username, password))
            self._mirror.post()
        return instance

    def close(self) -> BackgroundResult[None]:
        """End everything: the streams first, then the servers that we started. Goes on by itself; may be awaited."""
        super().close()
        return self._manager.close()

    # ---- the active instance ----

    async def ready(self) -> None:
        """Wait until the active instance is connected.

        Raises:
            OpenCodeError: why it cannot be.
        """
        await self._active().ready()

    async def new_session(self, title: str | None = None) -> Session:
        """Make a session in the active instance, and select it; see `Instance.new_session`."""
        return await self._active().new_session(title)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user was told that belongs to no session, in all instances; see `Instance.notices`."""
        return tuple(notice for instance in self.instances for notice in instance.notices)

    @property
    def sessions(self) -> list[Session]:
        """The sessions of the active instance; see `Instance.sessions`."""
        return self._active().sessions

    @property
    def pending(self) -> list[Pending]:
        """The permissions and questions that wait for an answer in all instances, those of sub-agents included; see `Session.pending`."""
        return [request for instance in self.instances for request in instance.pending]

    def on_permission(self, policy: PermissionPolicy) -> Callable[[], None]:
        """Have a function answer permissions before the person is asked.

        Args:
            policy: is called in this kernel with each Permission, also of sub-agents, and gives back, or is a coroutine function that
                gives back, "once", "always", "reject", ("reject", words to the model), or None: the person decides. Where it raises,
                the person decides too, and is told.

        Returns:
            A function that ends it.
        """
        return self._manager.policies.on_permission(policy)

    def on_question(self, policy: QuestionPolicy) -> Callable[[], None]:
        """Have a function answer questions before the person is asked.

        Args:
            policy: is called in this kernel with each Questions, and gives back a list with one answer for each question (words, or a
                list of them), or None: the person answers.

        Returns:
            A function that ends it.
        """
        return self._manager.policies.on_question(policy)

    def _active(self) -> Instance:
        if self._manager.closed:
            raise Closed("The widget is closed.", remedy="Make a new one: OpenCode(...).")
        return self._manager.handles[self._manager.instance(None).id]

    # ---- what a page says ----

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        """A message of a page, as ipywidgets takes it: it may set a trait that the user's code observes."""
        with self._tell():
            try:
                super()._handle_msg(msg)
            except BaseException as fault:  # noqa: BLE001 - else SystemExit of an observer would end the kernel
                self._observer_failed(fault)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What a page sets; ipywidgets would set any trait, also one that is read-only."""
        super().set_state({name: value for name, value in sync_data.items() if name in SET_BY_PAGES})

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        loop = self._manager.home
        if loop.is_over:
            self._commands.refuse(content, loop_ended())
        else:
            loop.call(self._commands.receive, content)

    # ---- traits ----

    def _values_of_traits(self) -> dict[str, object]:
        selection = self._manager.selection
        tabs = self._manager.outbox.tabs()
        return {"tabs": tabs, "active_instance": selection.instance, "active_session": selection.session}

    @contextmanager
    def _writing_traits(self) -> Iterator[None]:
        with self._tell(), self.hold_sync():
            yield

    def _set_trait(self, name: str, value: object) -> None:
        try:
            self.set_trait(name, value)
        except BaseException as fault:  # noqa: BLE001 - see `sync/user_code.py`
            self._observer_failed(fault)

    def _observer_failed(self, fault: BaseException) -> None:
        """An observer of the user's raised. It is called many times a second, so that the same words are told once."""
        what = f"An observer of the widget failed: {innermost(fault)}."
        log_fault("an observer of the widget failed", fault)
        if what not in self._alerts and len(self._alerts) < ALERTS:
            self._alerts.add(what)
            self._manager.home.call(self._manager.alert, Problem("ObserverFailed", what, "Mend it, or `unobserve` it."))
        if isinstance(fault, Exception):
            return
        if not self._telling:
            raise fault  # the user's own cell sets a trait, and is interrupted
        if self._in_call:
            self._interrupt = fault

    def observe(self, handler: Callable[..., Any], names: Any = traitlets.All, type: Any = "change") -> None:
        """Call a function when a trait changes, as traitlets do. Where it fails the user is told, and the other functions are called."""
        super().observe(self._guarded(handler), names, type)

    def unobserve(self, handler: Callable[..., Any], names: Any = traitlets.All, type: Any = "change") -> None:
        """Call this function no more."""
        super().unobserve(self._guarded(handler), names, type)

    def _guarded(self, handler: Any) -> Any:
        # Handlers that a class declares are found by their own type.
        is_declared = handler is None or isinstance(handler, traitlets.EventHandler)
        return handler if is_declared else Guarded(handler, self._observer_failed)

    @contextmanager
    def _tell(self) -> Iterator[None]:
        """What happens within is not done by the user's own code."""
        outer, self._telling = self._telling, True
        try:
            yield
        finally:
            self._telling = outer

    @contextmanager
    def _call(self) -> Iterator[None]:
        """A call of the user's own: an interrupt that hits an observer meanwhile is raised when the call has done its work."""
        outer, self._in_call = self._in_call, True
        try:
            yield
        finally:
            self._in_call = outer
        interrupt, self._interrupt = self._interrupt, None
        if interrupt is not None:
            raise interrupt

    @traitlets.validate("active_instance")
    def _check_instance(self, proposal: dict[str, Any]) -> str | None:
        id: str | None = proposal["value"]
        if not self._mirror.is_own("active_instance", id) and id not in self._manager.instances:
            known = ", ".join(self._manager.instances) or "none"
            raise traitlets.TraitError(f"There is no instance {id!r}; there are: {known}.")
        return id

    @traitlets.validate("active_session")
    def _check_session(self, proposal: dict[str, Any]) -> str | None:
        id: str | None = proposal["value"]
        if not self._mirror.is_own("active_session", id) and id is not None:
            try:
                self._manager.owner(id)
            except OpenCodeError as error:
                raise traitlets.TraitError(str(error)) from None
        return id

    def _selected(self, change: dict[str, Any]) -> None:
        """Python set one of the two; what we tell ourselves is no news."""
        if self._mirror.is_own(change["name"], change["new"]):
            return
        call, new = self._manager.home.call, change["new"]
        with self._call():
            if change["name"] == "active_instance":
                call(self._manager.select_instance, new)
            elif new is None:
                call(self._manager.select_session, self._manager.selection.instance, None)
            else:
                call(self._manager.select_session, self._manager.owner(new).id, new)


# ---- cells that are run again -----------------------------------------------------------------------------------------

_made: dict[str, tuple[str, list[weakref.ref[OpenCode]]]] = {}


def _remember(widget: OpenCode, execution: Execution | None) -> None:
    if execution is None:
        return
    run, widgets = _made.get(execution.cell, (execution.run, []))
    _made[execution.cell] = (run, [*widgets, weakref.ref(widget)])


def _close_earlier(execution: Execution | None) -> None:
    """End the widgets that an earlier run of this cell made."""
    if execution is None or execution.cell not in _made or _made[execution.cell][0] == execution.run:
        return
    _, widgets = _made.pop(execution.cell)
    for reference in widgets:
        if (widget := reference()) is not None:
            widget.close()
