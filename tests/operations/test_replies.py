"""Replies to permissions and questions, also such as come too late."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.model.entities import AnsweredBy
from opencode_widget.operations import replies

from ..support.agent_requests import ask_permission, ask_questions
from ..support.agent_requests import replies as replies_seen
from ..support.open_session import OpenSession
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.wait import eventually


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event about an answer precedes or follows its refusal by 0.1 s at most."""
    monkeypatch.setattr(replies, "REFUSAL_LEAD", 0.1)


async def asked(session: OpenSession, id: str = "per_1") -> None:
    await eventually(lambda: id in session.runtime.state.requests)


def answered_by(session: OpenSession, id: str = "per_1") -> AnsweredBy | None:
    return session.runtime.attribution.by(id)


@pytest.mark.parametrize(
    ("reply", "message", "sent"),
    [
        ("once", None, {"reply": "once"}),
        ("always", None, {"reply": "always"}),
        ("reject", None, {"reply": "reject"}),
        ("reject", "Use python.", {"reply": "reject", "message": "Use python."}),
    ],
)
async def test_a_permission_is_answered(
    fake: OpenSession, fake_server: FakeServer, reply: Any, message: str | None, sent: dict[str, str]
) -> None:
    ask_permission(fake_server)
    await asked(fake)
    await replies.answer_permission(fake.runtime, "per_1", reply, message)
    assert replies_seen(fake_server) == [sent]
    assert fake.runtime.state.requests == {}
    assert answered_by(fake) is AnsweredBy.KERNEL


async def test_questions_are_answered(fake: OpenSession, fake_server: FakeServer) -> None:
    ask_questions(fake_server, "One?", "Two?")
    await asked(fake, "que_1")
    await replies.answer_question(fake.runtime, "que_1", [["Yes"], []])
    (sent,) = fake_server.seen("POST", "/question/que_1/reply")
    assert sent.json() == {"answers": [["Yes"], []]}
    assert answered_by(fake, "que_1") is AnsweredBy.KERNEL


async def test_questions_are_dismissed(fake: OpenSession, fake_server: FakeServer) -> None:
    ask_questions(fake_server, "One?")
    await asked(fake, "que_1")
    await replies.answer_question(fake.runtime, "que_1", None)
    assert len(fake_server.seen("POST", "/question/que_1/reject")) == 1
    assert fake.runtime.state.requests == {}


async def test_an_answer_to_an_unknown_request_changes_nothing(fake: OpenSession, fake_server: FakeServer) -> None:
    await replies.answer_permission(fake.runtime, "per_x", "once")
    assert replies_seen(fake_server, "per_x") == [{"reply": "once"}]
    assert answered_by(fake, "per_x") is None


async def test_a_request_stays_where_the_server_cannot_take_the_answer(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    ask_permission(fake_server)
    await asked(fake)
    fake_server.faults["/permission/per_1/reply"] = [faults.unavailable]
    with pytest.raises(errors.OpenCodeError):
        await replies.answer_permission(fake.runtime, "per_1", "once")
    assert list(fake.runtime.state.requests) == ["per_1"]
    await replies.answer_permission(fake.runtime, "per_1", "once")
    assert fake.runtime.state.requests == {}


async def test_an_answer_that_came_too_late_names_nobody_if_no_event_names_who_answered(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    ask_permission(fake_server)
    await asked(fake)
    del fake_server.permissions["per_1"]
    await replies.answer_permission(fake.runtime, "per_1", "once")
    assert fake.runtime.state.requests == {}
    assert answered_by(fake) is AnsweredBy.UNKNOWN


async def test_an_event_after_the_refusal_names_another_program(fake: OpenSession, fake_server: FakeServer) -> None:
    ask_permission(fake_server)
    await asked(fake)

    async def answered_elsewhere(exchange: Exchange, normal: Any) -> None:
        del fake_server.permissions["per_1"]
        await normal(exchange)
        fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_1", reply="reject")

    fake_server.faults["/permission/per_1/reply"] = [answered_elsewhere]
    await replies.answer_permission(fake.runtime, "per_1", "once")
    assert fake.runtime.state.requests == {}
    assert answered_by(fake) is AnsweredBy.OTHER


async def test_an_event_before_the_refusal_is_not_taken_for_our_answer(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    ask_permission(fake_server)
    await asked(fake)

    async def answered_elsewhere(exchange: Exchange, normal: Any) -> None:
        del fake_server.permissions["per_1"]
        fake_server.emit("permission.replied", sessionID="ses_1", requestID="per_1", reply="once")
        await eventually(lambda: fake.runtime.state.requests == {})
        await normal(exchange)

    fake_server.faults["/permission/per_1/reply"] = [answered_elsewhere]
    await replies.answer_permission(fake.runtime, "per_1", "once")
    assert answered_by(fake) is AnsweredBy.OTHER


async def test_of_two_answers_at_once_the_first_counts(fake: OpenSession, fake_server: FakeServer) -> None:
    ask_permission(fake_server)
    await asked(fake)
    await asyncio.gather(
        replies.answer_permission(fake.runtime, "per_1", "once"),
        replies.answer_permission(fake.runtime, "per_1", "once"),
    )
    assert fake.runtime.state.requests == {}
    assert answered_by(fake) is AnsweredBy.KERNEL
