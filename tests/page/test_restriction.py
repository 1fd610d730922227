"""`OpenCode(restricted=True)`: a visitor's page may talk in the given sessions and nothing more; the kernel refuses it, not the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from opencode_widget import OpenCode
from opencode_widget.page.commands import HANDLERS
from opencode_widget.page.restriction import HIDDEN, REFUSED
from opencode_widget.server.endpoints import attached_server

from ..support.agent_requests import ask_permission, replies
from ..support.command_client import CommandClient
from ..support.page import Page, RecordingComm
from ..support.runtimes import EAGER
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

# What a page would say to do harm with each command that is refused.
HARM: dict[str, dict[str, Any]] = {
    "open": {"directory": "/"},
    "attach": {"url": "http://127.0.0.1:9"},
    "close_instance": {},
    "restart": {},
    "complete_folder": {"prefix": "/"},
    "recent_folders": {},
    "locate_file": {"path": "a.py"},
    "read_picture": {"path": "a.png"},
    "allow_all": {"session": "ses_1", "allowed": True},
    "services": {},
    "connect_mcp": {"name": "files", "connected": True},
    "log": {},
    "events": {},
    "report": {},
    "share_session": {"session": "ses_1", "shared": True},
    "run_command": {"session": "ses_1", "command": "review", "arguments": "`id`"},
    "shell": {"session": "ses_1", "command": "id"},
    "init": {"session": "ses_1"},
    "find": {"query": "passwd"},
    "find_names": {"query": ""},
    "check_names": {"text": "@var:df"},
    "preview_names": {"text": "@var:df"},
    "dismiss_cell_error": {},
    "transcript": {},
}


@pytest_asyncio.fixture
async def client(fake_server: FakeServer) -> AsyncIterator[CommandClient]:
    fake_server.add_session("ses_1")
    client = CommandClient(restricted=True)
    client.instance = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await client.instance.ready()
    yield client
    await client.manager.close()


def test_every_command_of_a_page_has_a_row() -> None:
    assert set(REFUSED) == set(HANDLERS), "say in restriction.py whether a visitor may use it"
    assert {name for name, reason in REFUSED.items() if reason} == set(HARM)


@pytest.mark.parametrize("name", HARM)
async def test_what_reaches_beyond_the_sessions_is_refused_by_the_kernel(
    client: CommandClient, fake_server: FakeServer, name: str
) -> None:
    before = len(fake_server.requests)
    problem = await client.fails(name, instance=client.instance.id, **HARM[name])
    assert problem["name"] == "NotAllowed"
    assert repr(name.replace("_", " ")) in problem["message"]
    assert "author" in problem["remedy"]
    assert [server for server in fake_server.requests[before:] if server.method != "GET"] == []
    assert (client.opened, len(client.manager.instances)) == ([], 1)


async def test_a_command_without_a_row_is_refused(client: CommandClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, "format_disk", HANDLERS["reconnect"])
    assert (await client.fails("format_disk", instance=client.instance.id))["name"] == "NotAllowed"


@pytest.mark.parametrize(
    "mentions",
    [
        [{"kind": "file", "path": "/etc/passwd", "start": 0, "end": 5}],
        [{"kind": "agent", "name": "plan", "start": 0, "end": 5}, {"kind": "file", "path": "a", "start": 0, "end": 5}],
        [{"path": "/etc/passwd", "start": 0, "end": 5}],
        {"kind": "file"},
    ],
)
async def test_a_prompt_of_a_visitor_names_no_file(
    client: CommandClient, fake_server: FakeServer, mentions: Any
) -> None:
    data = {"instance": client.instance.id, "session": "ses_1", "text": "Hello there", "mentions": mentions}
    assert (await client.fails("prompt", **data))["name"] == "NotAllowed"
    assert fake_server.seen("POST", "/session/ses_1/prompt_async") == []


@pytest.mark.parametrize("words", ["Why @var:secret?", "@cell:3", "(@error)", "Look at @fig.", "a\n@var:größe"])
@pytest.mark.parametrize("command", ["prompt", "queue_prompt", "edit_queued", "edit_prompt"])
async def test_a_prompt_of_a_visitor_names_nothing_of_the_authors_kernel(
    client: CommandClient, fake_server: FakeServer, command: str, words: str
) -> None:
    where = {"instance": client.instance.id, "session": "ses_1", "message": "msg_1", "queued": "1"}
    problem = await client.fails(command, **where, text=words)
    assert problem["name"] == "NotAllowed"
    assert "kernel" in problem["message"]
    assert words not in problem["message"]
    assert fake_server.seen("POST", "/session/ses_1/prompt_async") == []


@pytest.mark.parametrize("words", [r"a decorator \@error", "anna@var.example", "@errors", "@fig/a.png", "@cell"])
async def test_words_of_a_visitor_that_name_nothing_are_sent(
    client: CommandClient, fake_server: FakeServer, words: str
) -> None:
    await client.does("prompt", instance=client.instance.id, session="ses_1", text=words)
    (sent,) = fake_server.seen("POST", "/session/ses_1/prompt_async")
    assert [part["text"] for part in sent.json()["parts"]] == [words]


async def test_a_visitor_refuses_but_does_not_allow(client: CommandClient, fake_server: FakeServer) -> None:
    ask_permission(fake_server)
    await eventually(lambda: client.instance.pending)
    for reply in ("once", "always", "no such reply", None):
        problem = await client.fails("answer_permission", instance=client.instance.id, request="per_1", reply=reply)
        assert problem["name"] == "NotAllowed"
    assert replies(fake_server) == []
    await client.does("answer_permission", instance=client.instance.id, request="per_1", reply="reject")
    assert replies(fake_server) == [{"reply": "reject"}]


@pytest.mark.parametrize("name", ["answer_permission", "answer_question"])
@pytest.mark.parametrize("request_id", ["per_of_another_folder", ["per_1"], None])
async def test_a_visitor_answers_nothing_that_does_not_wait_here(
    client: CommandClient, name: str, request_id: Any
) -> None:
    data = {"instance": client.instance.id, "request": request_id, "reply": "reject", "answers": None}
    assert (await client.fails(name, **data))["name"] == "NotAllowed"


async def test_a_visitor_talks_and_keeps_sessions(client: CommandClient, fake_server: FakeServer) -> None:
    id = client.instance.id
    made = await client.does("new_session", instance=id)
    agent = [{"kind": "agent", "name": "plan", "start": 0, "end": 5}]
    await client.does("prompt", instance=id, session="ses_1", text="@plan this", mentions=agent)
    await client.does("select_session", instance=id, session="ses_1")
    await client.does("close_session", instance=id, session=made["session"])
    await client.does("export", instance=id, session="ses_1", format="markdown")
    assert fake_server.seen("POST", "/session/ses_1/prompt_async")


async def test_the_page_shows_the_restriction_and_the_authors_python_is_free(fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    oc = OpenCode(url=fake_server.url, backoff=EAGER, restricted=True)
    await oc.ready()
    assert isinstance(oc.comm, RecordingComm)
    page = Page(oc.comm.receive)
    oc.comm.listeners.append(page.receive)
    page.hello()
    await eventually(lambda: page.live)
    (shown,) = page.state["instances"]
    assert (shown["restricted"], shown["commands"]) == (True, [])
    assert not HIDDEN & set(shown["features"])
    id = page.command("shell", instance=shown["id"], session="ses_1", command="id")
    await eventually(lambda: page.reply(id))
    assert page.replies[id][0]["problem"]["name"] == "NotAllowed"
    ask_permission(fake_server)
    await eventually(lambda: oc.pending)
    await oc.pending[0].allow()  # type: ignore[union-attr]
    assert replies(fake_server) == [{"reply": "once"}]
    oc.attach(fake_server.url)
    assert len(oc.instances) == 2
    await oc.close()
