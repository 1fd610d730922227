"""The widget: traits, pages, cells that are run again, bad input in words, and no secret anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import re
import stat
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import pytest_asyncio
import traitlets

from opencode_widget import Backoff, OpenCode, errors
from opencode_widget import widget as module
from opencode_widget.notebook.cell import current_execution
from opencode_widget.page import traits
from opencode_widget.sync.connection import ConnectionState

from ..support import shapes
from ..support.page import Page, RecordingComm, RecordingComms
from ..support.scripts import say, script
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually

EAGER = Backoff(initial=0.02, maximum=0.05, jitter=0, attempts=2)
Make = Callable[..., OpenCode]


@pytest_asyncio.fixture
async def make() -> AsyncIterator[Make]:
    """Makes widgets, which are closed at the end."""
    made: list[OpenCode] = []

    def item(*args: Any, **more: Any) -> OpenCode:
        more.setdefault("backoff", EAGER)
        made.append(widget := OpenCode(*args, **more))
        return widget

    yield item
    for widget in made:
        await widget.close()


def wire(widget: OpenCode) -> RecordingComm:
    assert isinstance(widget.comm, RecordingComm)
    return widget.comm


def synced(widget: OpenCode) -> dict[str, Any]:
    """What a page knows of the traits: the state at the opening, and the updates since."""
    state: dict[str, Any] = {}
    for kind, data in wire(widget).sent:
        if kind == "comm_open" or data.get("method") == "update":
            state |= data["state"]
    return state


# ---- traits -----------------------------------------------------------------------------------------------------------


async def test_it_draws_at_once_and_connects_in_the_background(make: Make, fake_server: FakeServer) -> None:
    oc = make(url=fake_server.url)
    assert [tab["connection"]["state"] for tab in oc.tabs] == ["connecting"]
    assert oc.active_instance == oc.tabs[0]["id"] == oc.instances[0].id
    assert "application/vnd.jupyter.widget-view+json" in oc._repr_mimebundle_()[0]  # type: ignore[misc, index]
    await oc.ready()
    await eventually(lambda: oc.tabs[0]["connection"]["state"] == "connected")
    await eventually(lambda: synced(oc)["tabs"][0]["connection"]["state"] == "connected")


async def test_the_text_of_an_output_is_as_true_later(make: Make, fake_server: FakeServer, tmp_path: Path) -> None:
    oc = make("/project", url=fake_server.url)
    at_once = oc._repr_mimebundle_()
    await oc.ready()
    later = oc._repr_mimebundle_()
    assert at_once is not None
    assert later is not None
    assert at_once[0]["text/plain"] == later[0]["text/plain"] == "<OpenCode in /project; run the cell to use it>"
    oc.attach(fake_server.url, str(tmp_path))
    assert str(tmp_path) in oc._repr_mimebundle_()[0]["text/plain"]  # type: ignore[index]


def test_in_a_terminal_it_is_shown_as_it_is_now() -> None:
    code = """
