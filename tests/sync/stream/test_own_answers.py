"""A request that was answered by another program is told: in words, in the transcript, and to Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from opencode_widget import Answered, AnsweredBy
from opencode_widget.model.entities import PermissionRequest, Question, QuestionRequest
from opencode_widget.model.requests.foreign_answers import NAME
from opencode_widget.server.endpoints import attached_server
from opencode_widget.sync.stream.own_answers import Answers, _matches

from ...support import shapes
from ...support.command_client import CommandClient
from ...support.runtimes import PATIENT
from ...support.scripts import bash, say, script
from ...support.servers.fake import FakeServer
from ...support.servers.proxy import Proxy
from ...support.servers.real import RealServer
from ...support.v2.fake import FakeServerV2
from ...support.wait import eventually


@pytest_asyncio.fixture
async def client(fake_server: FakeServer) -> AsyncIterator[CommandClient]:
    fake_server.add_session("ses_1")
    client = CommandClient()
    client.instance = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await client.instance.ready()
    await client.instance.sessions[0].load()
    client.instance.sessions[0].show()
    yield client
    await client.manager.close()


def ask(server: FakeServer, id: str, command: str = "ls", **more: Any) -> None:
    server.permissions[id] = {**shapes.permission(id, "ses_1", command), **more}
    server.emit("permission.asked", **server.permissions[id])


async def elsewhere(url: str, path: str, body: Any = None, password: str | None = None, **params: str) -> None:
    """Another program answers."""
    auth = ("opencode", password) if password else None
    async with httpx.AsyncClient(base_url=url, auth=auth, params=params) as client:
        (await client.post(path, json=body)).raise_for_status()


def reported(client: CommandClient) -> list[str]:
    """What stands in the transcripts."""
    messages = [message for session in client.instance.sessions for message in session.messages]
    errors = [message.error for message in messages if message.error is not None]
    return [error.message for error in errors if error.name == NAME]


def alerts(client: CommandClient) -> list[str]:
    return [problem["message"] for problem in client.page.problems]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("once", "Allowed by another program: bash, rm -r data."),
        ("always", "Allowed for good by another program: bash, rm -r data."),
        ("reject", "Rejected by another program: bash, rm -r data."),
    ],
)
async def test_a_permission(client: CommandClient, fake_server: FakeServer, reply: str, words: str) -> None:
    received: list[Answered] = []
    runtime = client.instance._runtime
    runtime.listeners.add(lambda event, changes: received.append(event) if isinstance(event, Answered) else None)
    ask(fake_server, "per_1", "rm -r data")
    await eventually(lambda: client.instance.pending)
    await elsewhere(fake_server.url, "/permission/per_1/reply", {"reply": reply})
    await eventually(lambda: reported(client))
    assert reported(client) == [words]
    assert alerts(client) == [], "the user looks at the transcript, and reads it there"
    assert [(event.request_id, event.outcome, event.answered_by) for event in received] == [
        ("per_1", reply, AnsweredBy.OTHER)
    ]
    assert client.instance.pending == []


async def test_a_permission_that_comes_and_goes_between_two_fetches(
    client: CommandClient, fake_server: FakeServer
) -> None:
    ask(fake_server, "per_1", "rm -r data")
    fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_1", reply="once")
    fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_0", reply="once")
    await eventually(lambda: len(reported(client)) == 2)
    assert reported(client) == [
        "Allowed by another program: bash, rm -r data.",
        "Allowed by another program: a request that was not shown here.",
    ]


async def test_an_alert_where_the_user_looks_at_something_else(client: CommandClient, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_2")
    fake_server.permissions["per_1"] = shapes.permission("per_1", "ses_2", "rm -r data")
    fake_server.emit("permission.asked", **fake_server.permissions["per_1"])
    await eventually(lambda: client.instance.pending)
    await elsewhere(fake_server.url, "/permission/per_1/reply", {"reply": "once"})
    await eventually(lambda: alerts(client))
    assert alerts(client) == ["Allowed by another program: bash, rm -r data."]


async def test_our_answer_is_late_and_the_same(client: CommandClient, fake_server: FakeServer) -> None:
    """The event of the other answer comes while ours is under way; only the refusal of ours tells them apart."""
    ask(fake_server, "per_1")
    asked = await eventually(lambda: next(iter(client.instance.pending), None))
    assert asked.answered_by is None
    fake_server.permissions.pop("per_1")
    fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_1", reply="once")
    await asked.allow()  # type: ignore[union-attr]
    await eventually(lambda: reported(client))
    assert reported(client) == ["Allowed by another program: bash, ls."]
    assert asked.answered_by == "another program"


async def test_our_answer_is_refused_and_no_event_says_why(client: CommandClient, fake_server: FakeServer) -> None:
    ask(fake_server, "per_1")
    asked = await eventually(lambda: next(iter(client.instance.pending), None))
    fake_server.permissions.pop("per_1")
    await asked.allow()  # type: ignore[union-attr]
    assert (asked.waits, asked.answered_by) == (False, "unknown")
    assert reported(client) == ["Settled unseen, not from here: bash, ls."]


async def test_two_answers_of_this_kernel(client: CommandClient, fake_server: FakeServer) -> None:
    ask(fake_server, "per_1")
    asked = await eventually(lambda: next(iter(client.instance.pending), None))
    await asyncio.gather(*(asked.allow() for _ in range(3)))  # type: ignore[union-attr]
    ask(fake_server, "per_2")
    await elsewhere(fake_server.url, "/permission/per_2/reply", {"reply": "once"})
    await eventually(lambda: reported(client))
    assert (len(reported(client)), asked.answered_by) == (1, "kernel")


async def test_two_widgets_of_this_kernel_that_name_the_server_differently(
    client: CommandClient, fake_server: FakeServer
) -> None:
    other = client.manager.add(
        attached_server(fake_server.url.replace("127.0.0.1", "localhost"), None, "opencode", None)
    )
    await other.ready()
    ask(fake_server, "per_1")
    mine = await eventually(lambda: next(iter(client.instance.pending), None))
    theirs = await eventually(lambda: next(iter(other.pending), None))
    await theirs.allow()  # type: ignore[union-attr]
    await eventually(lambda: not mine.waits)
    assert (reported(client), mine.answered_by, theirs.answered_by) == ([], "kernel", "kernel")


async def test_settled_while_the_connection_was_lost(fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    async with Proxy(fake_server.url) as proxy:
        await lose_and_regain(fake_server, proxy)


async def lose_and_regain(fake_server: FakeServer, proxy: Proxy) -> None:
    client = CommandClient()
    client.manager._backoff = PATIENT
    client.instance = client.manager.add(attached_server(proxy.url, None, "opencode", None))
    await client.instance.ready()
    await client.instance.sessions[0].load()
    client.instance.sessions[0].show()
    for number in range(3):
        ask(fake_server, f"per_{number}", f"rm -r data{number}")
    await eventually(lambda: len(client.instance.pending) == 3)
    gone, ours, waits = client.instance.pending
    await client.instance.pending[1].allow()  # type: ignore[union-attr]
    await proxy.refuse()
    await eventually(lambda: client.instance.connection != "connected")
    fake_server.permissions.pop("per_0")
    await proxy.resume()
    await eventually(lambda: not gone.waits)
    assert reported(client) == ["Settled unseen, not from here: bash, rm -r data0."]
    assert [permission.answered_by for permission in (gone, ours, waits)] == ["unknown", "kernel", None]
    await client.manager.close()


async def test_a_question(client: CommandClient, fake_server: FakeServer) -> None:
    for verb, word in (("reply", "Answered"), ("reject", "Dismissed")):
        id = f"que_{verb}"
        asked = [{"question": "Delete it?", "header": "Delete", "options": []}]
        fake_server.questions[id] = {"id": id, "sessionID": "ses_1", "questions": asked}
        fake_server.emit("question.asked", **fake_server.questions[id])
        await eventually(lambda: client.instance.pending)
        await elsewhere(fake_server.url, f"/question/{id}/{verb}", {"answers": [["Yes"]]} if verb == "reply" else None)
        await eventually(lambda: not client.instance.pending)
        await eventually(lambda: reported(client))
        assert reported(client)[-1] == f"{word} by another program: the question 'Delete it?'."


async def test_what_is_answered_here_is_not_reported(client: CommandClient, fake_server: FakeServer) -> None:
    ask(fake_server, "per_1")
    await eventually(lambda: client.instance.pending)
    await client.instance.pending[0].allow()  # type: ignore[union-attr]
    ask(fake_server, "per_2")
    await eventually(lambda: client.instance.pending)
    await client.does("answer_permission", instance=client.instance.id, request="per_2", reply="reject")
    ask(fake_server, "per_3")
    take_back = client.manager.policies.on_permission(lambda asked: "once")
    await eventually(lambda: len(fake_server.seen("POST", "/permission/per_3/reply")) == 1)
    take_back()
    ask(fake_server, "per_last")
    await elsewhere(fake_server.url, "/permission/per_last/reply", {"reply": "once"})
    await eventually(lambda: reported(client))
    assert len(reported(client)) == 1, "the last alone"


async def test_what_the_server_settles_for_our_answer_is_not_reported(
    client: CommandClient, fake_server: FakeServer
) -> None:
    for number, command in enumerate(("git status", "git log", "rm -r data")):
        ask(fake_server, f"per_{number}", command, always=["git *"])
    await eventually(lambda: len(client.instance.pending) == 3)
    await client.instance.pending[0].allow(always=True)  # type: ignore[union-attr]
    fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_1", reply="always")
    await elsewhere(fake_server.url, "/permission/per_2/reply", {"reply": "always"})
    await eventually(lambda: reported(client))
    assert reported(client) == ["Allowed for good by another program: bash, rm -r data."]


async def test_another_program_answers_with_something_else_than_we_do(
    client: CommandClient, fake_server: FakeServer
) -> None:
    ask(fake_server, "per_1")
    await eventually(lambda: client.instance.pending)
    fake_server.permissions.pop("per_1")
    fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_1", reply="always")
    await client.instance.pending[0].reject()  # type: ignore[union-attr]
    await eventually(lambda: reported(client))
    assert reported(client) == ["Allowed for good by another program: bash, ls."]


async def test_in_two() -> None:
    async with FakeServerV2() as fake_two:
        await answer_in_two(fake_two)


async def answer_in_two(fake_two: FakeServerV2) -> None:
    client = CommandClient()
    client.instance = client.manager.add(attached_server(fake_two.url, None, "opencode", None))
    await client.instance.ready()
    session = await client.instance.new_session()
    fake_two.say("permission.asked", session.id, **two_permission(session.id))
    fake_two.say("permission.replied", session.id, requestID="per_1", reply="once")
    await eventually(lambda: reported(client))
    assert reported(client) == ["Allowed by another program: bash, rm -r data."]
    await client.manager.close()


def two_permission(session: str) -> dict[str, Any]:
    return {"id": "per_1", "sessionID": session, "action": "bash", "resources": ["rm -r data"]}


@pytest.fixture
def folder(project: Any) -> str:
    return str(project)


async def test_a_real_agent_that_answers_for_itself_is_reported_and_a_stopped_one_is_not(
    server: RealServer, folder: str
) -> None:
    client = CommandClient()
    client.instance = client.manager.add(attached_server(server.url, folder, "opencode", server.password))
    session = await client.instance.new_session("Answers")
    await session.send(script({"tools": [bash("echo one"), bash("echo two"), bash("pwd")]}, say("Done.")))
    await eventually(lambda: len(client.instance.pending) == 3, within=20)
    first = client.instance.pending[0]
    await elsewhere(server.url, f"/permission/{first.id}/reply", {"reply": "once"}, server.password, directory=folder)
    await eventually(lambda: reported(client))
    await session.abort()
    await eventually(lambda: session.status == "idle")
    await session.send(script({"tools": [bash("echo one"), bash("echo two"), bash("pwd")]}, say("Done.")))
    waiting = [permission for permission in client.instance.pending if permission.waits]
    await eventually(lambda: len(client.instance.pending) > len(waiting) + 2, within=20)
    last = client.instance.pending[-1]
    await last.reject()  # type: ignore[union-attr]
    await eventually(lambda: last.id not in {permission.id for permission in client.instance.pending})
    await eventually(lambda: session.status == "idle", within=20)
    assert len(reported(client)) == 1
    assert reported(client)[0].startswith("Allowed by another program: bash, ")
    await client.manager.close()


# ---- the record -------------------------------------------------------------------------------------------------------


def permission(id: str, session: str = "ses_1", pattern: str = "ls", always: str = "ls *") -> PermissionRequest:
    return PermissionRequest(id, session, "bash", (pattern,), (always,))


@pytest.mark.parametrize(
    ("always", "pattern", "covered"),
    [
        ("git *", "git", True), ("git *", "git log -p", True), ("git *", "gitk", False), ("*", "any\nthing", True), ("a?c", "abc", True),
        ("a?c", "ac", False), ("src/**", "src/a/b.py", True), ("a.b", "axb", False), ("", "ls", False),
    ],
)  # fmt: skip
def test_always_covers_what_opencode_takes_it_to_cover(always: str, pattern: str, covered: bool) -> None:
    answers = Answers()
    answers.give("here", "per_1", "always", [permission("per_1", always=always), permission("per_2", pattern=pattern)])
    assert answers.explains("here", "per_2", "always") is covered
    assert not answers.explains("here", "per_2", "once")
    assert not answers.explains("elsewhere", "per_1", "always")


def test_a_no_is_for_all_of_the_session_and_a_yes_for_one() -> None:
    answers, question = Answers(), QuestionRequest("que_1", "ses_1", (Question("?"),))
    pending = [permission("per_1"), permission("per_2"), permission("per_3", "ses_2"), question]
    answers.give("here", "per_1", "reject", pending)
    answers.give("here", "que_1", "answered", pending)
    ours = [request.id for request in pending if answers.explains("here", request.id, "")]
    assert ours == ["per_1", "per_2", "que_1"]
    answers.give("here", "per_3", "once", pending)
    assert answers.explains("here", "per_3", "once")
    answers.stop("here", pending[2:])
    assert answers.explains("here", "per_3", "reject")
    assert answers.explains("here", "que_1", "dismissed")


def test_answers_are_not_remembered_for_ever() -> None:
    answers = Answers()
    for number in range(20_000):
        answers.give("here", f"per_{number}", "once", ())
    assert not answers.explains("here", "per_0", "once")
    assert answers.explains("here", "per_19999", "once")


def test_a_pattern_of_many_stars_costs_no_more_than_it_is_long() -> None:
    """As a regular expression this would not end."""
    assert not _matches("*a" * 5_000 + "b", "a" * 20_000)
    assert _matches("*a?" * 3 + "*", "xabacada")
    assert _matches("git *", "git")
