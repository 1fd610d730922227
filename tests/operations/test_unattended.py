"""A turn that waits for an answer, and nobody can see that: it is reported once, and the caller's choice decides."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.operations import long_calls
from opencode_widget.operations.turn import unattended

from ..support import shapes
from ..support.open_session import OpenSession, prompt_arrived
from ..support.scripts import ask as ask_user
from ..support.scripts import bash, say, script
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.wait import eventually

pytestmark = pytest.mark.timeout(60)

PERMISSION = {"permission": "bash", "patterns": ["rm -r build"], "metadata": {}, "always": []}
QUESTION = {"questions": [{"question": "Which colour?", "header": "Colour", "options": []}]}


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unattended, "UNSEEN", 0.05)
    monkeypatch.setattr(unattended, "SILENT", 0.2)
    monkeypatch.setattr("opencode_widget.operations.turn.GRACE", 0.1)


async def begin(fake: OpenSession, server: FakeServer, **more: Any) -> asyncio.Task[Any]:
    """A turn that runs."""
    asking = asyncio.create_task(fake.ask("Hello?", **more))
    await prompt_arrived(server)
    server.set_status("ses_1", "busy")
    return asking


def permission(server: FakeServer, id: str = "per_1", session: str = "ses_1") -> None:
    server.permissions[id] = {"id": id, "sessionID": session, **PERMISSION}
    server.emit("permission.asked", **server.permissions[id])


def question(server: FakeServer, id: str = "que_1") -> None:
    server.questions[id] = {"id": id, "sessionID": "ses_1", **QUESTION}
    server.emit("question.asked", **server.questions[id])


def reports(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "nobody can see" in record.getMessage()]


async def finish(server: FakeServer, asking: asyncio.Task[Any]) -> None:
    server.answer("ses_1", "Done.")
    assert (await asking).text == "Done."


async def test_it_is_reported_once_with_the_ways_to_answer(
    fake: OpenSession, fake_server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    asking = await begin(fake, fake_server)
    permission(fake_server)
    question(fake_server)
    await eventually(lambda: reports(caplog))
    await asyncio.sleep(0.3)
    (report,) = reports(caplog)
    for way in ("oc.on_permission", "session.pending", "another view", "unattended="):
        assert way in report
    (notice,) = [notice for notice in fake.runtime.notices if notice.name == "Unattended"]
    assert "bash: rm -r build" in notice.message or "Which colour?" in notice.message
    assert not asking.done(), "it waits on"
    fake_server.permissions.clear()
    fake_server.questions.clear()
    await finish(fake_server, asking)


async def test_what_nobody_sees_is_rejected_if_the_caller_wants_it(
    fake: OpenSession, fake_server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    asking = await begin(fake, fake_server, unattended="reject")
    permission(fake_server)
    await eventually(lambda: fake_server.seen("POST", "/permission/per_1/reply"))
    (sent,) = fake_server.seen("POST", "/permission/per_1/reply")
    assert sent.json()["reply"] == "reject"
    assert "Nobody is here" in sent.json()["message"]
    question(fake_server)
    await eventually(lambda: fake_server.seen("POST", "/question/que_1/reject"))
    assert len(reports(caplog)) == 1
    await finish(fake_server, asking)


@pytest.mark.parametrize(("asks", "words"), [(permission, "bash: rm -r build"), (question, "Which colour?")])
async def test_the_wait_ends_if_the_caller_wants_it(
    fake: OpenSession, fake_server: FakeServer, asks: Any, words: str
) -> None:
    asking = await begin(fake, fake_server, unattended="raise")
    asks(fake_server)
    with pytest.raises(errors.NobodyAnswers, match=words) as caught:
        await asking
    assert "on_permission" in caught.value.remedy
    assert fake.state.busy, "the turn waits on"
    assert not [request for request in fake_server.requests if request.path.endswith(("/reply", "/reject"))]
    assert (fake.runtime.listeners, fake.runtime.history.pinned) == (set(), {})


async def test_the_request_of_a_sub_agent_counts(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_2", parent="ses_1")
    asking = await begin(fake, fake_server, unattended="raise")
    permission(fake_server, session="ses_2")
    with pytest.raises(errors.NobodyAnswers):
        await asking


async def test_the_request_of_another_session_does_not(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_2")
    asking = await begin(fake, fake_server, unattended="raise")
    permission(fake_server, session="ses_2")
    await asyncio.sleep(0.3)
    await finish(fake_server, asking)


async def test_a_request_that_waited_before_the_prompt_counts(fake: OpenSession, fake_server: FakeServer) -> None:
    permission(fake_server)
    await eventually(lambda: fake.runtime.state.requests)
    asking = await begin(fake, fake_server, unattended="raise")
    with pytest.raises(errors.NobodyAnswers):
        await asking


async def test_an_open_page_that_is_heard_is_somebody(
    fake: OpenSession, fake_server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()
    fake.runtime.last_heard = loop.time
    asking = await begin(fake, fake_server, unattended="raise")
    permission(fake_server)
    await asyncio.sleep(0.6)
    assert not asking.done()
    fake.runtime.last_heard = lambda: 0.0  # the cell blocks it: nothing of it arrives any more
    with pytest.raises(errors.NobodyAnswers):
        await asking


async def test_the_pages_are_asked_for_a_sign_of_life(fake: OpenSession, fake_server: FakeServer) -> None:
    heard = [0.0]
    fake.runtime.last_heard = lambda: heard[0]  # a tab in the background, whose timers the browser holds up
    fake.runtime.ping_pages = lambda: heard.__setitem__(0, asyncio.get_running_loop().time())
    asking = await begin(fake, fake_server, unattended="reject")
    permission(fake_server)
    await asyncio.sleep(0.6)
    assert not fake_server.seen("POST", "/permission/per_1/reply")
    fake_server.permissions.clear()
    await finish(fake_server, asking)


CALLS = {
    "command": lambda fake: long_calls.command(fake.id, "review"),
    "shell": lambda fake: long_calls.shell(fake.runtime, fake.id, "ls"),
    "summarize": lambda fake: long_calls.compact(fake.runtime, fake.id, "p/m"),
    "init": lambda fake: long_calls.init(fake.runtime, fake.id, "p/m"),
}


@pytest.mark.parametrize("call", CALLS)
async def test_calls_that_last_as_long_as_a_turn_have_the_choice_too(
    fake: OpenSession, fake_server: FakeServer, call: str
) -> None:
    path, answered = f"/session/ses_1/{call}", asyncio.Event()
    fake_server.always[path] = when(answered, faults.body(b"true"))
    calling = asyncio.create_task(long_calls.finish(fake.runtime, fake.id, CALLS[call](fake), "raise"))
    await eventually(lambda: fake_server.seen("POST", path))
    permission(fake_server)
    with pytest.raises(errors.NobodyAnswers, match="bash: rm -r build"):
        await calling
    answered.set()  # it goes on meanwhile, and its end is nobody's concern
    await eventually(lambda: fake.runtime.listeners == set() and not fake.runtime.history.pinned)


async def test_a_call_goes_on_without_what_was_rejected(fake: OpenSession, fake_server: FakeServer) -> None:
    answered = asyncio.Event()
    fake_server.put_message(shapes.user("msg_1", "ses_1", at=1))
    fake_server.always["/session/ses_1/command"] = when(answered, faults.body(b"true"))
    call = long_calls.command(fake.id, "review")
    calling = asyncio.create_task(long_calls.finish(fake.runtime, fake.id, call, "reject"))
    await eventually(lambda: fake_server.seen("POST", "/session/ses_1/command"))
    permission(fake_server)
    await eventually(lambda: fake_server.seen("POST", "/permission/per_1/reply"))
    answered.set()
    last = await calling
    assert last is not None
    assert last.id == "msg_1"


def when(event: asyncio.Event, fault: faults.Fault) -> faults.Fault:
    """A fault that waits for an event first."""

    async def answer(exchange: Exchange, normal: Any) -> None:
        await event.wait()
        await fault(exchange, normal)

    return answer


async def test_a_policy_that_decides_is_somebody(fake: OpenSession, fake_server: FakeServer) -> None:
    fake.runtime.deciding.add("per_1")
    asking = await begin(fake, fake_server, unattended="raise")
    permission(fake_server)
    await asyncio.sleep(0.3)
    assert not asking.done()
    fake.runtime.deciding.clear()  # it left the request to the user
    with pytest.raises(errors.NobodyAnswers):
        await asking


async def test_a_request_that_is_answered_in_time_is_no_concern(
    fake: OpenSession, fake_server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    asking = await begin(fake, fake_server, unattended="raise")
    permission(fake_server)
    fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_1", reply="once")
    await asyncio.sleep(0.3)
    await finish(fake_server, asking)
    assert reports(caplog) == []


@pytest.mark.parametrize("wrong", ["", "Reject", None, 7])
def test_a_choice_that_there_is_not_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="'reject', 'raise', 'wait'"):
        unattended.checked(wrong)


async def test_a_real_agent_goes_on_without_what_was_rejected(
    session: OpenSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    reply = await session.ask(script(bash("echo sheep"), say("Without it.")), unattended="reject")
    assert reply.text == "Without it."
    assert any("Nobody is here" in part.output or part.state == "error" for m in session.messages for part in m.parts)
    with pytest.raises(errors.NobodyAnswers, match="How many"):
        await session.ask(script(ask_user("How many?", "One", "Two"), say("So.")), unattended="raise")
    await session.abort()
