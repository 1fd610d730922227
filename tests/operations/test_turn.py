"""A turn: from the prompt to every end that it can have, through losses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from opencode_widget import errors
from opencode_widget.model.entities import Role
from opencode_widget.operations import replies, turn
from opencode_widget.sync.connection import ConnectionState

from ..support import shapes
from ..support.open_session import OpenSession, open_real, prompt_arrived
from ..support.runtimes import Connect
from ..support.scripts import bash, fail, gate, say, script, think, tokens
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.shapes import Json
from ..support.wait import eventually

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may end 0.1 s after its session is idle."""
    monkeypatch.setattr("opencode_widget.operations.turn.GRACE", 0.1)


# ---- the answer -------------------------------------------------------------------------------------------------------


async def test_ask_returns_the_finished_message(session: OpenSession) -> None:
    reply = await session.ask(script(think("Let me see."), say("Hello **you**")))
    assert reply.text == "Hello **you**"
    assert [part.kind for part in reply.parts if part.kind in ("text", "reasoning")] == ["reasoning", "text"]
    assert (reply.role, reply.error, reply.session_id) == (Role.ASSISTANT, None, session.id)
    assert reply.tokens is not None
    assert reply.cost is not None
    assert [message.role for message in session.messages] == [Role.USER, Role.ASSISTANT]
    assert not session.state.busy


async def test_ask_returns_the_last_message_of_a_turn_with_tools(session: OpenSession) -> None:
    reply = await session.ask(
        script({"tool": "read", "input": {"filePath": "{directory}/README.md"}}, say("It counts sheep."))
    )
    assert reply.text == "It counts sheep."
    tools = [part for message in session.messages for part in message.parts if part.kind == "tool"]
    assert [(tool.tool, str(tool.state)) for tool in tools] == [("read", "completed")]


async def test_an_error_of_the_model_is_raised_and_the_next_prompt_is_answered(session: OpenSession) -> None:
    with pytest.raises(errors.SessionFailed, match="on strike"):
        await session.ask(script(fail(400, "The model is on strike")))
    failed = session.messages[-1].error
    assert failed is not None
    assert "on strike" in failed.message
    assert (await session.ask(script(say("Yes")))).text == "Yes"


async def test_an_aborted_answer_is_returned_as_far_as_it_came(session: OpenSession) -> None:
    asking = asyncio.create_task(session.ask(script(tokens(5), gate("never-opened"))))
    await eventually(lambda: session.messages and "t000005" in session.messages[-1].text, within=20)
    assert session.state.busy
    await session.abort()
    reply = await asking
    assert reply.error is not None
    assert reply.error.name == "MessageAbortedError"
    assert "t000005" in reply.text
    assert not session.state.busy


async def test_a_busy_session_answers_a_second_prompt_after_the_first(session: OpenSession, model: Demo) -> None:
    first = asyncio.create_task(session.ask(script(tokens(2), gate("queue"), say("first"))))
    await eventually(lambda: session.messages and "t000002" in session.messages[-1].text, within=20)
    second = asyncio.create_task(session.ask(script(say("second"))))
    await eventually(lambda: len([message for message in session.messages if message.role is Role.USER]) == 2)
    assert not second.done()
    await model.open("queue")
    assert (await first).text.endswith("first")
    assert (await second).text == "second"


async def test_two_sessions_answer_at_once_without_mixing(session: OpenSession) -> None:
    other = OpenSession(session.runtime, (await session.runtime.new_session("Other")).id)
    answers = await asyncio.gather(
        *(
            item.ask(script(tokens(40, 0.01, prefix=prefix)))
            for item, prefix in zip((session, other), "ab", strict=True)
        )
    )
    assert [set(answer.text.replace(" ", "")) & {"a", "b"} for answer in answers] == [{"a"}, {"b"}]
    assert [len(answer.text.split()) for answer in answers] == [40, 40]


async def test_a_turn_waits_for_a_permission(session: OpenSession) -> None:
    asking = asyncio.create_task(session.ask(script(bash("echo done"), say("Ran."))))
    requests = session.runtime.state.requests
    await eventually(lambda: requests, within=20)
    await replies.answer_permission(session.runtime, next(iter(requests)), "once")
    assert (await asking).text == "Ran."


