"""OpenCode: the widget, and what a user holds in Python.

It joins the parts. `Manager` has the instances, and sends frames with all that streams. `TraitMirror` keeps the traits, which hold what is
small and lasting, equal to the manager's state. `Commands` receives the messages of pages.
"""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

import anywidget
import ipywidgets
import traitlets

from .api.instance import Instance
from .api.pending import Pending
from .api.policies import PermissionPolicy, QuestionPolicy
from .api.session import Session
from .context.sending import descriptions, targets
from .diagnostics.host import check_platform, warn_of_kernel
from .errors import Closed, NotAllowed, OpenCodeError
from .model.render.visible import one_line
from .model.view import without_none
from .notebook import marimo, pyodide, shell_queue
from .notebook.cell import Execution, current_execution, is_terminal
from .notebook.cell_errors import CellError, watch_cells
from .notebook.cell_output import can_publish
from .notebook.registration import keep_registered
from .notebook.routing import Route
from .operations.files.attachments import File
from .operations.turn.unattended import Unattended
from .page.commands import Commands
from .page.manager import EndpointFor, Manager, refuse_folder
from .page.observers import ObserverFailures
from .page.traits import TraitMirror
from .page.transcript.output import TranscriptOutput
from .server.backoff import Backoff
from .server.endpoints import OwnedServer, attached_server, environment
from .server.http.address import Headers, Verify
from .sync.event_loop import BackgroundResult, HomeLoop, finished, loop_ended
from .sync.user_code import Guarded

if TYPE_CHECKING:
    from .api.totals import TotalUsage
    from .batch.jobs import OnError
    from .batch.result.table import BatchTable
    from .context.preview import Preview
    from .model.wire import CellErrorView, Notify, SendKey
    from .replay.lines import Source
    from .replay.playing import Replay
    from .replay.recording import Recording
    from .sync.runtime import InstanceRuntime

log = logging.getLogger("opencode_widget")

# A path of a folder or file.
Folder = str | os.PathLike[str]
STATIC = Path(__file__).parent / "static"
NOT_BUILT = (
    "export default { render({ el }) { el.textContent = "
    "'opencode_widget was installed without its JavaScript. Install it again: pip install .'; } };"
)
# Sessions of each instance that the traits bring to a page; a snapshot brings the others.
SYNCED_SESSIONS = 20
# Of the widget, in pixels.
HEIGHT = 600
# The traits that a page may set. It must not set any other: `_esm` is the program that every page of the widget runs.
SET_BY_PAGES = frozenset({"active_instance", "active_session", "height"})


def _static(name: str, fallback: str) -> Path | str:
    path = STATIC / name
    return path if path.exists() else fallback


def _default_height() -> int:
    return min(HEIGHT, marimo.OUTPUT_HEIGHT) if marimo.is_marimo() else HEIGHT


def _for_page(tabs: list[dict[str, Any]], _: object) -> list[dict[str, Any]]:
    """The value of `tabs` that a page gets to draw until its snapshot arrives."""
    return [tab | {"sessions": [*map(_lasting, tab["sessions"][:SYNCED_SESSIONS])]} for tab in tabs]


def _cell_error(error: CellError) -> CellErrorView:
    view: CellErrorView = {"number": error.number, "error": error.error}
    return without_none(view)


def _lasting(session: dict[str, Any]) -> dict[str, Any]:
    """A session as the notebook may save it: what the user allows ends with the kernel."""
    return {name: value for name, value in session.items() if name != "allowsAll"}


