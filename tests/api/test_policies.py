"""Policies: functions of the user's that answer requests before the user is asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from opencode_widget import Permission
from opencode_widget.server.endpoints import attached_server

from ..support.agent_requests import ask_permission, ask_questions, first_pending, replies
from ..support.command_client import CommandClient
from ..support.scripts import ask, bash, delegate, say, script
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually


@pytest.mark.parametrize(
    ("verdict", "reply"),
    [
        ("once", {"reply": "once"}),
        ("always", {"reply": "always"}),
        ("reject", {"reply": "reject"}),
        (("reject", "No."), {"reply": "reject", "message": "No."}),
    ],
)
async def test_a_policy_answers(client: CommandClient, fake_server: FakeServer, verdict: Any, reply: Any) -> None:
    client.manager.policies.on_permission(lambda asked: verdict)
    ask_permission(fake_server)
    await eventually(lambda: replies(fake_server))
    assert replies(fake_server) == [reply]


async def test_a_policy_may_take_its_time_and_is_asked_about_what_waits_already(
    client: CommandClient, fake_server: FakeServer
) -> None:
    ask_permission(fake_server)
    await first_pending(client)

    async def slowly(asked: Permission) -> Any:
        await asyncio.sleep(0.01)
        return "once" if asked.patterns == ("ls",) else None

    client.manager.policies.on_permission(slowly)
    await eventually(lambda: replies(fake_server))


async def test_what_no_policy_answers_waits_for_the_person(client: CommandClient, fake_server: FakeServer) -> None:
    asked: list[str] = []
    client.manager.policies.on_permission(lambda permission: asked.append("older"))
    client.manager.policies.on_permission(lambda permission: asked.append("newer"))
    ask_permission(fake_server)
    await eventually(lambda: len(asked) == 2)
    assert asked == ["newer", "older"]
    assert client.instance.pending
    assert replies(fake_server) == []


async def test_a_policy_that_is_taken_back_is_not_asked(client: CommandClient, fake_server: FakeServer) -> None:
    take_back = client.manager.policies.on_permission(lambda asked: "once")
    take_back()
    take_back()
    ask_permission(fake_server)
    await first_pending(client)
    await eventually(lambda: client.page.state["requests"].get(client.instance.id))
    assert replies(fake_server) == []


@pytest.mark.parametrize("policy", [lambda asked: 1 / 0, lambda asked: "maybe", lambda asked: ("once", "x")])
async def test_a_policy_that_fails_is_told_and_the_request_stays(
    client: CommandClient, fake_server: FakeServer, policy: Any
) -> None:
    client.manager.policies.on_permission(policy)
    ask_permission(fake_server)
    await eventually(lambda: client.page.problems)
    (problem,) = client.page.problems
    assert (problem["name"], problem["remedy"]) == ("PolicyFailed", "Answer the request yourself.")
    assert client.instance.pending
    assert replies(fake_server) == []


async def test_a_policy_answers_questions(client: CommandClient, fake_server: FakeServer) -> None:
    client.manager.policies.on_question(lambda asked: None if len(asked.questions) > 1 else ["Yes"])
    ask_questions(fake_server, "One?")
    await eventually(lambda: fake_server.seen("POST", "/question/que_1/reply"))


async def test_an_answered_request_is_asked_about_once(client: CommandClient, fake_server: FakeServer) -> None:
    asked: list[str] = []
    client.manager.policies.on_permission(lambda permission: asked.append(permission.id))
    ask_permission(fake_server)
    await eventually(lambda: asked)
    fake_server.rename("ses_1", "Another event")
    await eventually(lambda: client.instance.session("ses_1").title == "Another event")
    assert asked == ["per_1"]


# ---- a real server ----------------------------------------------------------------------------------------------------


async def test_policies_answer_for_a_sub_agent_too(server: RealServer, folder: str) -> None:
    client = CommandClient()
    client.instance = client.manager.add(attached_server(server.url, folder, "opencode", server.password))
    seen: list[tuple[str, str | None]] = []

    def policy(asked: Permission) -> str:
        seen.append((asked.patterns[0], asked.session.parent))
        return "once"

    client.manager.policies.on_permission(policy)  # type: ignore[arg-type]
    client.manager.policies.on_question(lambda asked: ["Red"])
    session = await client.instance.new_session("Policies")
    inner = script(bash("echo below"), say("Below."))
    reply = await session.ask(
        script(bash("echo above"), delegate(inner), ask("Which?", "Red", "Blue"), say("Done.")), timeout=50
    )
    assert reply.text == "Done."
    assert seen == [("echo above", None), ("echo below", session.id)]
    await client.manager.close()
