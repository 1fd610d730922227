"""Prompts that wait in this kernel: sent one after the other, and kept where a turn fails or is stopped."""

from __future__ import annotations

import pytest

from opencode_widget import errors
from opencode_widget.demo import Demo
from opencode_widget.model.state import MessageState
from opencode_widget.operations.prompts import queue
from opencode_widget.server.api import Attachment, Mention, PromptOptions

from ..support import shapes
from ..support.open_session import OpenSession
from ..support.scripts import fail, gate, say, script, tokens
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

pytestmark = pytest.mark.timeout(90)

PATH = "/session/ses_1/prompt_async"


@pytest.fixture(autouse=True)
def quick_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opencode_widget.operations.turn.GRACE", 0.3)
    monkeypatch.setattr(queue, "GRACE", 0.3)


def busy(fake: OpenSession, server: FakeServer) -> None:
    """A turn that runs."""
    server.put_message(shapes.user("msg_0", "ses_1", at=1))
    server.set_status("ses_1", "busy")


def texts(fake: OpenSession) -> list[str]:
    return [prompt.text for prompt in fake.state.queue.prompts]


def sent(server: FakeServer) -> list[str]:
    return [request.json()["parts"][0]["text"] for request in server.seen("POST", PATH)]


async def working(fake: OpenSession, server: FakeServer, *prompts: str) -> list[str]:
    """A turn that runs, and prompts that wait for its end."""
    busy(fake, server)
    await eventually(lambda: fake.state.has_turn)
    return [queue.add(fake.runtime, fake.id, text) for text in prompts]


