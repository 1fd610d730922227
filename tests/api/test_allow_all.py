"""Everything is allowed in a session: by the kernel's user, until that ends, and never longer than the kernel."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.server.endpoints import attached_server
from opencode_widget.widget import OpenCode

from ..support.agent_requests import ask_permission, ask_questions, first_pending, replies
from ..support.command_client import CommandClient
from ..support.scripts import bash, delegate, say, script
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually


async def test_what_waits_and_what_comes_is_allowed_until_it_ends(
    client: CommandClient, fake_server: FakeServer
) -> None:
    session = client.instance.session("ses_1")
    ask_permission(fake_server)
    await first_pending(client)
    assert not session.allows_all
    with session.allow_all() as allowance:
        assert session.allows_all
        await eventually(lambda: replies(fake_server) == [{"reply": "once"}])
        ask_permission(fake_server, "per_2", "rm x")
        await eventually(lambda: replies(fake_server, "per_2") == [{"reply": "once"}])
        ask_questions(fake_server, "Sure?")
        await eventually(lambda: any(request.id == "que_1" for request in session.pending))
        assert "ended" not in repr(allowance)
    assert not session.allows_all
    assert "ended" in repr(allowance)
    ask_permission(fake_server, "per_3")
    await eventually(lambda: any(request.id == "per_3" for request in session.pending))
    await asyncio.sleep(0.05)
    assert replies(fake_server, "per_3") == []
    assert not fake_server.seen("POST", "/question/que_1/reply")


@pytest.mark.parametrize(("verdict", "reply"), [("reject", "reject"), (None, "once")])
async def test_a_policy_is_asked_first(
    client: CommandClient, fake_server: FakeServer, verdict: Any, reply: str
) -> None:
    client.manager.policies.on_permission(lambda asked: verdict)
    await client.instance.session("ses_1").allow_all()
    ask_permission(fake_server)
    await eventually(lambda: replies(fake_server) == [{"reply": reply}])


async def test_a_page_allows_everything_and_ends_it(client: CommandClient, fake_server: FakeServer) -> None:
    def shown() -> Any:
        (view,) = client.page.state["sessions"][client.instance.id]
        return view.get("allowsAll")

    await client.does("allow_all", instance=client.instance.id, session="ses_1", allowed=True)
    await eventually(lambda: shown() is True)
    client.instance.session("ses_1").allow_all(False)
    await eventually(lambda: shown() is None)


async def test_an_answer_that_the_server_refuses_is_reported(client: CommandClient, fake_server: FakeServer) -> None:
    fake_server.always["/permission/per_1/reply"] = faults.unavailable
    client.instance.session("ses_1").allow_all()
    ask_permission(fake_server)
    await eventually(lambda: client.page.problems)
    assert client.page.problems[0]["name"] == "NotAllowed"
    assert client.instance.pending


async def test_a_session_must_be_there(client: CommandClient) -> None:
    with pytest.raises(errors.NotFound):
        client.instance.session("ses_none").allow_all()


async def test_it_holds_for_sub_agents_of_a_real_server(server: RealServer, folder: str) -> None:
    client = CommandClient()
    client.instance = client.manager.add(attached_server(server.url, folder, "opencode", server.password))
    session = await client.instance.new_session("All")
    session.allow_all()
    inner = script(bash("echo below"), say("Below."))
    reply = await session.ask(script(bash("echo above"), delegate(inner), say("Done.")), timeout=50)
    assert reply.text == "Done."
    assert [child.allows_all for child in session.children] == [True]
    await client.manager.close()


def test_it_is_in_no_saved_notebook() -> None:
    tabs = [{"id": "i", "sessions": [{"id": "ses_1", "title": "One", "allowsAll": True}]}]
    to_json = OpenCode.tabs.metadata["to_json"]
    assert to_json(tabs, None) == [{"id": "i", "sessions": [{"id": "ses_1", "title": "One"}]}]
    assert tabs[0]["sessions"][0]["allowsAll"]  # type: ignore[index]
