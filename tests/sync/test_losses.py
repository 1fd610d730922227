"""Losses, restarts and disposals with a server: after each, the state is again what the server has."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from opencode_widget.model.state import MessageState
from opencode_widget.operations import prompts
from opencode_widget.server.http.client import Limits
from opencode_widget.sync.connection import ConnectionState

from ..support import shapes
from ..support.runtimes import PATIENT, Connect, connected, selected, stored, texts
from ..support.scripts import bash, gate, say, script, tokens
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.wait import eventually, eventually_async

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


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


async def test_what_comes_while_the_state_is_fetched_is_buffered_and_not_lost(
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
        proxy.url,
        password=server.password,
        directory=folder,
        backoff=PATIENT,
        limits=Limits(hello=5, silence=25 if how == "cut" else 2),
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
    assert texts(runtime, session) == await stored(runtime, session)


@pytest.mark.timeout(90)
async def test_a_server_that_was_killed_and_started_again_is_shown_as_it_is(
    own_server: RealServer, folder: str, connect: Connect
) -> None:
    runtime = await connected(connect, own_server, folder)
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


@pytest.mark.timeout(90)
async def test_a_folder_whose_state_was_disposed_is_fetched_again(
    server: RealServer, project: Path, connect: Connect
) -> None:
    runtime = await connected(connect, server, str(project))
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
