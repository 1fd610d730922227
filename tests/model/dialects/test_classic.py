"""The earliest dialect: whole messages with all their parts, camel-case ids, no deltas."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects import classic
from opencode_widget.model.entities import BUSY, IDLE, FileInfo, NoteInfo, Problem, Role, TextInfo, ToolInfo, ToolState
from opencode_widget.model.state import MessageState

from .. import builders

Json = dict[str, Any]


def sent(*parts: Json, status: str = "streaming", **more: Any) -> Json:
    ids = {"type": "message_updated", "sessionId": "ses", "messageId": "msg", "timestamp": 5}
    return {**ids, "parts": list(parts), "status": status, **more}


def decode(data: Any) -> tuple[e.Event, ...]:
    return classic.decode(data).events


def info(**more: Any) -> Any:
    return classic.message(sent(**more)).info


# ---- the envelope ------------------------------------------------------------------------------------------------------


def test_what_is_not_understood_is_kept() -> None:
    assert decode([]) == (e.Malformed(name="?", reason="not an object"),)
    assert decode({}) == (e.Unknown(name="?", data={}),)
    assert decode({"type": "x", "a": 1}) == (e.Unknown(name="x", data={"type": "x", "a": 1}),)
    assert decode({"type": "message_updated"}) == (e.Malformed(name="message_updated", reason="'id' is not a string"),)


def test_events_of_the_server() -> None:
    assert decode({"type": "server_connected"}) == (e.Greeted(),)
    assert decode({"type": "heartbeat"}) == (e.Heartbeat(),)


# ---- sessions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["session_updated", "session_created"])
def test_a_session(type: str) -> None:
    session = {
        "id": "ses",
        "title": "A",
        "parentId": "above",
        "agent": "build",
        "model": "p/m",
        "createdAt": 1,
        "updatedAt": 2,
    }
    (event,) = decode({"type": type, "session": session})
    assert isinstance(event, e.SessionUpserted)
    assert not event.created
    found = event.info
    assert (found.id, found.title, found.parent, found.agent) == ("ses", "A", "above", "build")
    assert (found.model, found.created, found.updated) == ("p/m", 1, 2)


@pytest.mark.parametrize(
    ("model", "name"),
    [({"providerId": "p", "modelId": "m"}, "p/m"), ({"modelId": "m"}, "m"), ({}, None), ("", None), (5, None)],
)
def test_a_model(model: Any, name: str | None) -> None:
    found = classic.session_info({"id": "ses", "model": model, "createdAt": 1})
    assert (found.model, found.updated) == (name, 1)


def test_a_session_that_is_deleted() -> None:
    for more in ({"sessionId": "ses"}, {"session": {"id": "ses"}}):
        assert decode({"type": "session_deleted", **more}) == (e.SessionRemoved(session_id="ses"),)


# ---- messages ----------------------------------------------------------------------------------------------------------


def test_an_answer_that_streams_makes_its_session_busy() -> None:
    status, message, part = decode(sent({"type": "text", "text": "Hel"}))
    assert status == e.StatusChanged(session_id="ses", status=BUSY)
    assert isinstance(message, e.MessageUpserted)
    assert (message.info.role, message.info.created, message.info.completed) == (Role.UNKNOWN, 5, None)
    assert part == e.PartUpserted(session_id="ses", message_id="msg", part=TextInfo("msg:0", text="Hel"))


def test_an_answer_that_is_complete_makes_its_session_idle() -> None:
    status, message, part = decode(sent({"id": "p", "type": "text", "text": "Hello"}, status="complete", completedAt=7))
    assert status == e.StatusChanged(session_id="ses", status=IDLE)
    assert isinstance(message, e.MessageUpserted)
    assert message.info.completed == 7
    assert part == e.PartUpserted(session_id="ses", message_id="msg", part=TextInfo("p", text="Hello", ended=True))


def test_a_prompt_says_nothing_of_its_session() -> None:
    (message,) = decode(sent(role="user", status="complete"))
    assert isinstance(message, e.MessageUpserted)
    assert message.info.role is Role.USER
    assert info(type="user").role is Role.USER


def test_a_whole_answer_in_the_state() -> None:
    state = builders.conversation()
    builders.play(state, *decode(sent({"type": "text", "text": "Hel"})))
    assert (builders.texts(state), builders.the_message(state).state) == ({"msg": "Hel"}, MessageState.STREAMING)
    builders.play(state, *decode(sent({"type": "text", "text": "Hello"}, status="complete")))
    assert (builders.texts(state), builders.the_message(state).state) == ({"msg": "Hello"}, MessageState.COMPLETE)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"status": "complete"}, None),
        ({"status": "error"}, Problem("UnknownError", "The message failed.")),
        ({"status": "error", "error": "No."}, Problem("UnknownError", "No.")),
        ({"status": "complete", "error": {"message": "No."}}, Problem("UnknownError", "No.")),
    ],
)
def test_an_error(more: Json, problem: Problem | None) -> None:
    assert info(**more).error == problem


def test_a_message_of_a_list_may_name_itself_otherwise() -> None:
    found = classic.message({"id": "msg", "sessionId": "ses", "createdAt": 3, "parentId": "ask"}).info
    assert (found.id, found.created, found.completed, found.parent) == ("msg", 3, 3, "ask")


# ---- parts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "read"),
    [
        ({"type": "reasoning", "text": "Hm"}, TextInfo("p", "reasoning", "Hm")),
        ({"type": "file", "mime": "image/png", "url": "data:"}, FileInfo("p", "image/png", "", "data:")),
        ({"type": "tool", "tool": "bash", "state": {"status": "completed", "output": "one", "title": "Run", "input": {"a": 1}}},
         ToolInfo("p", "bash", state=ToolState.COMPLETED, title="Run", input={"a": 1}, output="one")),
        ({"type": "tool_call", "name": "bash", "status": "error", "error": "No."},
         ToolInfo("p", "bash", state=ToolState.ERROR, error="No.")),
        ({"type": "tool", "status": "levitating"}, ToolInfo("p", "tool", state=ToolState.RUNNING)),
        ({"type": "hologram"}, NoteInfo("p", "hologram", data={"id": "p", "type": "hologram"}, hidden=True)),
        ({}, NoteInfo("p", "?", data={"id": "p"}, hidden=True)),
    ],
)  # fmt: skip
def test_parts(part: Json, read: Any) -> None:
    assert classic.message(sent({"id": "p", **part})).parts == (read,)
