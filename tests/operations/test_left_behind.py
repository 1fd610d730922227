"""Prompts that a stop left without an answer: sent again, or taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.demo import Demo
from opencode_widget.model.entities import Role
from opencode_widget.model.state import MessageState
from opencode_widget.operations.options import prompt_options
from opencode_widget.operations.prompts import unanswered
from opencode_widget.server.v1.prompt import copied

from ..support import shapes
from ..support.open_session import OpenSession
from ..support.scripts import gate, say, script, tokens
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.wait import eventually

pytestmark = pytest.mark.timeout(90)


async def leave_behind(session: OpenSession, text: str, files: tuple[Path, ...] = ()) -> str:
    """Queue a prompt behind a turn, and stop that."""
    await session.send(script(tokens(3), gate("never-opened")))
    await eventually(lambda: session.messages and "t000003" in session.messages[-1].text, within=20)
    left = await session.send(text, options=await prompt_options(files=files))
    await eventually(lambda: not session.state.messages[left].local)
    await session.abort()
    await eventually(lambda: session.state.messages[left].state is MessageState.UNANSWERED, within=10)
    return left


async def test_a_prompt_that_a_stop_left_behind_is_sent_again_with_its_files(
    session: OpenSession, model: Demo, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    await asyncio.to_thread(table.write_text, "a,b\n1,2\n")
    left = await leave_behind(session, script(say("After all.")), (table,))
    new = await unanswered.send_again(session.runtime, session.id, left)
    await eventually(lambda: session.texts[-1] == "After all." and not session.state.busy, within=20)
    assert left not in session.state.messages
    asked = [message for message in session.messages if message.role is Role.USER]
    assert [message.id for message in asked][1:] == [new]
    assert [part.info.filename for part in asked[-1].parts if part.kind == "file"] == ["table.csv"]  # type: ignore[union-attr]
    assert [message.state for message in asked] == [MessageState.COMPLETE] * 2


async def test_a_prompt_that_a_stop_left_behind_is_taken_back(session: OpenSession, model: Demo) -> None:
    left = await leave_behind(session, "the queued one")
    assert await unanswered.take_back(session.runtime, session.id, left) == "the queued one"
    await eventually(lambda: left not in session.state.messages)
    assert not session.state.busy


async def test_nothing_else_can_be_sent_again_or_taken_back(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.put_message(shapes.user("msg_1", "ses_1", at=1))
    fake_server.answer("ses_1", "Yes.")
    await eventually(lambda: fake.texts[-1:] == ["Yes."] and not fake.state.busy)
    for call in (unanswered.send_again, unanswered.take_back):
        with pytest.raises(errors.RequestFailed, match="was not left without an answer"):
            await call(fake.runtime, fake.id, "msg_1")
        with pytest.raises(errors.RequestFailed, match="no longer exists"):
            await call(fake.runtime, fake.id, "msg_none")


async def test_a_server_that_removes_no_message_reverts_it(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.put_message(shapes.user("msg_1", "ses_1", at=1))
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    await eventually(lambda: [message.state for message in fake.messages] == [MessageState.UNANSWERED])
    fake_server.always["/session/ses_1/revert"] = faults.body(b"{}")
    await unanswered.take_back(fake.runtime, fake.id, "msg_1")
    assert fake_server.seen("POST", "/session/ses_1/revert")[0].json() == {"messageID": "msg_1"}


async def left_alone(fake: OpenSession, server: FakeServer, *ids: str) -> None:
    """Prompts of a session that came to rest without an answer."""
    for at, id in enumerate(ids):
        server.put_message(shapes.user(id, "ses_1", at=at + 1))
        server.put_part(shapes.text(f"prt_{id}", id, "ses_1", f"words of {id}"))
    server.set_status("ses_1", "busy")
    server.set_status("ses_1", "idle")
    await eventually(lambda: [message.state for message in fake.messages] == [MessageState.UNANSWERED] * len(ids))


async def test_the_words_are_in_the_error_where_the_prompt_is_gone_and_was_not_taken(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    await left_alone(fake, fake_server, "msg_1")
    fake_server.always |= {
        "/session/ses_1/message/msg_1": by_method(GET=STORED, DELETE=faults.body(b"true")),
        "/session/ses_1/prompt_async": faults.body(b'{"message": "Out of order"}', status=400),
    }
    with pytest.raises(errors.PromptNotSent, match="Out of order") as caught:
        await unanswered.send_again(fake.runtime, fake.id, "msg_1")
    assert caught.value.text == "words of msg_1"


async def test_a_prompt_that_could_not_be_removed_is_still_there(fake: OpenSession, fake_server: FakeServer) -> None:
    await left_alone(fake, fake_server, "msg_1")
    busy = faults.body(b'{"message": "Session is busy"}', status=400)
    fake_server.always["/session/ses_1/message/msg_1"] = by_method(GET=STORED, DELETE=busy)
    with pytest.raises(errors.RequestFailed, match="Session is busy"):
        await unanswered.send_again(fake.runtime, fake.id, "msg_1")
    assert not fake_server.seen("POST", "/session/ses_1/prompt_async")


async def test_a_revert_does_not_take_the_prompts_after_it_along(fake: OpenSession, fake_server: FakeServer) -> None:
    await left_alone(fake, fake_server, "msg_1", "msg_2", "msg_3")
    fake_server.always["/session/ses_1/revert"] = faults.body(b"{}")
    no_route = faults.body(b"not found", status=404)
    fake_server.always["/session/ses_1/message/msg_1"] = by_method(GET=STORED, DELETE=no_route)
    for call in (unanswered.send_again, unanswered.take_back):
        with pytest.raises(errors.NotSupported, match="2 other prompts after it"):
            await call(fake.runtime, fake.id, "msg_1")
    assert not fake_server.seen("POST", "/session/ses_1/revert")
    assert not fake_server.seen("POST", "/session/ses_1/prompt_async")
    assert await unanswered.take_back(fake.runtime, fake.id, "msg_3") == "words of msg_3"


STORED = faults.body(b'{"info": {"role": "user"}, "parts": [{"type": "text", "text": "words of msg_1"}]}')


def by_method(**answers: faults.Fault) -> faults.Fault:
    """A fault for each method."""

    async def answer(exchange: Exchange, normal: Any) -> None:
        await answers[exchange.request.method](exchange, normal)

    return answer


def test_a_copy_says_what_the_user_said_and_no_more() -> None:
    parts = [
        {"id": "p1", "messageID": "m", "sessionID": "s", "type": "text", "text": "see @a.py"},
        {"id": "p2", "messageID": "m", "sessionID": "s", "type": "text", "text": "<content>", "synthetic": True},
        {"id": "p3", "messageID": "m", "sessionID": "s", "type": "file", "url": "file:///a.py", "mime": "text/plain"},
        {"id": "p4", "messageID": "m", "sessionID": "s", "type": "step-start"},
    ]
    info = {"agent": "build", "model": {"providerID": "p", "modelID": "m"}, "variant": "high"}
    assert copied({"info": info, "parts": parts}) == {
        "parts": [
            {"type": "text", "text": "see @a.py"},
            {"type": "file", "url": "file:///a.py", "mime": "text/plain"},
        ],
        "model": {"providerID": "p", "modelID": "m"},
        "agent": "build",
        "variant": "high",
    }
    assert copied("nonsense") == {"parts": []}
