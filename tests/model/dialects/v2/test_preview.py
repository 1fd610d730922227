"""OpenCode 2.x in its earlier spelling: told in the words of 2.1."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects.v2 import objects
from opencode_widget.model.entities import (
    ABORTED,
    BUSY,
    IDLE,
    FileInfo,
    MessageInfo,
    Problem,
    Role,
    Status,
    ToolInfo,
    ToolState,
)
from opencode_widget.model.reduce import apply
from tests.support.v2_preview import events as v2_preview

from ....support.v2.events import MODEL, NOW, OF_SESSION
from ...session_v2 import born, enqueue, receive, session


def old(type: str, data: dict[str, Any], *, id: str = "evt_1", seq: int | None = 4) -> tuple[e.Event, ...]:
    durable = {} if seq is None else {"durable": {"aggregateID": "ses_1", "seq": seq, "version": 1}}
    fields = {
        "id": id,
        "type": type,
        "location": {"directory": "/p"},
        "data": {"timestamp": NOW, "sessionID": "ses_1", **data},
    }
    decoded = v2_preview.decode({**fields, **durable})
    assert decoded.directory == "/p"
    assert decoded.log_position == (None if seq is None else ("ses_1", seq))
    assert not any(isinstance(event, e.Unknown | e.Malformed) for event in decoded.events)
    return decoded.events


OF_ANSWER = {"assistantMessageID": "msg_2"}
OF_CALL = {**OF_ANSWER, "callID": "call_1"}


def test_a_prompt_of_the_earlier_spelling() -> None:
    prompt = {"text": "Hi", "files": [{"uri": "file:///p/a.py", "mime": "text/plain", "name": "a.py"}]}
    upsert, text, file = old(
        "session.next.prompt.admitted", {"messageID": "msg_1", "prompt": prompt, "delivery": "queue"}
    )
    assert upsert.info == MessageInfo("msg_1", "ses_1", Role.USER, NOW, queued=True, delivery="queue")  # type: ignore[attr-defined]
    assert (text.part.text, file.part.path) == ("Hi", "/p/a.py")  # type: ignore[attr-defined]
    delivered, works = old("session.next.prompted", {"messageID": "msg_1", "prompt": prompt, "delivery": "queue"})
    assert delivered == e.PromptDelivered(id="evt_1", session_id="ses_1", message_id="msg_1", at=NOW)
    assert works == e.StatusChanged(id="evt_1/works", session_id="ses_1", status=BUSY)


@pytest.mark.parametrize(
    ("type", "data", "status"),
    [
        ("step.started", {"agent": "build", "model": MODEL}, BUSY),
        ("step.ended", {"finish": "stop"}, IDLE),
        ("step.ended", {"finish": "tool-calls"}, None),
        ("step.failed", {"error": {"type": "unknown", "message": "Provider turn interrupted"}}, IDLE),
    ],
)
def test_steps_of_the_earlier_spelling_tell_when_a_session_works(
    type: str, data: dict[str, Any], status: Status | None
) -> None:
    events = old(f"session.next.{type}", {**OF_ANSWER, **data})
    assert next((event.status for event in events if isinstance(event, e.StatusChanged)), None) == status


def test_a_stop_of_the_earlier_spelling_is_recognised_by_its_words() -> None:
    failed, *_ = old(
        "session.next.step.failed", {**OF_ANSWER, "error": {"type": "unknown", "message": "Provider turn interrupted"}}
    )
    assert failed.changes["error"] == Problem(ABORTED, "Stopped.")  # type: ignore[attr-defined]
    failed, *_ = old("session.next.step.failed", {**OF_ANSWER, "error": {"type": "unknown", "message": "HTTP 400"}})
    assert failed.changes["error"] == Problem("unknown", "HTTP 400")  # type: ignore[attr-defined]


def test_a_no_to_a_permission_ends_the_turn_of_the_earlier_spelling() -> None:
    events = old("session.next.tool.failed", {**OF_CALL, "error": {"message": "Tool execution interrupted"}})
    assert [event.status for event in events if isinstance(event, e.StatusChanged)] == [IDLE]
    events = old("session.next.tool.failed", {**OF_CALL, "error": {"message": "No such file"}})
    assert not any(isinstance(event, e.StatusChanged) for event in events)


def test_the_earlier_spelling_keeps_the_prompt_to_which_it_was_taken_back() -> None:
    state = born()
    for count in (1, 3):
        enqueue(state, f"msg_{count}", NOW - 10 + count)
        receive(state, "session.inbox.delivered", {**OF_SESSION, "inboxID": f"msg_{count}"}, at=NOW - 10 + count)
    for event in old("session.next.revert.committed", {"messageID": "msg_1"}):
        apply(state, event)
    assert session(state).ids == ["msg_1"]


def test_texts_and_tools_of_the_earlier_spelling_have_names() -> None:
    (started,) = old("session.next.text.started", {**OF_ANSWER, "textID": "text-0"})
    (delta,) = old("session.next.reasoning.delta", {**OF_ANSWER, "reasoningID": "r-1", "delta": "H"}, seq=None)
    (called,) = old("session.next.tool.called", {**OF_CALL, "tool": "bash", "input": {"command": "ls"}})
    success, _ = old(
        "session.next.tool.success",
        {**OF_CALL, "structured": {"exit": 0}, "content": [{"type": "text", "text": "a\n"}]},
    )
    assert started.part.id == "msg_2.text-text-0"  # type: ignore[attr-defined]
    assert delta.part_id == "msg_2.reasoning-r-1"  # type: ignore[attr-defined]
    assert called.part_id == success.part_id == "msg_2.tool-call_1"  # type: ignore[attr-defined]
    assert (success.changes["output"], success.changes["metadata"]) == ("a", {"exit": 0})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("type", "data", "expected"),
    [
        ("shell.started", {"messageID": "msg_3", "callID": "sh_1", "command": "ls"}, "message"),
        ("shell.ended", {"callID": "sh_1", "output": "a"}, "part.patch"),
        ("compaction.started", {"messageID": "msg_3", "reason": "auto"}, "message"),
        ("compaction.ended", {"messageID": "msg_3", "reason": "auto", "text": "So"}, "part.patch"),
        ("revert.committed", {"messageID": "msg_3"}, "messages.removed"),
        ("agent.switched", {"messageID": "msg_3", "agent": "plan"}, "session.patch"),
        ("model.switched", {"messageID": "msg_3", "model": MODEL}, "session.patch"),
        ("retried", {"attempt": 1, "error": {"message": "x", "isRetryable": True}}, "status"),
        ("synthetic", {"messageID": "msg_3", "text": "x"}, "message"),
    ],
)
def test_the_rest_of_the_earlier_spelling(type: str, data: dict[str, Any], expected: str) -> None:
    assert old(f"session.next.{type}", data)[0].type == expected


def test_what_is_of_1x_in_the_same_stream_is_read_as_such() -> None:
    asked = {"id": "que_1", "questions": [{"question": "Which?", "header": "H", "options": []}]}
    (question,) = old("question.v2.asked", asked, seq=None)
    assert question.type == "asked"
    assert v2_preview.decode({"type": "session.next.dreamt"}).events[0].type == "unknown"


def test_messages_of_the_earlier_spelling() -> None:
    fetched = [
        {
            "id": "msg_1",
            "type": "user",
            "time": {"created": 1},
            "text": "Hi",
            "files": [{"uri": "data:x", "mime": "a/b"}],
        },
        {
            "id": "msg_2",
            "type": "assistant",
            "time": {"created": 2},
            "content": [
                {"type": "text", "id": "text-0", "text": "Hello"},
                {"type": "tool", "id": "c", "name": "bash", "state": {"status": "pending", "input": "{"}, "time": {}},
                {
                    "type": "tool",
                    "id": "d",
                    "name": "bash",
                    "state": {"status": "completed", "structured": {"exit": 1}},
                },
            ],
        },
        {"id": "msg_3", "type": "shell", "time": {"created": 3}, "callID": "sh_1", "command": "ls", "output": "a"},
        {"id": "msg_4", "type": "compaction", "time": {"created": 4}, "summary": "So"},
        {"id": "msg_5", "type": "synthetic", "time": {"created": 5}, "text": "x"},
    ]
    found = objects.messages("ses_1", [v2_preview.message(item) for item in fetched])
    assert [info.id for info, _ in found] == ["msg_1", "msg_2", "sh_1", "msg_4", "msg_5"]
    text, written, done = found[1][1]
    assert text.id == "msg_2.text-text-0"
    assert isinstance(written, ToolInfo)
    assert isinstance(done, ToolInfo)
    assert (written.state, written.raw, done.metadata) == (ToolState.PENDING, "{", {"exit": 1})
    assert found[0][1][1] == FileInfo("msg_1.file-0", "a/b", "", "data:x")
