"""The conversations of one instance: true to the server through losses, disposals and other clients; prompts sent once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.state import HistoryState, MessageState
from opencode_widget.operations import prompts
from opencode_widget.server.endpoints import AttachedServer
from opencode_widget.server.http.client import Limits, address
from opencode_widget.sync import history as module
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.runtime import InstanceRuntime

from ..support import shapes
from ..support.runtimes import EAGER, PATIENT, QUICK, Connect
from ..support.scripts import bash, gate, say, script, tokens
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.wait import eventually, eventually_async

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

REAL = Limits(connect=2, hello=5, answer=10, silence=25)


def texts(runtime: InstanceRuntime, session: str) -> list[str]:
    """What each message of a session says."""
    return [message.text for message in runtime.session(session)]


async def selected(runtime: InstanceRuntime, fake_server: FakeServer, id: str = "ses_1") -> str:
    """A session of the fake server, on screen and fetched."""
    await runtime.ready()
    fake_server.add_session(id)
    await eventually(lambda: id in runtime.state.sessions)
    runtime.select(id)
    await runtime.history.open(id)
    return id


async def real(connect: Connect, server: RealServer, folder: str, url: str | None = None) -> InstanceRuntime:
    runtime = connect(url or server.url, password=server.password, directory=folder, backoff=PATIENT, limits=REAL)
    await runtime.ready()
    return runtime


async def truth(runtime: InstanceRuntime, session: str) -> list[str]:
    """What the server says now, of each message."""
    assert runtime.client is not None
    history = await runtime.client.history(session, 1000)
    return [
        "\n\n".join(part.text for part in m.parts if part.kind == "text" and not part.hidden) for m in history.messages
    ]


# ---- losses -----------------------------------------------------------------------------------------------------------


async def test_a_turn_that_ended_while_the_stream_was_down_is_there_in_full(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect
) -> None:
    runtime = connect(fake_proxy.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    await prompts.prompt(runtime, id, "Hello?")
    fake_server.set_status(id, "busy")
    await eventually(lambda: runtime.session(id).busy)
    await fake_proxy.refuse()
    await eventually(lambda: not runtime.is_live)
    fake_server.answer(id, "All that was said meanwhile")
    await fake_proxy.resume()
    await eventually(lambda: runtime.is_live)
    assert texts(runtime, id) == ["Hello?", "All that was said meanwhile"]
    assert not runtime.session(id).busy


async def test_an_end_between_a_server_s_greeting_and_its_listening_is_found(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect
) -> None:
    runtime = connect(fake_proxy.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    await prompts.prompt(runtime, id, "Hello?")
    fake_server.set_status(id, "busy")
    await eventually(lambda: runtime.session(id).busy)
    fake_server.faults["/global/event"] = [faults.greet_and_hear_nothing]
    await fake_proxy.cut()
    await eventually(lambda: not runtime.is_live)
    await eventually(lambda: runtime.is_live)
    fake_server.answer(id, "All that was said meanwhile")
    await eventually(lambda: not runtime.session(id).busy, within=5)
    await eventually(lambda: texts(runtime, id) == ["Hello?", "All that was said meanwhile"], within=4)
    assert [message.state for message in runtime.session(id)] == [MessageState.COMPLETE] * 2


async def test_text_is_never_shortened_by_a_loss_in_mid_answer(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect
) -> None:
    runtime = connect(fake_proxy.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    await prompts.prompt(runtime, id, "Hello?")
    asked = fake_server.messages[id][0]["info"]["id"]
    answer = shapes.assistant("msg_a", id, asked, at=5)
    fake_server.set_status(id, "busy")
    fake_server.put_message(answer)
    fake_server.put_part(shapes.text("prt_a", "msg_a", id, "", ended=False))
    fake_server.delta(id, "msg_a", "prt_a", "one two ")
    await eventually(lambda: texts(runtime, id)[-1] == "one two ")
    await fake_proxy.cut()
    await eventually(lambda: not runtime.is_live)
    await eventually(lambda: runtime.is_live)
    assert texts(runtime, id)[-1] == "one two "
    fake_server.delta(id, "msg_a", "prt_a", "four ")
    await eventually(lambda: texts(runtime, id)[-1] == "one two four ")
    assert runtime.session(id).messages["msg_a"].parts[0].gap
    fake_server.put_part(shapes.text("prt_a", "msg_a", id, "one two three four"))
    await eventually(lambda: texts(runtime, id)[-1] == "one two three four")
    assert not runtime.session(id).messages["msg_a"].parts[0].gap


async def test_sessions_deleted_renamed_and_made_while_the_stream_was_down(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect
) -> None:
    for id in ("ses_1", "ses_2"):
        fake_server.add_session(id)
    runtime = connect(fake_proxy.url, backoff=PATIENT)
    await runtime.ready()
    await fake_proxy.refuse()
    await eventually(lambda: not runtime.is_live)
    del fake_server.sessions["ses_1"]
    fake_server.rename("ses_2", "Renamed")
    fake_server.add_session("ses_3", "New")
    await fake_proxy.resume()
    await eventually(lambda: runtime.is_live)
    assert {id: session.info.title for id, session in runtime.state.sessions.items()} == {
        "ses_2": "Renamed",
        "ses_3": "New",
    }


async def test_requests_that_came_and_went_while_the_stream_was_down(
    fake_server: FakeServer, fake_proxy: Proxy, connect: Connect
) -> None:
    fake_server.add_session("ses_1")
    fake_server.permissions["per_1"] = shapes.permission("per_1", "ses_1")
    runtime = connect(fake_proxy.url, backoff=PATIENT)
    await runtime.ready()
    assert list(runtime.state.requests) == ["per_1"]
    await fake_proxy.refuse()
    await eventually(lambda: not runtime.is_live)
    fake_server.permissions = {"per_2": shapes.permission("per_2", "ses_1")}
    await fake_proxy.resume()
    await eventually(lambda: runtime.is_live and list(runtime.state.requests) == ["per_2"])


async def test_what_comes_while_the_state_is_fetched_is_held_and_not_lost(
    fake_server: FakeServer, connect: Connect
) -> None:
    fake_server.add_session("ses_1", "Before")

    async def rename_meanwhile(exchange: Exchange, normal: Any) -> None:
        await normal(exchange)
        fake_server.rename("ses_1", "Meanwhile")

    fake_server.faults["/session"] = [rename_meanwhile]
    fake_server.faults["/permission"] = [faults.slow(0.2)]
    runtime = connect(fake_server.url)
    await runtime.ready()
    await eventually(lambda: runtime.state.sessions["ses_1"].info.title == "Meanwhile")


@pytest.mark.timeout(90)
@pytest.mark.parametrize("how", ["cut", "stall"])
async def test_the_real_text_is_whole_after_the_connection_was_lost_in_mid_answer(
    server: RealServer, proxy: Proxy, folder: str, connect: Connect, model: Demo, how: str
) -> None:
    runtime = connect(
        proxy.url, password=server.password, directory=folder, backoff=PATIENT, limits=Limits(hello=2, silence=1)
    )
    await runtime.ready()
    session = (await runtime.new_session("Lossy")).id
    door = f"lossy-{how}"
    await prompts.prompt(runtime, session, script(tokens(30, 0.01), gate(door), tokens(30, 0.01, prefix="u")))
    await eventually(lambda: "t000005" in texts(runtime, session)[-1], within=40)
    if how == "cut":
        await proxy.refuse()
    else:
        proxy.stall()
    await eventually(lambda: runtime.connection.state is ConnectionState.RECONNECTING)
    await model.open(door)
    await proxy.cut()
    await proxy.resume()
    await eventually(lambda: runtime.is_live and not runtime.session(session).busy, within=30)
    await eventually(lambda: "u000030" in texts(runtime, session)[-1])
    assert texts(runtime, session) == await truth(runtime, session)


@pytest.mark.timeout(90)
async def test_a_server_that_was_killed_and_started_again_is_shown_as_it_is(
    own_server: RealServer, folder: str, connect: Connect
) -> None:
    runtime = await real(connect, own_server, folder)
    session = (await runtime.new_session("Survivor")).id
    await prompts.prompt(runtime, session, script(tokens(5), gate("never-opened"), say("Not said")))
    await eventually(lambda: "t000005" in texts(runtime, session)[-1], within=20)
    client = runtime.client
    assert client is not None

    async def is_stored() -> bool:
        return len((await client.history(session, 10)).messages) == 2

    # What was said a moment ago may not be on the disk yet.
    await eventually_async(is_stored)
    await asyncio.to_thread(own_server.kill)
    await eventually(lambda: runtime.connection.state is ConnectionState.RECONNECTING)
    await asyncio.to_thread(own_server.start)
    await eventually(lambda: runtime.is_live, within=30)
    assert not runtime.session(session).busy
    last = list(runtime.session(session))[-1]
    assert last.state is MessageState.INTERRUPTED


# ---- disposal, other clients, other processes -------------------------------------------------------------------------


@pytest.mark.timeout(90)
async def test_a_folder_whose_state_was_disposed_is_fetched_again(
    server: RealServer, project: Path, connect: Connect
) -> None:
    runtime = await real(connect, server, str(project))
    session = (await runtime.new_session("Disposed")).id
    await prompts.prompt(runtime, session, script(bash("echo one"), say("Not said")))
    await eventually(lambda: runtime.state.requests, within=20)
    with server.client(project) as raw:
        (await asyncio.to_thread(raw.post, "/instance/dispose")).raise_for_status()
    await eventually(
        lambda: runtime.is_live and not runtime.state.requests and not runtime.session(session).busy, within=20
    )
    assert runtime.connection.state is ConnectionState.CONNECTED
    assert "Disposed" in {each.info.title for each in runtime.state.sessions.values()}


async def test_a_disposal_of_another_folder_is_no_concern(
    server: RealServer, project: Path, tmp_path: Path, connect: Connect
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    runtime = await real(connect, server, str(project))
    two = await real(connect, server, str(other))
    phases: list[object] = []
    runtime.listeners.add(lambda event, _: phases.append(type(event).__name__))
    with server.client(other) as raw:
        (await asyncio.to_thread(raw.post, "/instance/dispose")).raise_for_status()
    session = (await two.new_session("Other")).id
    await eventually(lambda: two.is_live)
    assert session not in runtime.state.sessions
    assert "Connected" not in phases


async def test_sessions_and_prompts_of_another_client_are_seen(
    server: RealServer, project: Path, connect: Connect
) -> None:
    runtime = await real(connect, server, str(project))
    with server.client(project) as raw:
        made = (await asyncio.to_thread(raw.post, "/session", json={"title": "Theirs"})).json()
        await eventually(lambda: made["id"] in runtime.state.sessions)
        body = {"parts": [{"type": "text", "text": script(say("Said to them"))}]}
        await asyncio.to_thread(raw.post, f"/session/{made['id']}/message", json=body)
    await eventually(lambda: texts(runtime, made["id"])[-1:] == ["Said to them"])
    assert runtime.session(made["id"]).info.title == "Theirs"
    with server.client(project) as raw:
        await asyncio.to_thread(raw.delete, f"/session/{made['id']}")
    await eventually(lambda: made["id"] not in runtime.state.sessions)


@pytest.mark.timeout(90)
async def test_sessions_of_another_process_in_the_same_folder_are_found(
    own_server: RealServer,
    model: Demo,
    opencode_binary: Path,
    tmp_path: Path,
    project: Path,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("opencode_widget.sync.discovery.LOOK", 0.3)
    runtime = await real(connect, own_server, str(project))
    # The same data, another process.
    other = await asyncio.to_thread(RealServer, opencode_binary, model.env, tmp_path / "server", project)
    await asyncio.to_thread(other.start)
    try:
        with other.client(project) as raw:
            made = (await asyncio.to_thread(raw.post, "/session", json={"title": "Elsewhere"})).json()
            await eventually(lambda: made["id"] in runtime.state.sessions)
            await runtime.history.open(made["id"])
            body = {"parts": [{"type": "text", "text": script(say("Said elsewhere"))}]}
            await asyncio.to_thread(raw.post, f"/session/{made['id']}/message", json=body)
        await eventually(lambda: texts(runtime, made["id"])[-1:] == ["Said elsewhere"])
    finally:
        await asyncio.to_thread(other.stop)


# ---- prompts ----------------------------------------------------------------------------------------------------------


async def test_a_prompt_is_shown_at_once_and_confirmed_by_the_server(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    id = await selected(runtime, fake_server)
    fake_server.faults[f"/session/{id}/prompt_async"] = [faults.slow(0.1)]
    sending = asyncio.create_task(prompts.prompt(runtime, id, "Hello", key="k1"))
    await eventually(lambda: texts(runtime, id) == ["Hello"])
    (message,) = runtime.session(id)
    assert (message.state, message.key) == (MessageState.SENDING, "k1")
    assert await sending == message.id
    await eventually(lambda: message.state is MessageState.COMPLETE)
    assert texts(runtime, id) == ["Hello"]
    assert message.key == "k1"


async def test_a_prompt_that_is_refused_is_taken_back(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    id = await selected(runtime, fake_server)
    fake_server.always[f"/session/{id}/prompt_async"] = faults.body(b'{"message": "no such agent"}', status=400)
    with pytest.raises(errors.RequestFailed, match="no such agent"):
        await prompts.prompt(runtime, id, "Hello")
    assert texts(runtime, id) == []


async def hang_up(_exchange: Exchange, _normal: Any) -> None:
    """Do nothing of what was asked, and break off."""
    raise ConnectionError


def answer_lost(then: Callable[[], Any] | None = None) -> faults.Fault:
    """Do what was asked, and break off before the answer."""

    async def fault(exchange: Exchange, normal: Any) -> None:
        exchange.limit = 0
        with contextlib.suppress(ConnectionError):
            await normal(exchange)
        if then is not None:
            await then()
        raise ConnectionError

    return fault


async def test_a_prompt_whose_answer_was_lost_is_sent_once(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    path = f"/session/{id}/prompt_async"

    async def lose_the_stream_too() -> None:
        fake_server.end_streams()

    fake_server.faults[path] = [answer_lost(lose_the_stream_too)]
    await prompts.prompt(runtime, id, "Once")
    assert texts(runtime, id) == ["Once"]
    assert len({request.json()["messageID"] for request in fake_server.seen("POST", path)}) == 1
    assert len(fake_server.messages[id]) == 1


async def test_a_prompt_that_never_arrived_is_sent_again_with_the_same_id(
    fake_server: FakeServer, connect: Connect
) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    path = f"/session/{id}/prompt_async"
    fake_server.faults[path] = [hang_up]
    sent = await prompts.prompt(runtime, id, "Twice")
    assert [request.json()["messageID"] for request in fake_server.seen("POST", path)] == [sent, sent]
    await eventually(lambda: texts(runtime, id) == ["Twice"])


@pytest.mark.timeout(90)
@pytest.mark.parametrize("on_screen", [True, False])
async def test_the_real_server_has_a_prompt_once_whose_answer_was_lost(
    server: RealServer, proxy: Proxy, folder: str, connect: Connect, on_screen: bool
) -> None:
    runtime = await real(connect, server, folder, proxy.url)
    session = (await runtime.new_session("Once", select=on_screen)).id
    assert runtime.client is not None
    post = runtime.client.prompt

    async def lost(prompt: Any) -> str:
        """The server has it; the connections break before it can say so."""
        await post(prompt)
        runtime.client.prompt = post  # type: ignore[method-assign, union-attr]
        await proxy.cut()
        raise errors.ConnectionFailed("The connection broke.")

    runtime.client.prompt = lost  # type: ignore[method-assign]
    await prompts.prompt(runtime, session, script(say("Said once")))
    await eventually(lambda: runtime.is_live and not runtime.session(session).busy, within=20)
    await runtime.history.open(session)
    await eventually(lambda: texts(runtime, session)[-1] == "Said once", within=20)
    events = await truth(runtime, session)
    assert [events.count(text) for text in events] == [1, 1]
    assert texts(runtime, session) == events


async def test_a_prompt_to_a_server_that_is_away_waits_for_it(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    await fake_server.stop()
    await eventually(lambda: not runtime.is_live)
    sending = asyncio.create_task(prompts.prompt(runtime, id, "Are you back?"))
    await asyncio.sleep(0.05)
    await fake_server.start()
    await sending
    await eventually(lambda: texts(runtime, id) == ["Are you back?"])
    assert len(fake_server.messages[id]) == 1


async def test_a_prompt_that_is_cancelled_in_the_making_leaves_nothing_half_done(
    fake_server: FakeServer, connect: Connect
) -> None:
    runtime = connect(fake_server.url)
    id = await selected(runtime, fake_server)
    path = f"/session/{id}/prompt_async"
    fake_server.faults[path] = [faults.never_answer]
    sending = asyncio.create_task(prompts.prompt(runtime, id, "Never mind"))
    await eventually(lambda: fake_server.seen("POST", path))
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert texts(runtime, id) == []
    await prompts.prompt(runtime, id, "But this")
    await eventually(lambda: texts(runtime, id) == ["But this"])


# ---- histories --------------------------------------------------------------------------------------------------------


async def test_who_stops_waiting_for_a_history_does_not_stop_it(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.ready()
    fake_server.faults["/session/ses_1/message"] = [faults.slow(0.2)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await runtime.history.open("ses_1")
    await eventually(lambda: runtime.session("ses_1").history_state is HistoryState.READY)


async def test_who_waits_for_a_history_when_it_is_closed_is_told_so(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url, limits=Limits(answer=30))
    await runtime.ready()
    fake_server.always["/session/ses_1/message"] = faults.never_answer
    opening = asyncio.create_task(runtime.history.open("ses_1"))
    await eventually(lambda: fake_server.seen("GET", "/session/ses_1/message"))
    await runtime.close()
    with pytest.raises(errors.Closed):
        await opening


@pytest.mark.parametrize("fault", [faults.html_page, faults.unavailable, faults.body(b"{oops")])
async def test_a_history_that_cannot_be_fetched_fails_alone_and_can_be_fetched_later(
    fake_server: FakeServer, connect: Connect, fault: faults.Fault
) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.ready()
    fake_server.faults["/session/ses_1/message"] = [fault]
    with pytest.raises(errors.OpenCodeError):
        await runtime.history.open("ses_1")
    assert runtime.session("ses_1").history_state is HistoryState.FAILED
    assert runtime.session("ses_1").problem is not None
    assert runtime.is_live
    await runtime.history.open("ses_1")
    assert runtime.session("ses_1").history_state is HistoryState.READY


async def test_who_hears_that_a_history_failed_may_ask_for_it_again_at_once(
    fake_server: FakeServer, connect: Connect
) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.ready()
    again: list[asyncio.Task[object]] = []

    def listen(event: e.Event, _changes: object) -> None:
        if isinstance(event, e.HistoryFailed):
            again.append(
                asyncio.create_task(runtime.history.open("ses_1"))
            )  # its first step comes before the fetch is off the list

    runtime.listeners.add(listen)
    fake_server.faults["/session/ses_1/message"] = [faults.html_page]
    with pytest.raises(errors.OpenCodeError):
        await runtime.history.open("ses_1")
    await again[0]
    assert runtime.session("ses_1").history_state is HistoryState.READY


async def test_older_messages_are_fetched_once_however_often_they_are_asked_for(
    server: RealServer, project: Path, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 4)
    runtime = await real(connect, server, str(project))
    session = (await runtime.new_session("Long", select=False)).id
    with server.client(project) as raw:
        for number in range(10):
            body = {"noReply": True, "parts": [{"type": "text", "text": f"m{number}"}]}
            await asyncio.to_thread(raw.post, f"/session/{session}/message", json=body)
    await eventually(lambda: len(runtime.session(session).ids) == 10)
    runtime.history.drop_unused()
    runtime.state.sessions[session].forget_history()
    await runtime.history.open(session)
    assert texts(runtime, session) == [f"m{number}" for number in range(6, 10)]
    await asyncio.gather(*(runtime.history.older(session) for _ in range(3)))
    assert texts(runtime, session) == [f"m{number}" for number in range(2, 10)]
    await runtime.history.older(session)
    await runtime.history.older(session)
    assert texts(runtime, session) == [f"m{number}" for number in range(10)]


async def test_an_unknown_session_is_not_found(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    await runtime.ready()
    for call in (
        runtime.history.open("ses_x"),
        prompts.prompt(runtime, "ses_x", "Hi"),
        prompts.abort(runtime, "ses_x"),
        runtime.history.older("ses_x"),
    ):
        with pytest.raises(errors.NotFound, match="ses_x"):
            await call
    with pytest.raises(errors.NotFound):
        runtime.select("ses_x")
    with pytest.raises(errors.NotFound):
        runtime.close_tab("ses_x")


async def test_broken_events_are_counted_and_the_others_are_heard(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    await runtime.ready()
    for junk in (
        faults.NOT_JSON,
        faults.NOT_AN_OBJECT,
        faults.NOT_AN_EVENT,
        faults.UNKNOWN_TYPE,
        faults.MISSING_FIELDS,
    ):
        fake_server.send(junk)
    fake_server.add_session("ses_1")
    await eventually(lambda: "ses_1" in runtime.state.sessions)
    assert runtime.connection.state is ConnectionState.CONNECTED


# ---- interrupts -------------------------------------------------------------------------------------------------------


def test_a_keyboard_interrupt_that_hits_the_stream_by_accident_is_survived() -> None:
    """The kernel's stop button raises in whatever the loop is doing."""
    loop = asyncio.new_event_loop()
    pending: list[bool] = []

    def changed(*, summary: bool) -> None:
        if pending and pending.pop():
            raise KeyboardInterrupt

    async def begin() -> tuple[FakeServer, InstanceRuntime]:
        server = FakeServer()
        await server.start()
        runtime = InstanceRuntime("i1", HomeLoop(), AttachedServer(address(server.url)), changed, EAGER, QUICK)
        runtime.start()
        await runtime.ready()
        return server, runtime

    async def heard(server: FakeServer, item: InstanceRuntime) -> None:
        await eventually(lambda: "ses_1" in item.state.sessions)
        await eventually(lambda: item.is_live)
        server.add_session("ses_2")
        await eventually(lambda: "ses_2" in item.state.sessions)

    async def end(server: FakeServer, runtime: InstanceRuntime) -> None:
        await runtime.close()
        await server.stop()

    server, runtime = loop.run_until_complete(begin())
    pending.append(True)
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(_interrupt(server, pending))
    loop.run_until_complete(heard(server, runtime))
    loop.run_until_complete(end(server, runtime))
    loop.close()


async def _interrupt(server: FakeServer, pending: list[bool]) -> None:
    server.add_session("ses_1")
    await eventually(lambda: False, what="an interrupt")