class OpenCode(anywidget.AnyWidget):
    """OpenCode in a notebook: tabs for instances and sessions, and the same sessions as Python objects.

    As a cell's last expression it draws at once, and connects in the background. If a server cannot be reached or started, the widget
    shows why, and `await oc.ready()` raises the error.

    Args:
        directory: the folder; the notebook's if None. With `url`: a folder of that server, its own if None.
        url: a running server, "http://host:port". If None, the widget starts `opencode serve` in the folder, and ends it when it closes.
        username: for the running server.
        password: for the running server.
        headers: more headers for the running server, or a function (or coroutine function) that returns them. It is called for each
            request, on a thread, so that a token may expire.
        verify: whether the certificate of an `https://` server is checked; a path: by the authorities in that file or folder; or an
            `ssl.SSLContext`. By default `SSL_CERT_FILE` and `SSL_CERT_DIR` count.
        env: variables for the servers that the widget starts, in addition to those of the kernel.
        binary: the `opencode` program to start. If None, it is searched for.
        allow_unprotected: start even an OpenCode that ignores the password of its server (1.1.11 and earlier). Everyone on this machine can
            then use the server, and run commands by it.
        background: run on a thread with an event loop of its own, so that streaming goes on while a cell blocks.
        height: of the widget, in pixels. If None, 600, or in marimo what fits into an output.
        send_key: the key that sends a prompt, "enter" or "ctrl+enter" (on a Mac also Cmd+Enter). With the latter, Enter starts a line. A
            user may choose another one in the list of shortcuts ("?").
        notify: whether the page tells when an answer is ready, or the agent waits, while nobody looks: "on" by a notification, where
            the browser permits it, and a mark in the page's title; "off" not at all; "ask" by the mark, and it asks the user once. The
            user's own choice goes before it.
        error_bar: whether the widget offers to ask about a cell that has failed.
        transcript: whether the notebook saves what was said here, as a second output of the cell, which is hidden while the widget is
            drawn. It is what was on screen, up to 200 kB, without the secrets that the kernel knows.
        backoff: when to try to reach a lost server again.
        restricted: the page is shown to visitors, for example by Voila. They may use the sessions and nothing else: no shell, no folders,
            no servers, and they cannot allow what the agent requests. Code in the kernel is not restricted.

    Attributes:
        tabs: the instances, each with its latest 500 sessions, as JSON. Read-only.
        active_instance: the id of the instance on screen. Set it to select another one.
        active_session: the id of the session on screen. Set it to select another one, also in another instance.
    """

    _esm: ClassVar[Path | str] = _static("widget.js", NOT_BUILT)
    _css: ClassVar[Path | str] = _static("widget.css", "")

    tabs = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True, to_json=_for_page)
    active_instance = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    active_session = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    height = traitlets.Int(HEIGHT, min=120).tag(sync=True)
    send_key = traitlets.Enum(["enter", "ctrl+enter"], "enter").tag(sync=True)
    notify = traitlets.Enum(["ask", "on", "off"], "ask").tag(sync=True)
    cell_error = traitlets.Dict(None, allow_none=True, read_only=True).tag(sync=True)
    error_bar = traitlets.Bool(default_value=True)
    output_id = traitlets.Unicode("", read_only=True).tag(sync=True)
    transcript_revision = traitlets.Int(0, read_only=True).tag(sync=True)

    def __init__(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        url: str | None = None,
        username: str = "opencode",
        password: str | None = None,
        headers: Headers | None = None,
        verify: Verify = True,
        env: Mapping[str, str] | None = None,
        binary: str | os.PathLike[str] | None = None,
        allow_unprotected: bool = False,
        background: bool = False,
        height: int | None = None,
        send_key: SendKey = "enter",
        notify: Notify = "ask",
        error_bar: bool = True,
        transcript: bool = True,
        backoff: Backoff | None = None,
        restricted: bool = False,
    ) -> None:
        check_platform()
        self._begin(
            partial(OwnedServer, binary=binary, env=environment(env), allow_unprotected=allow_unprotected),
            background=background,
            height=height,
            send_key=send_key,
            notify=notify,
            error_bar=error_bar,
            transcript=transcript,
            backoff=backoff,
            restricted=restricted,
        )
        if url is None:
            self._manager.open(directory if directory is not None else ".")
        else:
            self._manager.add(attached_server(url, directory, username, password, headers=headers, verify=verify))
        self._mirror.post()

    def _begin(
        self,
        endpoint_for: EndpointFor,
        *,
        background: bool,
        height: int | None,
        send_key: SendKey,
        notify: Notify,
        error_bar: bool,
        transcript: bool,
        backoff: Backoff | None,
        restricted: bool,
    ) -> None:
        self._forget_comm: Callable[[], None] = lambda: None
        self._unwatch_cells: Callable[[], None] = lambda: None
        self._failures = ObserverFailures(lambda problem: self._manager.home.call(self._manager.alert, problem))
        home = HomeLoop(background=background, session_loop=marimo.is_marimo())
        home.notebook_ended = self.close
        self._mirror = TraitMirror(home.loop, self._values_of_traits, self._set_trait, self._writing_traits)
        self._manager = Manager(
            home,
            self._send_to_pages,
            self._mirror.changed,
            backoff or Backoff(),
            restricted=restricted,
            endpoint_for=endpoint_for,
        )
        self._output: TranscriptOutput | None = None
        self._replay: Replay | None = None
        if transcript and not restricted and can_publish():
            self._output = TranscriptOutput(home, self._lasting_text, lambda: self.output_id, self._mirror.changed)
            self._manager.transcript = self._output.transcript
        self._commands = Commands(self._manager, self._send_to_pages)
        height = height if height is not None else _default_height()
        super().__init__(height=height, send_key=send_key, notify=notify, error_bar=error_bar)
        self.set_trait("output_id", self.model_id)
        self._route = self._route_of_messages() if background else None
        for widget in (self, self.layout):
            keep_registered(widget.comm)
        warn_of_kernel()
        execution = current_execution()
        _close_earlier(execution)
        _remember(self, execution)
        marimo.on_cell_end(self.close)
        self.on_msg(self._receive)
        self._listen_during_cells()
        self._watch_cells()
        self.observe(self._selected, ["active_instance", "active_session"])

    @classmethod
    def demo(
        cls,
        *,
        background: bool = False,
        height: int | None = None,
        send_key: SendKey = "enter",
        notify: Notify = "ask",
        error_bar: bool = True,
        transcript: bool = True,
        backoff: Backoff | None = None,
        restricted: bool = False,
    ) -> Self:
        """A widget without key or network: a real OpenCode server in a small sample project, with a scripted model.

        Args:
            background: as of the widget itself.
            height: as of the widget itself.
            send_key: as of the widget itself.
            notify: as of the widget itself.
            error_bar: as of the widget itself.
            transcript: as of the widget itself.
            backoff: as of the widget itself.
            restricted: as of the widget itself.
        """
        check_platform()
        from .demo.endpoints import DemoEndpoints

        widget, endpoints = cls.__new__(cls), DemoEndpoints()
        widget._begin(
            endpoints.open,
            background=background,
            height=height,
            send_key=send_key,
            notify=notify,
            error_bar=error_bar,
            transcript=transcript,
            backoff=backoff,
            restricted=restricted,
        )
        widget._manager.at_end.append(endpoints.stop)
        widget._manager.at_exit.append(endpoints.kill_now)
        widget._manager.add(endpoints.open(None))
        widget._mirror.post()
        return widget

    @classmethod
    def replay(
        cls,
        recording: Source,
        speed: float = 1,
        *,
        idle: float | None = None,
        background: bool = False,
        height: int | None = None,
    ) -> Self:
        """A widget that plays what `record` has written, without a server, a key or a program. It can be read, and changes nothing.

        Its sessions, messages and usage are there in Python too. `await oc.replayed()` waits until all was played.

        Args:
            recording: the file; or its lines, as of an open file.
            speed: 1 is the speed of the recording, 2 twice that; 0 or infinity plays all at once.
            idle: the longest pause, in seconds of the recording; None: each as long as it was.
            background: as of the widget itself.
            height: as of the widget itself.

        Raises:
            RecordingFailed: it cannot be read, is empty, no recording, or one of another format.
            ValueError: the speed or the pause is no such number.
        """
        from .replay.playing import Replay

        played, widget = Replay(recording, speed, idle), cls.__new__(cls)
        widget._begin(
            refuse_folder,
            background=background,
            height=height,
            send_key="enter",
            notify="off",
            error_bar=False,
            transcript=False,
            backoff=None,
            restricted=True,
        )
        played.begin(widget._manager)
        widget._replay = played
        widget._mirror.post()
        return widget

    @property
    def playback(self) -> Replay:
        """The replay that this widget plays: `pause()`, `resume()`, and `speed`, which may be set at any time.

        Raises:
            NotAllowed: this is no replay.
        """
        if self._replay is None:
            raise NotAllowed("This widget shows servers and not a replay.", remedy="Make one: OpenCode.replay(path).")
        return self._replay

    async def replayed(self) -> None:
        """Wait until a replay has played all of its recording; while it is paused, too.

        Raises:
            NotAllowed: this is no replay.
            Closed: the widget was closed.
        """
        await self._manager.home.run(self.playback.ended())

    def record(
        self, path: str | os.PathLike[str], instance: Instance | None = None, *, limit: int = 100_000_000
    ) -> Recording:
        """Record what the servers say from now on, into a file for `OpenCode.replay`: for a report of a fault, or documentation.

        The file begins with how everything stands. Secrets that the kernel knows, what looks like a token, the home folder and the user's
        name are replaced; all else that is said in the sessions stands in it. Read it before you give it to anybody.

        Args:
            path: of the file, which must not exist; its lines are JSON.
            instance: record this one alone; None: all, with those that will be opened.
            limit: the bytes at which the recording ends by itself. The widget tells when that happens.

        Returns:
            The recording. It ends with `stop()`, at the end of a `with`, and with the widget.

        Raises:
            RecordingFailed: there is such a file, or it cannot be written.
            NotAllowed: this is a replay.
            Closed: the widget is closed.
        """
        from . import __version__
        from .replay.recording import record

        return record(self._manager, path, instance, limit, __version__)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """What a cell's output holds. Its text is all that a viewer without widgets shows, and all that a saved notebook keeps."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0]["text/plain"] = repr(self) if is_terminal() else self._lasting_text()
            if self._output is not None:
                self._output.widget_drawn()
        return bundle

    def _lasting_text(self) -> str:
        """A text that is as true when the notebook is read as when the cell ran."""
        folders = one_line(", ".join(instance.directory or instance.title for instance in self.instances))
        return f"<OpenCode{f' in {folders}' if folders else ''}; run the cell to use it>"

    def __repr__(self) -> str:
        return "<OpenCode closed>" if self._manager.closed else f"<OpenCode {self._manager.words()}>"

    @property
    def is_closed(self) -> bool:
        """Is the widget closed? It can only be made anew."""
        return self._manager.closed

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
        """Start a server in another folder, and show it in a new tab.

        Args:
            directory: the folder. Without it, this is the method `open` of ipywidgets, which calls it when a widget is made.

        Returns:
            The instance. It connects in the background; `await instance.ready()`, or `await instance`, waits for that.

        Raises:
            Closed: the widget is closed.
        """
        if directory is None:
            super().open()
            return None
        with self._failures.call():
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
        headers: Headers | None = None,
        verify: Verify = True,
    ) -> Instance:
        """Show a running server in a new tab.

        Args:
            url: "http://host:port".
            directory: a folder of that server; its own if None.
            username: for that server.
            password: for that server.
            headers: as of the widget itself.
            verify: as of the widget itself.

        Returns:
            The instance. It connects in the background; see `open`.

        Raises:
            Closed: the widget is closed.
        """
        with self._failures.call():
            endpoint = attached_server(url, directory, username, password, headers=headers, verify=verify)
            instance = self._manager.add(endpoint)
            self._mirror.post()
        return instance

    def close(self) -> BackgroundResult[None]:
        """Close the widget: the streams first, then the servers that it started. This goes on in the background; await it to wait."""
        if not hasattr(self, "_manager"):  # the constructor raised, and Python destroys what it left
            return finished()
        self._forget_comm()
        self._unwatch_cells()
        super().close()
        return self._manager.close()

    # ---- the active instance ----

    async def ready(self) -> None:
        """Wait until the active instance is connected.

        Raises:
            OpenCodeError: why it cannot be connected.
        """
        await self._active().ready()

    async def new_session(self, title: str | None = None) -> Session:
        """Make a session in the active instance, and select it; see `Instance.new_session`."""
        return await self._active().new_session(title)

    def preview(self, prompt: object, *, attach: Sequence[object] = ()) -> Preview:
        """Show what a prompt would send for the names in it, or what would be sent for an object. Nothing is sent.

        Args:
            prompt: a prompt with names such as `@var:df`; or any other object. To see a text as an object, attach it.
            attach: objects, as of `Session.send`.

        Returns:
            What would be sent, exactly; it shows itself as a cell's last expression.

        Raises:
            UnknownName: a name in the prompt stands for nothing.
            CannotDescribe: an object cannot be described within the bounds.
        """
        from .context.preview import Preview  # with the describers and the renderer

        text, objects = (prompt, attach) if isinstance(prompt, str) else ("", [prompt, *attach])
        return Preview(text, descriptions(targets(text, objects)))

    async def batch(
        self,
        prompts: object,
        *,
        models: Sequence[str | None] | None = None,
        agents: Sequence[str | None] | None = None,
        repeat: int = 1,
        concurrency: int | None = None,
        folder: Folder | Sequence[Folder | None] | None = None,
        timeout: float | None = None,
        on_error: OnError = "keep",
        unattended: Unattended = "reject",
        files: Sequence[File] = (),
        attach: Sequence[object] = (),
        schema: object = None,
        journal: Folder | None = None,
        progress: bool = True,
        executor: object = None,
    ) -> BatchTable:
        """Ask many prompts, each in a session of its own (`POST /session`, `POST /session/{id}/prompt_async`), and return a table.

        The prompts are sent as they are: names such as `@var:df` in them are not looked up, as those of a table may be anybody's words.
        The notebook's Stop button stops the turns that run.

        Args:
            prompts: a list of strings; a table of pandas or polars with a column `prompt` (its columns `model`, `agent` and `folder` are
                used, the others are kept in the result); a column of prompts; or dictionaries with the same keys.
            models: the models that each prompt goes to, "provider/id"; None: the server's choice.
            agents: the agents that each prompt goes to; None: the server's choice.
            repeat: how often each is asked.
            concurrency: how many turns run at the same time; None: 4, or with `executor` as many as it has workers.
            folder: a folder of the server, or one for each row; None: the active instance's.
            timeout: seconds for each turn, which is then stopped; None: no limit.
            on_error: "keep" puts an error into its row; "raise" stops the batch and raises it.
            unattended: what happens where an agent waits for a permission or an answer, and nobody can see that; see `Session.ask`. "raise"
                stops the turn of the row. Policies are asked first.
            files: files that go with each prompt, as of `Session.ask`.
            attach: objects that are described with each prompt, as of `Session.ask`.
            schema: the shape of each answer, as of `Session.ask`; its value is `data` of the row.
            journal: a file that keeps each answer, as a line of JSON. The same batch with the same journal goes on where it was: rows that
                have an answer are not asked again, failed ones are.
            progress: show a bar, if tqdm is installed (the extra `batch`). The widget shows how far the batch is in any case; its button
                "Stop batch" does what cancelling this call does.
            executor: an Executor of concurrent.futures, or a Client of dask.distributed, whose workers ask the prompts. Each process of
                them starts a server of its own (with the `env` of this one), or attaches to the one that this widget was attached to. They
                get its password. Policies are not asked there.

        Returns:
            A row for each prompt, model, agent and repetition, in this order.

        Raises:
            BadBatch: there are no rows, a row has no prompt, the server has no such model or agent, there is no such folder, or the journal
                is another batch's. Nothing was sent.
            ValueError: there is no such choice of `unattended`, or `schema` is no valid one.
            NotSupported: the library that checks `schema` is not installed.
            BadAttachment: a file cannot be read, or the files are too large.
            CannotDescribe: an object cannot be described within the bounds.
            OpenCodeError: the server cannot be reached, the widget was closed, or with "raise" what failed.
        """
        from .batch import calls

        return await calls.batch(
            self._manager,
            self._active_runtime(),
            prompts,
            calls.Wanted(models, agents, repeat, folder),
            calls.How(concurrency, timeout, on_error, unattended, files, attach, schema),
            journal=journal,
            progress=progress,
            executor=executor,
        )

    async def compare(
        self,
        prompt: str,
        models: Sequence[str | None] | None = None,
        *,
        agents: Sequence[str | None] | None = None,
        repeat: int = 1,
        timeout: float | None = None,
        unattended: Unattended = "reject",
        files: Sequence[File] = (),
        attach: Sequence[object] = (),
        schema: object = None,
        progress: bool = True,
    ) -> BatchTable:
        """Ask several models or agents the same prompt at the same time, each in a session of its own.

        As a cell's last expression, the result shows the answers side by side, with what differs marked.

        Args:
            prompt: as of `Session.ask`; names such as `@var:df` in it are described and go with it.
            models: "provider/id" each; None: the server's choice.
            agents: as of `batch`.
            repeat: as of `batch`.
            timeout: as of `batch`.
            unattended: as of `batch`.
            files: as of `batch`.
            attach: as of `batch`.
            schema: as of `batch`.
            progress: as of `batch`.

        Raises:
            TypeError: the prompt is no string.
            ValueError: the prompt is empty.
            UnknownName: a name in the prompt stands for nothing.
            OpenCodeError: see `batch`.
        """
        from .batch import calls

        return await calls.compare(
            self._manager,
            self._active_runtime(),
            prompt,
            calls.Wanted(models, agents, repeat),
            calls.How(timeout=timeout, unattended=unattended, files=files, attach=attach, schema=schema),
            progress=progress,
        )

    def usage(self) -> TotalUsage:
        """What all sessions of all instances took: tokens and cost, a row a session; `usage().to_frame()` is a table.

        It asks no server. Where a server states no totals, those of the messages that the kernel has count; `await session.load()` fetches
        them. `session.usage` has the steps of one session.
        """
        from .api.totals import total_usage

        return total_usage(list(self._manager.instances.values()))

    @property
    def notices(self) -> tuple[str, ...]:
        """The problems of all instances that belong to no session, as the user saw them; see `Instance.notices`."""
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
        """Let a function answer permission requests before the user is asked.

        Args:
            policy: called in this kernel with each Permission, also with those of sub-agents. It returns "once", "always", "reject",
                ("reject", message to the model), or None to let the user decide; it may be a coroutine function. If it raises, the user
                decides, and sees the error.

        Returns:
            A function that removes the policy.
        """
        return self._manager.policies.on_permission(policy)

    def on_question(self, policy: QuestionPolicy) -> Callable[[], None]:
        """Let a function answer questions before the user is asked.

        Args:
            policy: called in this kernel with each Questions. It returns a list with one answer for each question (a text, or a list of
                texts), or None to let the user answer; it may be a coroutine function.

        Returns:
            A function that removes the policy.
        """
        return self._manager.policies.on_question(policy)

    def _active(self) -> Instance:
        if self._manager.closed:
            raise Closed("The widget is closed.", remedy="Make a new one: OpenCode(...).")
        return self._manager.handles[self._manager.instance(None).id]

    def _active_runtime(self) -> InstanceRuntime:
        return self._manager.instance(self._active().id)

    # ---- messages of pages ----

    def _send_to_pages(self, content: Any) -> None:
        self.send(pyodide.to_page(content))

    def _listen_during_cells(self) -> None:
        itself, comm_id = weakref.ref(self), self.comm.comm_id

        def deliver(message: dict[str, Any]) -> None:
            if (widget := itself()) is not None:
                widget._handle_msg(message)

        shell_queue.listen(comm_id, deliver)
        self._forget_comm = partial(shell_queue.forget, comm_id)

    def _route_of_messages(self) -> Route:
        itself = weakref.ref(self)

        def deliver(content: object) -> bool:
            widget = itself()
            if widget is None or (home := widget._manager.home).is_over:
                return False
            home.call(widget._commands.receive, content)
            return True

        manager = self._manager
        route = Route(self.comm, deliver, lambda: manager.home.call(manager.reopening.close))
        if route.is_ours:
            manager.reopening.open = self._open_again
        return route

    def _open_again(self) -> None:
        """Open the comm for a page that has not got it. A page needs the model of the layout first."""
        for widget in (self.layout, self):
            data = {"state": widget.get_state(), "buffer_paths": []}
            widget.comm.open(data=data, metadata={"version": ipywidgets.__protocol_version__})

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        """Handle a message of a page; it may set a trait that the user's code observes."""
        with self._failures.internal():
            try:
                super()._handle_msg(msg)
            except BaseException as fault:  # noqa: BLE001 - otherwise SystemExit in an observer would end the kernel
                self._failures.failed(fault)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Set the traits that a page may set. ipywidgets would set any trait, even a read-only one."""
        known = {name: value for name, value in sync_data.items() if name in SET_BY_PAGES}
        super().set_state(pyodide.from_page(known))

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        content = pyodide.from_page(content)
        if self._route is not None and self._route.was_delivered(content):
            return
        loop = self._manager.home
        if loop.is_over:
            self._commands.refuse(content, loop_ended())
        else:
            loop.call(self._commands.receive, content)

    # ---- cells of the notebook ----

    def _watch_cells(self) -> None:
        itself = weakref.ref(self)

        def ended(error: CellError | None) -> None:
            if (widget := itself()) is not None:
                widget._manager.home.call(widget._manager.cell_ended, error)
                if widget._output is not None:
                    widget._output.cell_ended()

        self._unwatch_cells = watch_cells(ended)

    @traitlets.observe("error_bar")
    def _error_bar_changed(self, _change: object) -> None:
        if hasattr(self, "_manager"):
            self._mirror.post()

    # ---- traits ----

    def _values_of_traits(self) -> dict[str, object]:
        selection = self._manager.selection
        tabs = self._manager.outbox.tabs()
        error = self._manager.cell_error if self.error_bar else None
        return {
            "tabs": tabs,
            "active_instance": selection.instance,
            "active_session": selection.session,
            "transcript_revision": self._manager.transcript.revision if self._manager.transcript else 0,
            "cell_error": _cell_error(error) if error else None,
        }

    @contextmanager
    def _writing_traits(self) -> Iterator[None]:
        with self._failures.internal(), self.hold_sync():
            yield

    def _set_trait(self, name: str, value: object) -> None:
        try:
            self.set_trait(name, value)
        except BaseException as fault:  # noqa: BLE001 - see `sync/user_code.py`
            self._failures.failed(fault)

    def observe(self, handler: Callable[..., Any], names: Any = traitlets.All, type: Any = "change") -> None:
        """Call a function when a trait changes, as traitlets do. If it fails, the user sees the error, and other observers still run."""
        super().observe(self._guarded(handler), names, type)

    def unobserve(self, handler: Callable[..., Any], names: Any = traitlets.All, type: Any = "change") -> None:
        """Stop calling a function when a trait changes."""
        super().unobserve(self._guarded(handler), names, type)

    def _guarded(self, handler: Any) -> Any:
        # traitlets finds the handlers that a class declares by their type, so these stay as they are.
        is_declared = handler is None or isinstance(handler, traitlets.EventHandler)
        return handler if is_declared else Guarded(handler, self._failures.failed)

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
        """The user set `active_instance` or `active_session` from Python. Our own writes are ignored."""
        if self._mirror.is_own(change["name"], change["new"]):
            return
        call, new = self._manager.home.call, change["new"]
        with self._failures.call():
            if change["name"] == "active_instance":
                call(self._manager.select_instance, new)
            elif new is None:
                call(self._manager.select_session, self._manager.selection.instance, None)
            else:
                call(self._manager.select_session, self._manager.owner(new).id, new)


# ---- cells that run again ---------------------------------------------------------------------------------------------

_made: dict[str, tuple[str, list[weakref.ref[OpenCode]]]] = {}


def _remember(widget: OpenCode, execution: Execution | None) -> None:
    if execution is None:
        return
    run, widgets = _made.get(execution.cell, (execution.run, []))
    _made[execution.cell] = (run, [*widgets, weakref.ref(widget)])


def _close_earlier(execution: Execution | None) -> None:
    """Close the widgets that an earlier run of this cell made."""
    if execution is None or execution.cell not in _made or _made[execution.cell][0] == execution.run:
        return
    _, widgets = _made.pop(execution.cell)
    for reference in widgets:
        if (widget := reference()) is not None:
            widget.close()