async def test_they_go_one_after_the_other_when_the_turn_before_has_ended(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    await working(fake, fake_server, "one", "two")
    assert texts(fake) == ["one", "two"]
    assert sent(fake_server) == []
    fake_server.answer("ses_1", "Zero.")
    await eventually(lambda: sent(fake_server) == ["one"] and texts(fake) == ["two"])
    fake_server.answer("ses_1", "One.")
    await eventually(lambda: sent(fake_server) == ["one", "two"])
    fake_server.answer("ses_1", "Two.")
    await eventually(lambda: not fake.runtime.queues and not texts(fake))


async def test_in_a_session_at_rest_a_prompt_goes_at_once(fake: OpenSession, fake_server: FakeServer) -> None:
    queue.add(fake.runtime, fake.id, "now")
    await eventually(lambda: sent(fake_server) == ["now"] and not texts(fake))


async def test_it_waits_for_a_turn_that_is_about_to_begin(fake: OpenSession, fake_server: FakeServer) -> None:
    await fake.send("first")
    queue.add(fake.runtime, fake.id, "second")
    await eventually(lambda: fake.messages and not fake.messages[-1].local)
    assert sent(fake_server) == ["first"]
    fake_server.answer("ses_1", "First.")
    await eventually(lambda: sent(fake_server) == ["first", "second"])


async def test_a_prompt_that_waits_is_edited_moved_and_removed(fake: OpenSession, fake_server: FakeServer) -> None:
    one, two, three = await working(fake, fake_server, "one", "two", "three")
    queue.edit(fake.runtime, fake.id, two, "the second")
    queue.move(fake.runtime, fake.id, three, 0)
    assert texts(fake) == ["three", "one", "the second"]
    queue.move(fake.runtime, fake.id, three, 99)
    queue.remove(fake.runtime, fake.id, one)
    assert texts(fake) == ["the second", "three"]
    for call in (queue.remove, lambda *args: queue.edit(*args, "x"), lambda *args: queue.move(*args, 0)):
        with pytest.raises(errors.NotFound, match="no longer waits"):
            call(fake.runtime, fake.id, one)
    with pytest.raises(errors.NotFound):
        await queue.send_now(fake.runtime, fake.id, one)


async def test_files_and_mentions_wait_with_their_prompt(fake: OpenSession, fake_server: FakeServer) -> None:
    busy(fake, fake_server)
    await eventually(lambda: fake.state.has_turn)
    mentions = (Mention("file", "a.py", 4, 9), Mention("file", "b.py", 10, 15))
    files = (Attachment("text/csv", "t.csv", "data:text/csv,x"),)
    id = queue.add(
        fake.runtime, fake.id, "see @a.py @b.py", PromptOptions(agent="plan", files=files, mentions=mentions)
    )
    queue.edit(fake.runtime, fake.id, id, "please look at @b.py")
    assert fake.state.queue.prompts[0].files == ("t.csv",)
    fake_server.answer("ses_1", "Zero.")
    await eventually(lambda: fake_server.seen("POST", PATH))
    body = fake_server.seen("POST", PATH)[0].json()
    assert body["agent"] == "plan"
    assert [part.get("filename") for part in body["parts"]] == [None, "t.csv", "b.py"]
    assert body["parts"][2]["source"]["text"] == {"value": "@b.py", "start": 15, "end": 20}


async def test_a_prompt_is_sent_during_a_turn_if_the_user_wants_it(fake: OpenSession, fake_server: FakeServer) -> None:
    _, two = await working(fake, fake_server, "one", "two")
    await queue.send_now(fake.runtime, fake.id, two)
    assert sent(fake_server) == ["two"]
    assert texts(fake) == ["one"]


async def test_a_stop_keeps_them_until_one_is_sent(fake: OpenSession, fake_server: FakeServer) -> None:
    _, two = await working(fake, fake_server, "one", "two")
    fake_server.always["/session/ses_1/abort"] = faults.body(b"true")
    await fake.abort()
    fake_server.set_status("ses_1", "idle")
    await eventually(lambda: not fake.state.has_turn)
    assert fake.state.queue.stopped == "The turn was stopped."
    assert (texts(fake), sent(fake_server)) == (["one", "two"], [])
    await queue.send_now(fake.runtime, fake.id, two)
    await eventually(lambda: sent(fake_server) == ["two"])
    assert fake.state.queue.stopped == ""
    fake_server.answer("ses_1", "Two.")
    await eventually(lambda: sent(fake_server) == ["two", "one"])


async def test_a_prompt_that_the_server_refuses_stays_first(fake: OpenSession, fake_server: FakeServer) -> None:
    await working(fake, fake_server, "one", "two")
    fake_server.always[PATH] = faults.body(b'{"message": "No such agent"}', status=400)
    fake_server.answer("ses_1", "Zero.")
    await eventually(lambda: "No such agent" in fake.state.queue.stopped)
    assert texts(fake) == ["one", "two"]
    queue.remove(fake.runtime, fake.id, fake.state.queue.prompts[0].id)
    queue.remove(fake.runtime, fake.id, fake.state.queue.prompts[0].id)
    await eventually(lambda: not fake.runtime.queues)
    assert fake.state.queue.stopped == ""


async def test_a_refusal_during_a_turn_leaves_the_prompt_in_the_queue(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    (one,) = await working(fake, fake_server, "one")
    fake_server.always[PATH] = faults.body(b'{"message": "No such agent"}', status=400)
    with pytest.raises(errors.RequestFailed, match="No such agent"):
        await queue.send_now(fake.runtime, fake.id, one)
    assert texts(fake) == ["one"]


async def test_there_is_a_most_and_a_deleted_session_has_none(fake: OpenSession, fake_server: FakeServer) -> None:
    await working(fake, fake_server, *["x"] * queue.MOST)
    with pytest.raises(errors.RequestFailed, match="100 prompts wait"):
        queue.add(fake.runtime, fake.id, "one more")
    fake_server.emit("session.deleted", sessionID="ses_1", info=fake_server.sessions["ses_1"])
    await eventually(lambda: not fake.runtime.queues)
    assert sent(fake_server) == []


async def test_a_real_server_answers_them_in_order_and_a_failure_stops_the_rest(
    session: OpenSession, model: Demo
) -> None:
    await session.send(script(say("Zero.")))
    for text in (script(say("One.")), script(fail(402, "Out of money")), script(say("Three."))):
        queue.add(session.runtime, session.id, text)
    await eventually(lambda: session.state.queue.stopped, within=40)
    assert "Out of money" in session.state.queue.stopped
    assert texts(session) == [script(say("Three."))]
    answers = [message.text for message in session.messages if message.role == "assistant"]
    assert answers[:2] == ["Zero.", "One."]
    await queue.send_now(session.runtime, session.id, session.state.queue.prompts[0].id)
    await eventually(lambda: session.texts[-1] == "Three.", within=20)


async def test_a_real_turn_that_is_stopped_keeps_them(session: OpenSession, model: Demo) -> None:
    await session.send(script(tokens(3), gate("never-opened")))
    await eventually(lambda: session.messages and "t000003" in session.messages[-1].text, within=20)
    queue.add(session.runtime, session.id, script(say("After all.")))
    await session.abort()
    await eventually(lambda: not session.state.has_turn, within=10)
    assert session.state.queue.stopped == "The turn was stopped."
    assert not [message for message in session.messages if message.state is MessageState.UNANSWERED]
    await queue.send_now(session.runtime, session.id, session.state.queue.prompts[0].id)
    await eventually(lambda: session.texts[-1] == "After all.", within=20)