from opencode_widget import OpenCode
oc = OpenCode(url="http://127.0.0.1:9")
print(oc._repr_mimebundle_()[0]["text/plain"])
"""
    command = [sys.executable, "-m", "IPython", "--no-banner", "--no-confirm-exit", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "<OpenCode 1 instance: 1 connecting>"


async def test_the_height_is_as_given_else_what_fits(make: Make, fake_server: FakeServer) -> None:
    assert make(url=fake_server.url).height == 600
    assert make(url=fake_server.url, height=333).height == 333


async def test_the_tabs_can_be_observed(make: Make, fake_server: FakeServer) -> None:
    oc = make(url=fake_server.url)
    seen: list[list[Any]] = []
    oc.observe(lambda change: seen.append(change["new"]), "tabs")
    await oc.ready()
    fake_server.add_session("ses_1", "Observed")
    await eventually(lambda: seen and [session["title"] for session in seen[-1][0]["sessions"]] == ["Observed"])
    fake_server.rename("ses_1", "Renamed")
    await eventually(lambda: seen[-1][0]["sessions"][0]["title"] == "Renamed")
    assert json.dumps(seen)


async def test_the_tabs_cannot_be_set(make: Make, fake_server: FakeServer) -> None:
    oc = make(url=fake_server.url)
    with pytest.raises(traitlets.TraitError):
        oc.tabs = []


@pytest.mark.parametrize(
    "state",
    [
        {"_esm": "export default {}"},
        {"_css": "* { display: none }"},
        {"tabs": [{"id": "i9", "sessions": []}]},
        {"_view_module": "https://evil.example/x"},
        {"_model_module": "elsewhere", "_view_name": "Other"},
        {"_dom_classes": ["jp-Dialog"], "tooltip": "x"},
    ],
    ids=lambda state: next(iter(state)),
)
async def test_a_page_sets_only_what_it_selects_and_its_height(
    make: Make, fake_server: FakeServer, state: dict[str, Any]
) -> None:
    widget = make(url=fake_server.url)
    await widget.ready()
    before = {name: getattr(widget, name) for name in state}
    data = {"method": "update", "state": state | {"height": 500}, "buffer_paths": []}
    wire(widget).handle_msg({"content": {"data": data}, "buffers": []})
    assert {name: getattr(widget, name) for name in state} == before
    assert widget.height == 500, "what it may set is set"
    echoes = [data["state"] for _, data in wire(widget).sent if data.get("method") == "echo_update"]
    assert not any(name in echo for echo in echoes for name in state), "other pages are not told either"


async def test_many_changes_make_few_updates(make: Make, fake_server: FakeServer) -> None:
    oc = make(url=fake_server.url)
    await oc.ready()
    updates: list[object] = []
    oc.observe(updates.append, "tabs")
    began = time.monotonic()
    for number in range(200):
        fake_server.add_session(f"ses_{number}")
    await eventually(lambda: len(oc.tabs[0]["sessions"]) == 200)
    assert len(updates) <= (time.monotonic() - began) / traits.INTERVAL + 3
    await eventually(lambda: len(synced(oc)["tabs"][0]["sessions"]) == module.SYNCED_SESSIONS)


async def test_setting_the_active_instance_switches(make: Make, fake_server: FakeServer) -> None:
    oc = make(url=fake_server.url)
    other = oc.attach(fake_server.url)
    first = oc.instances[0]
    assert oc.active_instance == other.id
    seen: list[str] = []
    oc.observe(lambda change: seen.append(change["new"]), "active_instance")
    page = Page.of(oc)
    oc.active_instance = first.id
    await eventually(lambda: page.state["activeInstance"] == first.id)
    assert seen == [first.id]
    assert oc._manager.selection.instance == first.id


async def test_setting_the_active_session_switches_it_and_its_instance(make: Make, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    async with FakeServer() as other:
        other.add_session("ses_2")
        oc = make(url=fake_server.url)
        second = oc.attach(other.url)
        for instance in oc.instances:
            await instance.ready()
        page = Page.of(oc)
        oc.active_session = "ses_1"
        await eventually(lambda: (page.state["transcript"] or {}).get("session") == "ses_1")
        await eventually(lambda: oc.active_instance == oc.instances[0].id)
        oc.active_session = "ses_2"
        await eventually(lambda: oc.active_instance == second.id)
        oc.active_session = None
        await eventually(lambda: page.state["transcript"] is None)


async def test_what_a_page_selects_can_be_observed(make: Make, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    oc = make(url=fake_server.url)
    await oc.ready()
    seen: list[str] = []
    oc.observe(lambda change: seen.append(change["new"]), "active_session")
    page = Page.of(oc)
    page.command("select_session", instance=oc.instances[0].id, session="ses_1")
    await eventually(lambda: seen == ["ses_1"])


async def test_an_observer_may_select_another_session(make: Make, fake_server: FakeServer) -> None:
    oc = make(url=fake_server.url)
    await oc.ready()

    def follow(change: dict[str, Any]) -> None:
        sessions = [session for tab in change["new"] for session in tab["sessions"]]
        if sessions and oc.active_session is None:
            oc.active_session = sessions[0]["id"]

    oc.observe(follow, "tabs")
    fake_server.add_session("ses_1")
    await eventually(lambda: oc._manager.selection.session == "ses_1")
    await eventually(lambda: oc.active_session == "ses_1")


async def test_an_observer_that_fails_harms_nothing_else(
    make: Make, fake_server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    oc = make(url=fake_server.url)

    def fail(_change: object) -> None:
        raise RuntimeError("on purpose")

    oc.observe(fail, "tabs")
    await oc.ready()
    fake_server.add_session("ses_1")
    await eventually(lambda: len(oc.sessions) == 1)
    assert oc.instances[0].connection is ConnectionState.CONNECTED
    await eventually(lambda: "on purpose" in caplog.text)
    await eventually(lambda: oc.tabs[0]["sessions"])


@pytest.mark.parametrize("trait", ["active_instance", "active_session"])
async def test_an_unknown_id_is_an_error_in_words_and_changes_nothing(
    make: Make, fake_server: FakeServer, trait: str
) -> None:
    oc = make(url=fake_server.url)
    before = getattr(oc, trait)
    with pytest.raises(traitlets.TraitError, match="nonsense"):
        setattr(oc, trait, "nonsense")
    assert getattr(oc, trait) == before
    with pytest.raises(traitlets.TraitError):
        setattr(oc, trait, 7)


async def test_a_height_that_is_too_small_is_refused(fake_server: FakeServer) -> None:
    with pytest.raises(traitlets.TraitError):
        OpenCode(url=fake_server.url, height=7)


async def test_the_key_that_sends_is_an_option(fake_server: FakeServer) -> None:
    with pytest.raises(traitlets.TraitError):
        OpenCode(url=fake_server.url, send_key="shift+enter")  # type: ignore[arg-type]
    widget = OpenCode(url=fake_server.url, send_key="ctrl+enter")
    assert widget.get_state()["send_key"] == "ctrl+enter", "pages get it"
    widget.set_state({"send_key": "enter"})
    assert widget.send_key == "ctrl+enter", "and no page sets it"
    assert (widget.notify, OpenCode(url=fake_server.url, notify="off").get_state()["notify"]) == ("ask", "off")
    await widget.close()


# ---- pages ------------------------------------------------------------------------------------------------------------


async def test_without_a_page_no_frame_is_sent(make: Make, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    oc = make(url=fake_server.url)
    await oc.ready()
    oc.active_session = "ses_1"
    fake_server.put_message(shapes.user("msg_1", "ses_1"))
    fake_server.answer("ses_1", "Nobody is here")
    await eventually(lambda: any("Nobody" in message.text for message in oc.sessions[0].messages))
    assert wire(oc).custom == []


async def test_two_pages_and_a_late_one_show_the_same(make: Make, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    oc = make(url=fake_server.url)
    await oc.ready()
    oc.active_session = "ses_1"
    page, two = Page.of(oc), Page.of(oc)
    two.deaf = True
    fake_server.put_message(shapes.user("msg_1", "ses_1"))
    fake_server.answer("ses_1", "Seen by all of you")
    await eventually(lambda: "Seen by all" in page.text())
    two.deaf = False
    fake_server.rename("ses_1", "A new frame")
    late = Page.of(oc)
    await eventually(lambda: two.state.get("transcript") == late.state["transcript"] == page.state["transcript"])
    assert "Seen by all of you" in late.text()


async def test_message_bodies_go_through_no_trait(make: Make, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    oc = make(url=fake_server.url)
    await oc.ready()
    oc.active_session = "ses_1"
    page = Page.of(oc)
    fake_server.put_message(shapes.user("msg_1", "ses_1"))
    fake_server.answer("ses_1", "Only in frames")
    await eventually(lambda: "Only in frames" in page.text())
    updates = [data for kind, data in wire(oc).sent if data.get("method") != "custom"]
    assert "Only in frames" not in str(updates)


async def test_a_conversation_with_a_real_server(make: Make, server: RealServer, project: Path) -> None:
    oc = make(url=server.url, password=server.password, directory=project)
    page = Page.of(oc)
    session = await oc.new_session("Real")
    reply = await session.ask(script(say("Hello from the **real** one")))
    await eventually(lambda: reply.text in page.text())
    prompt = page.command(
        "prompt", instance=oc.instances[0].id, session=session.id, text=script(say("And again")), key="k"
    )
    await eventually(lambda: page.reply(prompt))
    await eventually(lambda: session.messages[-1].text == "And again" and session.status == "idle", within=20)
    await eventually(lambda: page.text().endswith("And again"))


# ---- bad input --------------------------------------------------------------------------------------------------------


async def failure_of(oc: OpenCode) -> errors.OpenCodeError:
    """Why it cannot be: the same from `ready`, from the instance and on the page."""
    page = Page.of(oc)
    with pytest.raises(errors.OpenCodeError) as caught:
        await oc.ready()
    instance = oc.instances[0]
    assert instance.connection is ConnectionState.DISCONNECTED
    assert instance.error is caught.value
    await eventually(lambda: page.connection()["state"] == "disconnected")
    problem = page.connection()["problem"]
    assert problem["name"] == type(caught.value).__name__
    assert problem["message"] == caught.value.message
    assert problem.get("remedy", "") == caught.value.remedy
    await eventually(lambda: oc.tabs[0]["connection"]["state"] == "disconnected")
    assert oc.tabs[0]["connection"]["problem"]["message"] == caught.value.message
    assert caught.value.remedy, "the user is told what to do"
    return caught.value


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("missing", "does not exist"),
        ("file", "is a file"),
        ("nul\0", "cannot be used"),
        ("~nosuchuser/x", "cannot be used"),
        ("loop", "cannot be used"),
    ],
)
async def test_a_folder_that_cannot_be(make: Make, tmp_path: Path, folder: str, words: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    oc = make(folder if folder.startswith("~") else f"{tmp_path}/{folder}")
    error = await failure_of(oc)
    assert isinstance(error, errors.DirectoryError)
    assert words in error.message


async def test_a_folder_without_permission(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The administrator may read everything, so the answer is put into the system's mouth."""
    monkeypatch.setattr("opencode_widget.server.process.process.os.access", lambda *_: False)
    error = await failure_of(make(tmp_path))
    assert isinstance(error, errors.DirectoryError)
    assert "may not be read" in error.message