async def test_an_answer_to_an_earlier_prompt_does_not_end_the_turn(fake: OpenSession, fake_server: FakeServer) -> None:
    """A server may confirm a prompt before its event for it comes."""
    fake_server.put_message(shapes.user("msg_1", "ses_1", at=1))
    fake_server.answer("ses_1", "Earlier")
    await eventually(lambda: fake.texts[-1:] == ["Earlier"] and not fake.state.busy)
    with turn.Turn(fake.runtime, fake.id) as following:
        following.prompt = "msg_2"
        ending = asyncio.create_task(following.end())
        await asyncio.sleep(0)
        assert not ending.done()
        fake_server.put_message(shapes.user("msg_2", "ses_1", at=3))
        fake_server.answer("ses_1", "Later")
        assert (await ending).text == "Later"


# ---- a caller who stops waiting ---------------------------------------------------------------------------------------


async def test_a_timeout_is_ours_and_pythons_and_leaves_the_turn_alone(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    with pytest.raises(errors.AnswerTimeout, match=r"within 0\.2 s.*session\.abort\(\) stops it") as raised:
        await fake.ask("Hello?", timeout=0.2)
    assert isinstance(raised.value, TimeoutError)
    assert fake_server.messages["ses_1"]
    assert not fake_server.seen("POST", "/session/ses_1/abort")
    assert (fake.runtime.listeners, fake.runtime.history.pinned) == (set(), {})


async def test_a_cancelled_ask_leaves_the_turn_alone(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    fake_server.set_status("ses_1", "busy")
    await eventually(lambda: fake.state.busy)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert fake.state.busy
    assert not fake_server.seen("POST", "/session/ses_1/abort")


async def test_a_prompt_that_is_being_sent_is_not_taken_back_by_a_cancelled_ask(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    path = "/session/ses_1/prompt_async"
    fake_server.faults[path] = [faults.slow(0.2)]
    asking = asyncio.create_task(fake.ask("Hello?"))
    await eventually(lambda: fake_server.seen("POST", path))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await prompt_arrived(fake_server)
    await eventually(lambda: fake.texts == ["Hello?"])


async def test_two_turns_of_one_session_keep_its_messages_until_the_last_ends(fake: OpenSession) -> None:
    pinned = fake.runtime.history.pinned
    with turn.Turn(fake.runtime, fake.id):
        with turn.Turn(fake.runtime, fake.id):
            assert pinned == {fake.id: 2}
        assert pinned == {fake.id: 1}
    assert pinned == {}


# ---- ends that are no answers -----------------------------------------------------------------------------------------


async def test_a_session_that_is_deleted_meanwhile_ends_the_turn(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    info = fake_server.sessions.pop("ses_1")
    fake_server.emit("session.deleted", durable=True, sessionID="ses_1", info=info)
    with pytest.raises(errors.SessionFailed, match="deleted"):
        await asking


async def test_an_instance_that_is_closed_meanwhile_ends_the_turn(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    await eventually(lambda: fake.texts == ["Hello?"])
    closing = asyncio.create_task(fake.runtime.close())
    with pytest.raises(errors.Closed):
        await asking
    await closing
    with pytest.raises(errors.Closed):
        await fake.ask("Hello?")


async def test_a_server_that_is_given_up_ends_the_turn(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    await fake_server.stop()
    with pytest.raises(errors.ConnectionFailed):
        await asking


@pytest.mark.usefixtures("impatient")
async def test_a_turn_without_an_answer_is_a_failure(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    with pytest.raises(errors.SessionFailed, match="without an answer"):
        await asking


@pytest.mark.usefixtures("impatient")
async def test_an_error_of_the_session_alone_is_the_failure(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    fake_server.emit(
        "session.error", sessionID="ses_1", error={"name": "ProviderAuthError", "data": {"message": "No key"}}
    )
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    with pytest.raises(errors.SessionFailed, match="ProviderAuthError: No key"):
        await asking


STRIKE = {"name": "APIError", "data": {"message": "The model is on strike"}}
NO_FOLDER = {"name": "PlatformError", "data": {"message": "NotFound: /srv/nowhere"}}


@dataclass(frozen=True)
class Ending:
    """How a turn ends without an answer: what the session reports, and what the answer states. `match`: what the error must say."""

    match: str
    reported: Json | None = None
    stated: Json = field(default_factory=dict)
    parts: tuple[Json, ...] = ()


ENDINGS = {
    "a report alone, and an answer that was cut off": Ending("PlatformError: NotFound", NO_FOLDER),
    "a report alone, and an answer that has an end": Ending("NotFound", NO_FOLDER, {"completed": True}),
    "an error of the answer": Ending("APIError: The model is on strike", stated={"error": STRIKE, "completed": True}),
    "both": Ending("on strike", NO_FOLDER, {"error": STRIKE, "completed": True}),
    "blank words": Ending("on strike", STRIKE, parts=({"type": "text", "text": " \n"},)),
    "words for the model alone": Ending("on strike", STRIKE, parts=({"type": "text", "text": "x", "synthetic": True},)),
    "a step that began": Ending("on strike", STRIKE, parts=({"type": "step-start"},)),
    "a tool, and then an error": Ending(
        "on strike",
        stated={"error": STRIKE, "completed": True},
        parts=(
            {"type": "tool", "tool": "read", "callID": "c", "state": {"status": "error", "input": {}, "error": "x"}},
        ),
    ),
    "a stop": Ending(
        "stopped before there was an answer.*Send the prompt again",
        stated={"error": {"name": "MessageAbortedError", "data": {"message": "Aborted"}}, "completed": True},
    ),
    "an empty answer without a reason": Ending("ended without an answer", stated={"completed": True}),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
async def test_a_turn_that_says_nothing_raises_with_its_reason(
    fake: OpenSession, fake_server: FakeServer, ending: Ending
) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    info = shapes.assistant("msg_a", "ses_1", fake_server.messages["ses_1"][0]["info"]["id"], at=5)
    stated = dict(ending.stated)
    if stated.pop("completed", False):
        info["time"]["completed"] = shapes.NOW + 9
    fake_server.set_status("ses_1", "busy")
    fake_server.put_message({**info, **stated})
    for number, part in enumerate(ending.parts):
        fake_server.put_part({**part, "id": f"prt_{number}", "messageID": "msg_a", "sessionID": "ses_1"})
    if ending.reported is not None:
        fake_server.emit("session.error", sessionID="ses_1", error=ending.reported)
    fake_server.set_status("ses_1", "idle")
    with pytest.raises(errors.SessionFailed, match=ending.match):
        await asking


@pytest.mark.usefixtures("impatient")
async def test_the_reason_of_an_earlier_turn_is_not_that_of_this_one(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    fake_server.put_message(shapes.user("msg_0", "ses_1", at=-9))
    fake_server.emit("session.error", sessionID="ses_1", error=STRIKE)
    await eventually(lambda: len(fake.messages) == 2)
    fake_server.messages["ses_1"].clear()
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    with pytest.raises(errors.SessionFailed, match="ended without an answer") as raised:
        await asking
    assert "strike" not in str(raised.value)


async def test_an_answer_in_tools_alone_is_one(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    info = shapes.assistant("msg_a", "ses_1", fake_server.messages["ses_1"][0]["info"]["id"], at=5)
    state = {"status": "completed", "input": {}, "output": "12 files", "title": "", "time": {"start": 1, "end": 2}}
    tool = {"type": "tool", "tool": "glob", "callID": "c", "state": state}
    fake_server.set_status("ses_1", "busy")
    fake_server.put_message({**info, "time": {**info["time"], "completed": shapes.NOW + 9}})
    fake_server.put_part({**tool, "id": "prt_a", "messageID": "msg_a", "sessionID": "ses_1"})
    fake_server.set_status("ses_1", "idle")
    assert [part.output for part in (await asking).parts] == ["12 files"]


@pytest.mark.usefixtures("impatient")
async def test_an_instance_that_is_closed_while_the_end_is_looked_for_ends_the_turn(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    seen = len(fake_server.seen("GET", "/session/ses_1/message"))
    fake_server.always["/session/ses_1/message"] = faults.never_answer
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    await eventually(lambda: len(fake_server.seen("GET", "/session/ses_1/message")) > seen)
    await fake.runtime.close()
    with pytest.raises(errors.Closed):
        await asking


# ---- events that come late, or not at all -----------------------------------------------------------------------------


async def test_an_idle_session_whose_answer_has_no_end_has_not_ended_its_turn(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    info = shapes.assistant("msg_a", "ses_1", fake_server.messages["ses_1"][0]["info"]["id"], at=5)
    fake_server.set_status("ses_1", "busy")
    fake_server.put_message(info)
    fake_server.set_status("ses_1", "idle")
    await eventually(lambda: len(fake.messages) == 2 and not fake.state.busy)
    assert not asking.done()
    fake_server.put_part(shapes.text("prt_a", "msg_a", "ses_1", "Late, but whole"))
    fake_server.put_message({**info, "time": {**info["time"], "completed": shapes.NOW + 9}})
    assert (await asking).text == "Late, but whole"


async def test_a_session_that_is_busy_again_goes_on_with_its_turn(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    asked = fake_server.messages["ses_1"][0]["info"]["id"]
    fake_server.set_status("ses_1", "busy")
    fake_server.put_message(shapes.assistant("msg_a", "ses_1", asked, at=5))
    fake_server.set_status("ses_1", "idle")
    await eventually(lambda: len(fake.messages) == 2 and not fake.state.busy)
    fake_server.set_status("ses_1", "busy")
    await eventually(lambda: fake.state.busy)
    done = {"created": shapes.NOW + 6, "completed": shapes.NOW + 9}
    fake_server.put_message({**shapes.assistant("msg_b", "ses_1", asked), "time": done})
    fake_server.put_part(shapes.text("prt_b", "msg_b", "ses_1", "The end"))
    await eventually(lambda: fake.texts[-1:] == ["The end"])
    assert not asking.done()
    fake_server.set_status("ses_1", "idle")
    assert (await asking).text == "The end"


@pytest.mark.usefixtures("impatient")
async def test_messages_that_cannot_be_fetched_again_leave_the_answer_as_far_as_it_came(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    asked = fake_server.messages["ses_1"][0]["info"]["id"]
    fake_server.always["/session/ses_1/message"] = faults.body(b"{}", status=500)
    fake_server.set_status("ses_1", "busy")
    fake_server.put_message(shapes.assistant("msg_a", "ses_1", asked, at=5))
    fake_server.put_part(shapes.text("prt_a", "msg_a", "ses_1", "So far"))
    fake_server.set_status("ses_1", "idle")
    assert (await asking).text == "So far"


@pytest.mark.usefixtures("impatient")
async def test_a_turn_whose_beginning_was_lost_goes_on_to_its_end(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    asked = fake_server.messages["ses_1"][0]["info"]["id"]
    # The server is at work, and the event that said so was lost.
    fake_server.statuses["ses_1"] = {"type": "busy"}
    info = shapes.assistant("msg_a", "ses_1", asked, at=5)
    fake_server.put_message(info)
    fake_server.emit("session.status", sessionID="ses_1", status={"type": "idle"})  # of the turn before
    await eventually(lambda: fake.state.busy, within=10)
    assert not asking.done()
    fake_server.put_part(shapes.text("prt_a", "msg_a", "ses_1", "Whole"))
    fake_server.put_message({**info, "time": {**info["time"], "completed": shapes.NOW + 9}})
    fake_server.set_status("ses_1", "idle")
    assert (await asking).text == "Whole"


@pytest.mark.usefixtures("impatient")
async def test_an_end_without_an_event_is_found_by_fetching(fake: OpenSession, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await prompt_arrived(fake_server)
    asked = fake_server.messages["ses_1"][0]["info"]["id"]
    info = shapes.assistant("msg_a", "ses_1", asked, at=5, finish="stop")
    info["time"]["completed"] = shapes.NOW + 9
    part = shapes.text("prt_a", "msg_a", "ses_1", "Nobody was told")
    fake_server.messages["ses_1"].append({"info": info, "parts": [part]})
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    assert (await asking).text == "Nobody was told"


async def test_an_answer_is_whole_although_the_connection_was_lost_in_the_middle(
    server: RealServer, proxy: Proxy, connect: Connect, folder: str, model: Demo
) -> None:
    session = await open_real(server, connect, folder, proxy.url)
    asking = asyncio.create_task(session.ask(script(tokens(20, 0.01), gate("ask-lossy"), tokens(20, 0.01, prefix="u"))))
    await eventually(lambda: session.messages and "t000005" in session.messages[-1].text, within=20)
    await proxy.refuse()
    await eventually(lambda: session.runtime.connection.state is ConnectionState.RECONNECTING)
    await model.open("ask-lossy")
    await proxy.resume()
    async with asyncio.timeout(30):
        reply = await asking
    assert reply.text.split() == [f"t{n:06d}" for n in range(1, 21)] + [f"u{n:06d}" for n in range(1, 21)]
