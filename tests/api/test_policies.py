"""Policies: functions of the user's that answer requests before the user is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from opencode_widget import Permission, Questions
from opencode_widget.api.policies import Policies
from opencode_widget.server.endpoints import attached_server

from ..support.agent_requests import ask_permission, ask_questions, first_pending, replies
from ..support.command_client import CommandClient
from ..support.scripts import ask, bash, delegate, say, script
from ..support.servers import faults
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


async def test_what_no_policy_answers_waits_for_the_user(client: CommandClient, fake_server: FakeServer) -> None:
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
async def test_a_policy_that_fails_is_reported_and_the_request_stays(
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


# ---- policies that answer themselves, fail or take long ---------------------------------------------------------------


def test_a_policy_is_a_function() -> None:
    with pytest.raises(TypeError, match="A policy is a function, not str"):
        Policies().on_permission("once")  # type: ignore[arg-type]


async def test_a_policy_that_answers_by_itself_has_decided(client: CommandClient, fake_server: FakeServer) -> None:
    async def by_hand(asked: Permission) -> Any:
        await asked.reject("No.")
        return "once"

    client.manager.policies.on_permission(by_hand)
    ask_permission(fake_server)
    await eventually(lambda: replies(fake_server) and not client.instance.pending)
    assert replies(fake_server) == [{"reply": "reject", "message": "No."}]


async def test_a_policy_that_answers_questions_by_itself_has_decided(
    client: CommandClient, fake_server: FakeServer
) -> None:
    async def by_hand(asked: Questions) -> Any:
        await asked.dismiss()
        return ["Yes"]

    client.manager.policies.on_question(by_hand)
    ask_questions(fake_server, "One?")
    await eventually(lambda: fake_server.seen("POST", "/question/que_1/reject") and not client.instance.pending)
    assert fake_server.seen("POST", "/question/que_1/reply") == []


@pytest.mark.parametrize("answers", [None, ["Yes"], [["Yes"]]])
async def test_questions_that_a_policy_leaves_alone_wait_for_the_user_or_the_next_policy(
    client: CommandClient, fake_server: FakeServer, answers: Any
) -> None:
    asked: list[str] = []
    client.manager.policies.on_question(lambda questions: answers)
    client.manager.policies.on_question(lambda questions: asked.append(questions.id))  # type: ignore[arg-type, return-value]
    ask_questions(fake_server, "One?")
    await eventually(lambda: asked and bool(client.instance.pending) is (answers is None))
    sent = [request.json() for request in fake_server.seen("POST", "/question/que_1/reply")]
    assert sent == ([] if answers is None else [{"answers": [["Yes"]]}])


@pytest.mark.parametrize(
    ("answers", "words"),
    [("Yes", "a str that is no list of answers"), ([7], "list of answers"), (["Yes", "No"], "ValueError")],
)
async def test_answers_that_fit_no_question_are_reported_and_the_request_stays(
    client: CommandClient, fake_server: FakeServer, answers: Any, words: str
) -> None:
    client.manager.policies.on_question(lambda questions: answers)
    ask_questions(fake_server, "One?")
    await eventually(lambda: client.page.problems)
    assert words in client.page.problems[0]["message"]
    assert client.instance.pending


async def test_a_server_that_refuses_the_answer_of_a_policy_is_reported(
    client: CommandClient, fake_server: FakeServer
) -> None:
    fake_server.always["/permission/per_1/reply"] = faults.body(b'{"message": "Not today"}', status=400)
    client.manager.policies.on_permission(lambda asked: "once")
    ask_permission(fake_server)
    await eventually(lambda: client.page.problems)
    assert "Not today" in client.page.problems[0]["message"]
    assert client.instance.pending


async def test_a_policy_that_does_not_decide_is_reported_once(client: CommandClient, fake_server: FakeServer) -> None:
    decided = asyncio.Event()
    policies = Policies(patience=0.02)
    policies.watch(client.instance._runtime)

    async def late(asked: Permission) -> Any:
        await decided.wait()
        return "once"

    policies.on_permission(late)
    ask_permission(fake_server)
    await eventually(lambda: client.instance.notices)
    (notice,) = client.instance.notices
    assert notice.startswith("A policy has not decided about <Permission bash: 'ls'> for 0.02 s. Answer the request")
    decided.set()
    await eventually(lambda: not client.instance.pending)
    assert replies(fake_server) == [{"reply": "once"}]


async def test_a_policy_that_is_still_thinking_about_an_answered_request_is_not_reported(
    client: CommandClient, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies, thinking = Policies(patience=1234.5), asyncio.Event()
    policies.watch(client.instance._runtime)
    loop, reminders = asyncio.get_running_loop(), list[Callable[[], object]]()
    call_later = loop.call_later

    def recorded(delay: float, callback: Callable[..., object], *args: Any, **more: Any) -> asyncio.TimerHandle:
        if delay == 1234.5:
            reminders.append(lambda: callback(*args))
        return call_later(delay, callback, *args, **more)

    monkeypatch.setattr(loop, "call_later", recorded)

    async def never(asked: Permission) -> Any:
        thinking.set()
        await asyncio.Event().wait()

    policies.on_permission(never)
    ask_permission(fake_server)
    await thinking.wait()
    await (await first_pending(client)).allow()
    (remind,) = reminders
    remind()
    assert client.instance.notices == ()


async def test_a_closed_instance_is_no_longer_watched(client: CommandClient, fake_server: FakeServer) -> None:
    policies = Policies()
    policies.watch(first := client.instance._runtime)
    second = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await second.ready()
    await client.instance.close()
    policies.watch(second._runtime)
    policies.on_permission(lambda asked: "once")
    assert (first.listeners, len(second._runtime.listeners)) == (set(), 1)
    ask_permission(fake_server)
    await eventually(lambda: replies(fake_server))
