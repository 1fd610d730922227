"""Commands about sessions."""

from __future__ import annotations

import json

from ...support import shapes
from ...support.command_client import CommandClient
from ...support.servers import faults
from ...support.servers.fake import FakeServer


async def test_make_a_session(client: CommandClient) -> None:
    id = (await client.does("new_session", instance=client.instance.id, title="Mine"))["session"]
    assert client.page.state["transcript"]["session"] == id
    assert client.page.sessions(client.instance.id)[0]["title"] == "Mine"


async def test_select_and_close_a_session(client: CommandClient) -> None:
    await client.does("select_session", instance=client.instance.id, session="ses_1")
    assert client.page.state["transcript"]["session"] == "ses_1"
    await client.does("close_session", instance=client.instance.id, session="ses_1")
    assert client.page.state["transcript"] is None
    assert client.page.sessions(client.instance.id)[0]["closed"]
    await client.does("select_session", instance=client.instance.id, session="ses_1")
    assert not client.page.sessions(client.instance.id)[0]["closed"]


async def test_list_more_sessions(client: CommandClient, fake_server: FakeServer) -> None:
    fake_server.sessions["ses_2"] = shapes.session("ses_2")
    await client.does("more_sessions", instance=client.instance.id)
    assert {session["id"] for session in client.page.sessions(client.instance.id)} == {"ses_1", "ses_2"}


async def test_fetch_older_messages(client: CommandClient) -> None:
    await client.does("select_session", instance=client.instance.id, session="ses_1")
    await client.does("older", instance=client.instance.id, session="ses_1")


async def test_a_shared_session_has_an_address(client: CommandClient, fake_server: FakeServer) -> None:
    of_session = {"instance": client.instance.id, "session": "ses_1"}
    shared = shapes.session("ses_1") | {"share": {"url": "https://opncd.ai/s/1"}}
    fake_server.always["/session/ses_1/share"] = faults.body(json.dumps(shared).encode())
    assert await client.does("share_session", **of_session, shared=True) == {"url": "https://opncd.ai/s/1"}
    fake_server.always["/session/ses_1/share"] = faults.body(json.dumps(shapes.session("ses_1")).encode())
    assert await client.does("share_session", **of_session, shared=False) == {}


async def test_the_files_that_a_session_changed(client: CommandClient, fake_server: FakeServer) -> None:
    fake_server.always["/session/ses_1/diff"] = faults.body(b"[]")
    assert await client.does("diff", instance=client.instance.id, session="ses_1") == {"files": []}
