"""OpenCode 1.x: the JSON of its events, as each version spells it. What it really sends is in
`tests/model/reduce/test_recordings.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.entities import (
    Activity,
    PermissionRequest,
    Problem,
    Question,
    QuestionOption,
    QuestionRequest,
    Status,
    TextInfo,
    Todo,
)

from ....support import shapes
from ... import builders

Json = dict[str, Any]


def decode(type: str, /, **properties: Any) -> tuple[e.Event, ...]:
    return v1.decode({"payload": {"id": "evt", "type": type, "properties": properties}}).events


def decode_one(type: str, /, **properties: Any) -> Any:
    (event,) = decode(type, **properties)
    return event


def part(**values: Any) -> Any:
    return v1_objects.part_info({"id": "prt", "sessionID": "ses", "messageID": "msg", **values})


# ---- the envelope ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"payload": {"type": "server.connected", "properties": {}}},
        {"type": "server.connected", "properties": {}},
        {"type": "server.connected", "data": {}},
        {"type": "server.connected"},
    ],
)
def test_an_event_may_be_wrapped_or_not(data: Json) -> None:
    assert v1.decode(data).events == (e.Greeted(),)
    assert v1.decode(data).name == "server.connected"


@pytest.mark.parametrize(("value", "directory"), [("/project", "/project"), ("global", None), ("", None), (5, None)])
def test_an_event_names_its_folder_or_none(value: Any, directory: str | None) -> None:
    assert v1.decode({"directory": value, "payload": {"type": "server.connected"}}).directory == directory


def test_properties_are_data_where_there_are_no_properties() -> None:
    assert v1.decode({"type": "session.deleted", "data": {"sessionID": "ses"}}).events == (
        e.SessionRemoved(session_id="ses"),
    )


@pytest.mark.parametrize("data", [None, [], "event", 5])
def test_what_is_no_object_is_malformed(data: Any) -> None:
    assert v1.decode(data).events == (e.Malformed(name="?", reason="not an object"),)


def test_unknown_events_are_kept_whole_and_noise_is_not() -> None:
    payload = {"type": "session.moved", "properties": {"to": "/x"}}
    assert v1.decode({"payload": payload}).events == (e.Unknown(name="session.moved", data=payload),)
    assert v1.decode({"payload": {}}).events == (e.Unknown(name="?", data={}),)
    for name in v1.NOISE:
        assert decode(name) == ()


def test_copies_for_synchronising_are_noise_though_they_carry_the_same_id() -> None:
    data = {"sessionID": "ses", "info": shapes.session("ses")}
    copy = {"type": "sync", "id": "evt", "syncEvent": {"id": "evt", "type": "session.created.1", "data": data}}
    state = builders.empty()
    for payload in ({"type": "session.created", "id": "evt", "properties": data}, copy):
        builders.play(state, *v1.decode({"payload": payload}).events)
    assert list(state.sessions) == ["ses"]
    assert v1.decode({"payload": copy}).events == ()


@pytest.mark.parametrize(
    ("type", "properties", "reason"),
    [
        ("session.created", {}, "session is not an object"),
        ("session.updated", {"info": {}}, "'id' is not a string"),
        ("session.status", {"status": {}}, "'sessionID' is not a string"),
        ("session.status", {"sessionID": "ses"}, "'status' is not an object"),
        (
            "message.updated",
            {"info": {"id": "m", "sessionID": "s", "role": "wizard"}},
            "'role' is neither user nor assistant",
        ),
        ("message.part.updated", {"sessionID": "ses", "part": 5}, "part is not an object"),
        ("message.part.delta", {"sessionID": "ses", "field": "text"}, "'messageID' is not a string"),
        ("permission.replied", {"sessionID": "ses"}, "'permissionID' is not a string"),
    ],
)
def test_what_lacks_what_it_must_have_is_malformed(type: str, properties: Json, reason: str) -> None:
    assert decode(type, **properties) == (e.Malformed(name=type, reason=reason),)


# ---- events ------------------------------------------------------------------------------------------------------------

INFO = shapes.session("ses")


@pytest.mark.parametrize(
    ("type", "event"),
    [
        ("server.connected", e.Greeted),
        ("server.heartbeat", e.Heartbeat),
        ("server.instance.disposed", e.Disposed),
        ("global.disposed", e.Disposed),
    ],
)
def test_events_of_the_server(type: str, event: type[e.Event]) -> None:
    assert decode(type) == (event(id="evt"),)


def test_sessions() -> None:
    info = v1_objects.session_info(INFO)
    assert decode_one("session.created", info=INFO) == e.SessionUpserted(
        id="evt", session_id="ses", info=info, created=True
    )
    assert decode_one("session.updated", info=INFO) == e.SessionUpserted(id="evt", session_id="ses", info=info)
    for properties in ({"sessionID": "ses"}, {"info": INFO}):
        assert decode_one("session.deleted", **properties) == e.SessionRemoved(id="evt", session_id="ses")
    assert decode_one("session.compacted", sessionID="ses") == e.HistoryRewritten(id="evt", session_id="ses")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"type": "idle"}, Status()),
        ({"type": "busy"}, Status(Activity.BUSY)),
        ({"type": "pondering"}, Status(Activity.BUSY)),
        (
            {"type": "retry", "attempt": 2, "message": "Overloaded", "next": 5},
            Status(Activity.RETRY, "Overloaded", 2, 5),
        ),
        ({"type": "retry"}, Status(Activity.RETRY)),
    ],
)
def test_a_status(data: Json, status: Status) -> None:
    assert decode_one("session.status", sessionID="ses", status=data) == e.StatusChanged(
        id="evt", session_id="ses", status=status
    )


def test_errors() -> None:
    data = {"name": "APIError", "data": {"message": "No.", "statusCode": 400}}
    assert decode_one("session.error", sessionID="ses", error=data) == e.SessionErrored(
        id="evt", session_id="ses", problem=Problem("APIError", "No.", "", "HTTP status 400")
    )
    nothing = decode_one("session.error")
    assert (nothing.session_id, nothing.problem.name) == (None, "UnknownError")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (None, None),
        ({}, Problem("UnknownError", "UnknownError")),
        ({"message": "No."}, Problem("UnknownError", "No.")),
        ({"name": "MessageAbortedError", "data": {"message": "The operation was aborted."}}, builders.ABORTED),
        (
            {"name": "ProviderModelNotFoundError", "message": "No."},
            Problem("ProviderModelNotFoundError", "No.", "Choose another model."),
        ),
    ],
)
def test_a_problem(data: Json | None, problem: Problem | None) -> None:
    assert v1_objects.problem(data) == problem


def test_messages() -> None:
    data = shapes.assistant("msg", "ses", "ask")
    event = decode_one("message.updated", info=data)
    assert event == e.MessageUpserted(id="evt", session_id="ses", message_id="msg", info=v1_objects.message_info(data))
    gone = e.MessageRemoved(id="evt", session_id="ses", message_id="msg")
    assert decode_one("message.removed", sessionID="ses", messageID="msg") == gone


def test_parts_of_this_version_and_of_earlier_ones() -> None:
    data = {"id": "prt", "sessionID": "ses", "messageID": "msg", "type": "text", "text": "Hello"}
    event = e.PartUpserted(id="evt", session_id="ses", message_id="msg", part=TextInfo("prt", text="Hello"))
    assert decode_one("message.part.updated", sessionID="ses", part=data) == event
    assert decode_one("message.part.updated", part=data, delta="lo") == event
    gone = e.PartRemoved(id="evt", session_id="ses", message_id="msg", part_id="prt")
    assert decode_one("message.part.removed", sessionID="ses", messageID="msg", partID="prt") == gone


@pytest.mark.parametrize(
    ("status", "call", "withdraws"),
    [("running", "call", False), ("error", "call", True), ("completed", "call", True), ("completed", "", False)],
)
def test_a_call_that_ended_waits_for_no_answer(status: str, call: str, withdraws: bool) -> None:
    data = {
        "id": "prt",
        "messageID": "msg",
        "type": "tool",
        "tool": "bash",
        "callID": call,
        "state": {"status": status},
    }
    withdrawn = e.RequestsWithdrawn(session_id="ses", call=call, message_id="msg")
    assert decode("message.part.updated", sessionID="ses", part=data)[1:] == ((withdrawn,) if withdraws else ())


def test_deltas_of_text_and_of_what_we_do_not_know() -> None:
    ids = {"sessionID": "ses", "messageID": "msg", "partID": "prt"}
    event = e.PartDelta(id="evt", session_id="ses", message_id="msg", part_id="prt", text="lo")
    assert decode_one("message.part.delta", **ids, field="text", delta="lo") == event
    assert decode_one("message.part.delta", **ids, field="mood", delta="x").name == "message.part.delta mood"


def test_to_dos() -> None:
    listed = [{"content": "Count", "status": "completed", "priority": "high"}, "nonsense", {"content": "Sleep"}]
    todos = (Todo("Count", "completed", "high"), Todo("Sleep", "", ""))
    assert decode_one("todo.updated", sessionID="ses", todos=listed) == e.TodosChanged(
        id="evt", session_id="ses", todos=todos
    )


TOOL = {"messageID": "msg", "callID": "call"}
PERMISSION = PermissionRequest("per", "ses", "bash", ("ls",), ("ls *",), {"a": 1}, "msg", "call")


@pytest.mark.parametrize(
    ("type", "data", "request_"),
    [
        (
            "permission.asked",
            {"permission": "bash", "patterns": ["ls"], "always": ["ls *"], "metadata": {"a": 1}, "tool": TOOL},
            PERMISSION,
        ),
        (
            "permission.v2.asked",
            {"action": "bash", "resources": ["ls"], "save": ["ls *"], "metadata": {"a": 1}, "source": TOOL},
            PERMISSION,
        ),
        (
            "permission.updated",
            {"type": "bash", "pattern": "ls", "title": "Run it", "messageID": "msg", "callID": "call"},
            PermissionRequest("per", "ses", "bash", ("ls",), message_id="msg", call="call", message="Run it"),
        ),
        ("permission.asked", {}, PermissionRequest("per", "ses", "tool")),
    ],
)  # fmt: skip
def test_permissions_in_every_spelling(type: str, data: Json, request_: PermissionRequest) -> None:
    event = e.Asked(id="evt", session_id="ses", request=request_)
    assert decode_one(type, **{"id": "per", "sessionID": "ses", **data}) == event


@pytest.mark.parametrize(
    ("type", "data", "outcome"),
    [
        ("permission.replied", {"requestID": "per", "reply": "once"}, "once"),
        ("permission.replied", {"permissionID": "per", "response": "reject"}, "reject"),
        ("permission.v2.replied", {"requestID": "per", "reply": "always"}, "always"),
        ("question.replied", {"requestID": "per", "answers": [["One"]]}, "answered"),
        ("question.rejected", {"requestID": "per"}, "dismissed"),
        ("question.v2.replied", {"requestID": "per"}, "answered"),
        ("question.v2.rejected", {"requestID": "per"}, "dismissed"),
    ],
)
def test_answers_in_every_spelling(type: str, data: Json, outcome: str) -> None:
    event = e.Answered(id="evt", session_id="ses", request_id="per", outcome=outcome)
    assert decode_one(type, sessionID="ses", **data) == event


def test_questions() -> None:
    options = [{"label": "One", "description": "Just one"}, {"label": "Two"}, 3]
    data = {
        "id": "que",
        "sessionID": "ses",
        "questions": [{"question": "How many?", "header": "Count", "options": options}],
    }
    asked = Question("How many?", "Count", (QuestionOption("One", "Just one"), QuestionOption("Two")))
    for type in ("question.asked", "question.v2.asked"):
        assert decode_one(type, **data).request == QuestionRequest("que", "ses", (asked,))
    closed = v1_objects.question({**data, "questions": [{"question": "Sure?", "multiple": True, "custom": False}]})
    assert closed.questions == (Question("Sure?", multiple=True, custom=False),)


@pytest.mark.parametrize(
    "type",
    ["lsp.client.diagnostics", "session.next.agent.switched", "session.next.model.switched", "tui.command.execute"],
)
def test_events_of_other_releases_without_a_use_are_no_oddities(type: str) -> None:
    assert v1.decode({"payload": {"type": type, "properties": {"sessionID": "ses"}}}).events == ()