@pytest.mark.parametrize("url", ["localhost:4096", "127.0.0.1:4096", "ftp://host", "http://", "http://host:port"])
async def test_an_url_that_is_none(make: Make, url: str) -> None:
    error = await failure_of(make(url=url))
    assert isinstance(error, errors.AddressError)
    assert "http://127.0.0.1:4096" in error.remedy


async def test_a_port_where_nobody_is(make: Make, fake_server: FakeServer) -> None:
    await fake_server.stop()
    error = await failure_of(make(url=fake_server.url))
    assert isinstance(error, errors.ConnectionFailed)
    assert "Nothing answers" in error.message


async def test_a_wrong_password(make: Make, server: RealServer) -> None:
    error = await failure_of(make(url=server.url, password="wr0ng"))
    assert isinstance(error, errors.AuthenticationFailed)
    assert "wr0ng" not in str(error)


async def test_a_gateway_gets_the_headers_of_the_user(make: Make, fake_server: FakeServer) -> None:
    numbers = iter(range(1, 1000))
    oc = make(url=fake_server.url, headers={"X-Team": "data"})
    await oc.ready()
    assert {request.headers["x-team"] for request in fake_server.requests} == {"data"}
    before = len(fake_server.requests)
    await oc.attach(fake_server.url, headers=lambda: {"X-Count": str(next(numbers))}).ready()
    counts = [request.headers.get("x-count") for request in fake_server.requests[before:]]
    assert len({count for count in counts if count}) > 2


async def test_headers_that_are_none_are_reported(make: Make, fake_server: FakeServer) -> None:
    error = await failure_of(make(url=fake_server.url, headers={"X-Team": 7}))
    assert isinstance(error, errors.AddressError)
    assert "X-Team" in error.message


@pytest.mark.parametrize(
    ("env", "kind"),
    [({"A": 1}, TypeError), ({1: "a"}, TypeError), ({"A=B": "c"}, ValueError), ({"A": "\0"}, ValueError)],
)
def test_variables_that_cannot_be_are_refused_at_once(env: Any, kind: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(kind, match="env"):
        OpenCode(tmp_path, env=env)


async def test_a_server_of_ours_gets_the_variables_of_the_user(make: Make, tmp_path: Path) -> None:
    shows = program(tmp_path / "opencode", 'echo "it has $MY_VARIABLE"; exit 3')
    oc = make(tmp_path, binary=shows, env={"MY_VARIABLE": "a value of mine"})
    assert "it has a value of mine" in str(getattr(await failure_of(oc), "log", ""))


async def test_a_folder_that_the_running_server_cannot_have(make: Make, fake_server: FakeServer) -> None:
    error = await failure_of(make(url=fake_server.url, directory="/no/such/folder"))
    assert isinstance(error, errors.DirectoryError)


async def test_a_binary_that_is_missing(make: Make, tmp_path: Path) -> None:
    error = await failure_of(make(tmp_path, binary=tmp_path / "no-such-opencode"))
    assert isinstance(error, errors.BinaryNotFound)
    assert "no-such-opencode" in error.message


async def test_no_binary_at_all(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCODE_WIDGET_BINARY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    error = await failure_of(make(tmp_path))
    assert isinstance(error, errors.BinaryNotFound)
    assert "opencode-widget install" in error.remedy


def program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


async def test_a_binary_that_prints_and_ends(make: Make, tmp_path: Path) -> None:
    oc = make(tmp_path, binary=program(tmp_path / "opencode", "echo first words; echo last words >&2; exit 3"))
    error = await failure_of(oc)
    assert isinstance(error, errors.ServerFailed)
    assert error.code == 3
    assert {"first words", "last words"} <= set(error.log)
    assert "last words" in Page.of(oc).connection()["problem"]["details"]


async def test_a_binary_that_says_nothing(make: Make, tmp_path: Path) -> None:
    error = await failure_of(make(tmp_path, binary="/bin/true"))
    assert isinstance(error, errors.ServerFailed)
    assert "exit code 0" in error.message


async def test_a_binary_that_is_no_program(make: Make, tmp_path: Path) -> None:
    (tmp_path / "opencode").write_text("just text")
    error = await failure_of(make(tmp_path, binary=tmp_path / "opencode"))
    assert isinstance(error, errors.BinaryNotFound | errors.ServerFailed)


async def test_bad_input_in_one_tab_does_not_touch_the_others(make: Make, fake_server: FakeServer) -> None:
    oc = make(url=fake_server.url)
    bad = oc.attach("nonsense")
    with pytest.raises(errors.AddressError):
        await bad.ready()
    good = oc.instances[0]
    await good.ready()
    assert re.fullmatch(r"<OpenCode 2 instances: 1 connected, 1 disconnected>", repr(oc))
    await bad.close()
    assert oc.instances == [good]


# ---- cells that are run again -----------------------------------------------------------------------------------------


class Notebook:
    """A kernel that works on a cell."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.request: dict[str, Any] = {}
        shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda: self.request))
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=None))
        monkeypatch.setattr(module, "_made", {})
        self._runs = 0

    def run(self, cell: str | None, code: str = "oc = OpenCode()") -> None:
        """From now on this cell is being executed."""
        self._runs += 1
        metadata = {} if cell is None else {"cellId": cell}
        self.request = {"header": {"msg_id": f"run{self._runs}"}, "metadata": metadata, "content": {"code": code}}


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    return Notebook(monkeypatch)


async def test_running_a_cell_again_closes_what_its_first_run_made(
    make: Make, fake_server: FakeServer, notebook: Notebook
) -> None:
    notebook.run("a")
    widget, two = make(url=fake_server.url), make(url=fake_server.url)
    await widget.ready()
    assert not widget._manager.closed
    notebook.run("b")
    other = make(url=fake_server.url)
    notebook.run("a")
    again = make(url=fake_server.url)
    assert (widget._manager.closed, two._manager.closed) == (True, True)
    assert (other._manager.closed, again._manager.closed) == (False, False)
    assert repr(widget) == "<OpenCode closed>"
    await again.ready()


async def test_a_host_that_names_no_cells_is_known_by_the_code(
    make: Make, fake_server: FakeServer, notebook: Notebook
) -> None:
    notebook.run(None, "oc = OpenCode()")
    widget = make(url=fake_server.url)
    notebook.run(None, "other = OpenCode()")
    make(url=fake_server.url)
    assert not widget._manager.closed
    notebook.run(None, "oc = OpenCode()")
    make(url=fake_server.url)
    assert widget._manager.closed


async def test_outside_a_notebook_nothing_is_closed(make: Make, fake_server: FakeServer) -> None:
    assert current_execution() is None
    widget = make(url=fake_server.url)
    make(url=fake_server.url)
    assert not widget._manager.closed


@pytest.mark.parametrize("request_", [{}, {"header": None}, {"header": {"msg_id": 7}}, {"header": {"msg_id": "x"}}, 7])
async def test_a_kernel_with_odd_requests_is_borne(notebook: Notebook, request_: Any) -> None:
    notebook.request = request_
    assert current_execution() is None


# ---- the end ----------------------------------------------------------------------------------------------------------


async def test_after_the_end_everything_says_closed(make: Make, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    oc = make(url=fake_server.url)
    await oc.ready()
    (session,), (instance,) = oc.sessions, oc.instances
    page = Page.of(oc)
    await oc.close()
    await oc.close()
    assert repr(oc) == "<OpenCode closed>"
    assert "closed" in repr(instance)
    count = len(page.log)
    for call in (oc.ready, oc.new_session, instance.ready, instance.new_session, lambda: session.ask("Hi")):
        with pytest.raises(errors.Closed):
            await call()
    with pytest.raises(errors.Closed):
        oc.attach(fake_server.url)
    with pytest.raises(errors.Closed):
        oc.open("/")
    with pytest.raises(errors.Closed):
        _ = oc.sessions
    assert len(page.log) == count
    assert oc.instances == []


async def test_closing_the_last_instance_leaves_a_widget_that_can_open_others(
    make: Make, fake_server: FakeServer
) -> None:
    oc = make(url=fake_server.url)
    await oc.instances[0].close()
    assert (oc.active_instance, oc.tabs) == (None, [])
    with pytest.raises(errors.NotFound, match=r"oc\.open"):
        await oc.ready()
    await oc.attach(fake_server.url)
    assert repr(oc) == "<OpenCode 1 instance: 1 connected>"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
async def test_twenty_rounds_leave_nothing_behind(
    fake_server: FakeServer, comms: RecordingComms, background: bool
) -> None:
    fake_server.add_session("ses_1")

    async def round() -> None:
        oc = OpenCode(url=fake_server.url, background=background)
        page = Page.of(oc)
        await oc.ready()
        oc.active_session = "ses_1"
        await eventually(lambda: page.state.get("transcript"))
        await oc.close()
        comms.all.clear()

    def open_now() -> tuple[int, int, int]:
        ours = [thread for thread in threading.enumerate() if thread.name.startswith("opencode_widget")]
        return (
            len(asyncio.all_tasks()) - len(fake_server._open),
            len(ours),
            psutil.Process().num_fds() - len(fake_server._open),
        )

    await round()
    await eventually(lambda: fake_server.send(b": beat\n\n") or not fake_server._open)
    gc.collect()
    before = open_now()
    for _ in range(20):
        await round()
    await eventually(lambda: fake_server.send(b": beat\n\n") or not fake_server._open)
    gc.collect()
    await eventually(lambda: open_now() <= before, what=f"as little open as {before}")


# ---- secrets ----------------------------------------------------------------------------------------------------------

SECRET = "hunter2-swordfish"


def shown(oc: OpenCode) -> str:
    """Everything that anyone could see of a widget."""
    events = [repr(oc), str(oc), repr(oc.get_state()), str(oc.trait_values()), repr(oc.tabs), str(wire(oc).sent)]
    for instance in oc.instances:
        events += [
            repr(instance),
            str(instance.url),
            str(instance.error),
            repr(instance.error),
            instance.title,
            repr(instance.__dict__),
            str(instance.log),
        ]
        events += [
            repr(instance._runtime.endpoint),
            repr(instance._runtime.client),
            repr(instance._runtime.reconnector),
        ]
        if instance.error is not None:
            events.append("".join(traceback.format_exception(instance.error)))
    return "\n".join(events)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """All that was logged, save by Jupyter's own comm, which writes down whatever a page says when it is debugged."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "Comm")


@pytest.mark.parametrize("where", ["argument", "url", "wrong", "broken url", "no server"])
async def test_no_password_is_seen_anywhere(
    make: Make, fake_server: FakeServer, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    caplog.set_level(logging.DEBUG)
    fake_server.password = SECRET if where in ("argument", "url") else "another"
    if where == "no server":
        await fake_server.stop()
    urls = {"url": f"http://opencode:{SECRET}@127.0.0.1:{fake_server.port}", "broken url": f"http://a:{SECRET}@h:x"}
    oc = make(url=urls.get(where, fake_server.url), password=SECRET if where not in urls else None)
    page = Page.of(oc)
    with contextlib.suppress(errors.OpenCodeError):
        await oc.ready()
    attach = page.command("attach", url=fake_server.url, password=SECRET)
    await eventually(lambda: page.reply(attach))
    with contextlib.suppress(errors.OpenCodeError):
        await oc.instances[-1].ready()
    assert SECRET not in await asyncio.to_thread(shown, oc)
    assert SECRET not in str(page.log)
    assert SECRET not in logged(caplog)


async def test_the_password_of_a_server_of_our_own_is_seen_nowhere(
    make: Make,
    opencode_binary: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    model: Any,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name, value in model.env.items():
        monkeypatch.setenv(name, value)
    oc = make(project, binary=opencode_binary)
    page = Page.of(oc)
    await oc.ready()
    process = oc.instances[0]._runtime.endpoint.process  # type: ignore[attr-defined]
    assert len(process.password) > 20
    assert process.password not in await asyncio.to_thread(shown, oc) + str(page.log) + logged(caplog)
    assert oc.instances[0].owned
    reply = await (await oc.new_session("Own")).ask(script(say("Mine")))
    assert reply.text == "Mine"
    pid = process.pid
    await oc.close()
    assert not psutil.pid_exists(pid)
