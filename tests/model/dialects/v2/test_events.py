"""OpenCode 2.x: what its events and objects say, in our words."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model import reduce
from opencode_widget.model.dialects.common import todos_of_call
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.model.dialects.v2 import objects
from opencode_widget.model.entities import (
    ABORTED,
    BUSY,
    IDLE,
    Activity,
    FileInfo,
    Problem,
    Role,
    Status,
    TextInfo,
    Todo,
    Tokens,
    ToolInfo,
    ToolState,
    prompt_part,
)
from opencode_widget.model.state import MessageState
from tests.support.v2_preview import events as v2_preview

from ....support.v2 import events as two
from ....support.v2.events import DURABLE, NOW, TRANSIENT, event
from ...session_v2 import born, enqueue, message, receive, session

COUNTS = Tokens(5, 7, 1, 2, 3)


def read(type: str, data: Any = None, **more: Any) -> tuple[e.Event, ...]:
    return v2.decode(event(type, data, **more)).events


def only(type: str, data: Any = None, **more: Any) -> Any:
    (found,) = read(type, data, **more)
    return found


# ---- the envelope -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", [*DURABLE, *TRANSIENT])
def test_every_event_of_the_contract_is_understood(type: str) -> None:
    decoded = v2.decode(event(type))
    assert decoded.name == type
    assert decoded.directory == two.DIRECTORY
    assert (not decoded.events) is (type in v2.NOISE)
    assert not any(isinstance(event, e.Unknown | e.Malformed) for event in decoded.events)
    assert len({event.id for event in decoded.events}) == len(decoded.events)


def test_only_what_is_kept_has_a_place() -> None:
    assert v2.decode(event("session.text.ended", seq=7)).log_position == (two.SESSION, 7)
    assert v2.decode(event("session.text.delta")).log_position is None
    assert v2.decode({"type": "x", "durable": {"aggregateID": "ses_1"}}).log_position is None


def test_nothing_is_both_understood_and_noise() -> None:
    assert v2.DECODERS.keys().isdisjoint(v2.NOISE)
    assert all(v2.NOISE.values())


@pytest.mark.parametrize("junk", [None, [], "x", 3])
def test_what_is_no_object_is_malformed(junk: Any) -> None:
    for decode in (v2.decode, v2_preview.decode):
        (found,) = decode(junk).events
        assert isinstance(found, e.Malformed)


def test_an_unknown_event_is_kept() -> None:
    (found,) = v2.decode({"type": "session.dreamt", "data": {"of": "sheep"}}).events
    assert isinstance(found, e.Unknown)
    assert found.name == "session.dreamt"


def test_an_event_without_what_it_must_have_says_so() -> None:
    found = only("session.text.delta", {"sessionID": "ses_1"})
    assert found == e.Malformed(name="session.text.delta", reason="'assistantMessageID' is not a string")


def test_an_event_without_an_id_is_taken() -> None:
    (found,) = v2.decode({"type": "session.idle", "data": {"sessionID": "ses_1"}}).events
    assert found == e.StatusChanged(session_id="ses_1", status=IDLE)


# ---- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_is_born() -> None:
    found = only("session.created")
    assert found.created
    assert (found.info.title, found.info.parent, found.info.directory) == ("New session", "ses_0", two.DIRECTORY)
    assert (found.info.agent, found.info.model, found.info.variant) == ("build", "scripted/m", "high")
    assert (found.info.created, found.info.updated) == (NOW, NOW)


@pytest.mark.parametrize(
    ("type", "changes"),
    [
        ("session.renamed", {"title": "Better", "updated": NOW}),
        ("session.archived", {"archived": NOW}),
        ("session.unarchived", {"archived": None}),
        ("session.agent.selected", {"agent": "plan"}),
        ("session.model.selected", {"model": "scripted/m", "variant": "high"}),
        ("session.moved", {"directory": "/elsewhere"}),
        ("session.usage.updated", {"cost": 0.25, "tokens": COUNTS}),
        ("session.revert.staged", {"revert": "msg_1"}),
        ("session.revert.cleared", {"revert": None}),
    ],
)
def test_a_session_changes(type: str, changes: dict[str, Any]) -> None:
    assert only(type).changes == changes


@pytest.mark.parametrize(
    ("type", "status"),
    [
        ("session.execution.started", BUSY),
        ("session.execution.succeeded", IDLE),
        ("session.execution.interrupted", IDLE),
        ("session.idle", IDLE),
        ("session.status", BUSY),
        ("session.retry.scheduled", Status(Activity.RETRY, "Too busy", 2, NOW + 4000)),
    ],
)
def test_what_a_session_does(type: str, status: Status) -> None:
    changed, *_ = read(type)
    assert isinstance(changed, e.StatusChanged)
    assert changed.status == status


@pytest.mark.parametrize("outcome", ["succeeded", "interrupted", "failed"])
def test_the_end_of_an_execution_withdraws_what_it_asked(outcome: str) -> None:
    *_, withdrawn = read(f"session.execution.{outcome}")
    assert isinstance(withdrawn, e.RequestsWithdrawn)
    assert (withdrawn.session_id, withdrawn.call) == (two.SESSION, None)


def test_a_log_says_at_which_number_it_ends() -> None:
    marker = {"type": v2.SYNCED, "aggregateID": two.SESSION, "seq": 17}
    assert v2.decode_log(marker).log_position == (two.SESSION, 17)
    assert v2.decode_log({"type": v2.SYNCED, "aggregateID": two.SESSION}).log_position is None
    assert v2.decode_log(event("session.renamed", seq=3)).log_position == (two.SESSION, 3)


@pytest.mark.parametrize("outcome", ["success", "failed"])
def test_the_end_of_a_tool_withdraws_what_it_asked(outcome: str) -> None:
    _, withdrawn = read(f"session.tool.{outcome}")
    assert isinstance(withdrawn, e.RequestsWithdrawn)
    assert (withdrawn.session_id, withdrawn.call) == (two.SESSION, two.CALL)


@pytest.mark.parametrize(
    "metadata", [{"sessionID": "ses_2"}, {"metadata": {"sessionID": "ses_2"}}, {"metadata": 1, "sessionId": "ses_2"}]
)
def test_a_sub_agent_is_named_while_it_runs(metadata: dict[str, Any]) -> None:
    assert only("session.tool.progress", {**two.TOOL, "metadata": metadata}).changes["child"] == "ses_2"


def test_a_retry_may_give_no_reason() -> None:
    assert only("session.retry.scheduled", {"sessionID": "ses_1"}).status == Status(Activity.RETRY)


def test_a_failure_comes_before_the_rest() -> None:
    error, status, _ = read("session.execution.failed")
    assert error.problem == Problem("provider.overloaded", "Too busy", details="HTTP status 529")  # type: ignore[attr-defined]
    assert status.status == IDLE  # type: ignore[attr-defined]


def test_a_failure_without_a_reason_has_words() -> None:
    error, *_ = read("session.execution.failed", {"sessionID": "ses_1"})
    assert "without saying which" in error.problem.message  # type: ignore[attr-defined]


def test_a_stop_is_no_failure() -> None:
    assert only("session.step.failed").changes["error"] == Problem(ABORTED, "Stopped.")


def test_a_warning_for_the_terminal_is_one_for_the_user() -> None:
    assert only("tui.toast.show").problem == Problem("Quota", "Nearly spent")
    assert read("tui.toast.show", {"message": "Saved", "variant": "success"}) == ()


def test_problems_need_no_fields() -> None:
    assert objects.problem({}) == Problem("UnknownError", "UnknownError")
    assert objects.problem("x") is None


# ---- requests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("type", "outcome"), [("form.replied", "answered"), ("form.cancelled", "dismissed")])
def test_a_form_is_settled(type: str, outcome: str) -> None:
    assert (only(type).request_id, only(type).outcome) == ("frm_1", outcome)


def test_a_permission_is_asked_and_answered() -> None:
    request = only("permission.asked").request
    assert (request.permission, request.patterns, request.always) == ("bash", ("echo hi",), ("echo *",))
    assert (request.message_id, request.call, request.message) == (two.MESSAGE, two.CALL, "Run a command")
    assert (only("permission.replied").request_id, only("permission.replied").outcome) == ("per_1", "once")


# ---- conversations, as the state takes them ---------------------------------------------------------------------------


def test_a_prompt_waits_until_it_is_delivered() -> None:
    state = born()
    receive(state, "session.inbox.enqueued", at=NOW - 100)
    prompt = message(state, "msg_1")
    assert (prompt.state, prompt.role, prompt.text) == (MessageState.QUEUED, Role.USER, "Fix it")
    texts, inline, mentioned, agent, skill = (part.info for part in prompt.parts)
    assert texts.id == prompt_part("msg_1")
    assert inline == FileInfo("msg_1.file-0", "text/plain", "hi.txt", "data:text/plain;base64,aGk=")
    assert mentioned == FileInfo("msg_1.file-1", "text/x-python", "a.py", "file:///project/a.py", "/project/a.py")
    assert [(note.type, note.text) for note in (agent, skill)] == [("agent", "@general"), ("skill", "@pdf")]  # type: ignore[union-attr]
    receive(state, "session.inbox.delivered")
    assert (prompt.state, prompt.info.created) == (MessageState.COMPLETE, NOW)


def test_a_prompt_says_when_it_has_its_turn_until_it_has_it() -> None:
    state = born()
    receive(state, "session.inbox.enqueued")
    assert message(state, "msg_1").info.delivery == "queue"
    receive(state, "session.inbox.delivery.changed")
    assert message(state, "msg_1").info.delivery == "steer"
    receive(state, "session.inbox.delivery.changed", {**two.OF_SESSION, "inboxID": "msg_1", "delivery": "someday"})
    assert message(state, "msg_1").info.delivery is None
    receive(state, "session.inbox.delivery.changed")
    receive(state, "session.inbox.delivered")
    assert (message(state, "msg_1").info.queued, message(state, "msg_1").info.delivery) == (False, None)


def test_a_prompt_that_waited_stands_where_its_turn_came() -> None:
    state = born()
    enqueue(state, at=NOW - 100)
    receive(state, "session.step.started")
    receive(state, "session.inbox.delivered", at=NOW - 100)  # some versions repeat the time at which it was written
    assert session(state).ids == [two.MESSAGE, "msg_1"]
    assert message(state, "msg_1").info.created == NOW - 4


def test_a_prompt_that_has_its_turn_stands_before_those_that_wait() -> None:
    state = born()
    enqueue(state, "msg_1", at=NOW - 100)
    enqueue(state, "msg_2", at=NOW - 50)
    submitted = e.PromptSubmitted(session_id=two.SESSION, message_id="msg_3", part_id="prt_3", text="Hi", at=NOW + 500)
    reduce.apply(state, submitted)
    receive(state, "session.inbox.delivered", {**two.OF_SESSION, "inboxID": "msg_1"}, at=NOW - 100)
    receive(state, "session.step.started", at=NOW + 10)
    assert [id for id in session(state).ids if not message(state, id).waits] == ["msg_1", two.MESSAGE]
    assert message(state, "msg_1").info.created == NOW - 100


def test_a_prompt_that_had_its_turn_waits_no_more() -> None:
    state = born()
    enqueue(state)
    receive(state, "session.inbox.delivered")
    receive(state, "session.step.started", at=NOW + 10)
    before = [(message.id, message.info) for message in session(state)]
    enqueue(state)  # again, as a log that is read from an earlier place has it
    receive(state, "session.inbox.delivered", at=NOW + 20)
    assert [(message.id, message.info) for message in session(state)] == before


def test_a_delivery_waits_for_its_prompt() -> None:
    state = born()
    receive(state, "session.inbox.delivered")
    enqueue(state)
    assert message(state, "msg_1").info.queued is False


def test_the_first_prompt_stands_alone() -> None:
    state = born()
    enqueue(state)
    receive(state, "session.inbox.delivered")
    assert session(state).ids == ["msg_1"]


def test_a_prompt_that_was_taken_back_is_gone() -> None:
    state = born()
    enqueue(state)
    receive(state, "session.inbox.cancelled")
    assert session(state).ids == []


@pytest.mark.parametrize("kind", ["compaction", "move", "dream"])
def test_other_things_that_wait_are_not_shown(kind: str) -> None:
    item = {"type": kind, "payload": {}, "delivery": "queue"}
    assert read("session.inbox.enqueued", {**two.OF_SESSION, "inboxID": "msg_1", "item": item}) == ()


def test_text_streams_and_is_stated_whole_at_its_end() -> None:
    state = born()
    receive(state, "session.step.started")
    assert (message(state).info.agent, message(state).info.model, message(state).info.created) == (
        "build",
        "scripted/m",
        NOW - 5,
    )
    receive(state, "session.text.started")
    receive(state, "session.text.delta")
    assert message(state).text == "Hel"
    receive(state, "session.text.ended")
    (part,) = message(state).parts
    assert (part.id, part.text, part.ended) == ("msg_2.text-0", "Hello", True)
    receive(state, "session.step.ended")
    assert (message(state).info.finish, message(state).cost, message(state).tokens) == ("stop", 0.5, COUNTS)
    assert message(state).info.completed == NOW


def test_reasoning_says_how_long_it_took() -> None:
    state = born()
    receive(state, "session.step.started")
    receive(state, "session.reasoning.started")
    receive(state, "session.reasoning.delta")
    receive(state, "session.reasoning.ended", at=NOW + 9)
    (part,) = message(state).parts
    assert part.info == TextInfo("msg_2.reasoning-0", "reasoning", "Hmm", True, NOW, NOW + 9)


def test_a_tool_is_seen_while_its_input_is_written() -> None:
    state = born()
    for type in ("session.step.started", "session.tool.input.started", "session.tool.input.delta"):
        receive(state, type)
    (part,) = message(state).parts
    assert (part.state, part.tool, part.read("raw")) == (ToolState.PENDING, "bash", '{"com')
    receive(state, "session.tool.input.ended")
    assert part.read("raw") == '{"command": "ls"}'
    receive(state, "session.tool.called")
    assert (part.state, part.input, part.read("raw")) == (ToolState.RUNNING, {"command": "ls"}, "")
    receive(state, "session.tool.progress")
    assert (part.output, part.info.child) == ("hi", "ses_2")  # type: ignore[union-attr]
    receive(state, "session.tool.success")
    assert isinstance(part.info, ToolInfo)
    assert (part.state, part.output, part.info.title) == (ToolState.COMPLETED, "a.py", "List")
    assert part.info.files == (FileInfo("msg_2.call_1.file-0", "image/png", "a.png", "data:image/png;base64,AA=="),)


def test_a_tool_fails_with_a_reason() -> None:
    state = born()
    for type in ("session.step.started", "session.tool.input.started", "session.tool.called", "session.tool.failed"):
        receive(state, type)
    (part,) = message(state).parts
    assert isinstance(part.info, ToolInfo)
    assert (part.state, part.info.error, part.input) == (ToolState.ERROR, "No such file", {"command": "ls"})


def test_a_to_do_list_comes_from_the_call_that_writes_it() -> None:
    state = born()
    todos = [{"content": "Sleep", "status": "pending", "priority": "high"}]
    for type in ("session.step.started", "session.tool.input.started"):
        receive(state, type)
    receive(state, "session.tool.called", {**two.TOOL, "input": {"todos": todos}})
    assert session(state).todos == ()  # there may be no such tool
    receive(state, "session.tool.success")
    assert session(state).todos == (Todo("Sleep", "pending", "high"),)
    assert todos_of_call({"todos": [{"title": "another tool's"}]}) is None


def test_a_summary_grows_though_its_words_name_no_message() -> None:
    state = born()
    receive(state, "session.compaction.delta")  # of one whose beginning was missed
    receive(state, "session.compaction.started")
    receive(state, "session.compaction.delta")
    assert (message(state, "msg_9").text, message(state, "msg_9").info.summary) == ("They", True)
    receive(state, "session.compaction.ended")
    summary = message(state, "msg_9")
    assert (summary.text, summary.info.completed, summary.info.model, summary.cost) == (
        "They fixed it",
        NOW,
        "scripted/m",
        0.02,
    )
    receive(state, "session.compaction.delta")
    assert summary.text == "They fixed it"


def test_a_summary_that_failed_says_why_once() -> None:
    state = born()
    receive(state, "session.compaction.started", {**two.OF_SESSION, "reason": "auto"}, id="evt_7")
    receive(state, "session.compaction.failed")
    assert message(state, "msg_7").state is MessageState.FAILED
    assert session(state).ids == ["msg_7"]


def test_a_shell_is_a_message_with_a_tool() -> None:
    state = born()
    receive(state, "session.shell.started")
    (part,) = message(state, "sh_1").parts
    assert (part.state, part.input, session(state).busy) == (ToolState.RUNNING, {"command": "ls"}, True)
    receive(state, "session.shell.ended")
    assert not session(state).busy
    assert (part.state, part.output, message(state, "sh_1").info.completed) == (ToolState.COMPLETED, "a.py\n", NOW)


def test_what_the_server_writes_for_the_model_is_shown_by_its_description() -> None:
    state = born()
    receive(state, "session.synthetic", id="evt_5")
    receive(state, "session.skill.activated", id="evt_6")
    assert [part.info.text for id in ("msg_5", "msg_6") for part in message(state, id).parts] == [  # type: ignore[union-attr]
        "A shell ended",
        "Skill: pdf",
    ]


def test_a_message_may_be_rewritten() -> None:
    state = born()
    for type in (
        "session.step.started",
        "session.text.started",
        "session.text.ended",
        "session.message.content.updated",
    ):
        receive(state, type)
    assert message(state).text == "Rewritten"


def test_a_revert_that_is_committed_takes_the_messages_away() -> None:
    state = born()
    for count in (1, 3, 4):
        enqueue(state, f"msg_{count}", NOW - 10 + count)
        receive(state, "session.inbox.delivered", {**two.OF_SESSION, "inboxID": f"msg_{count}"}, at=NOW - 10 + count)
    enqueue(state, "msg_9", NOW - 1)  # it waits in the inbox, which a revert leaves alone
    receive(state, "session.revert.staged", {**two.OF_SESSION, "revert": {"messageID": "msg_3"}})
    assert session(state).info.revert == "msg_3"
    enqueue(state, "msg_5", NOW + 5)  # fetched already, when the log is read from an earlier place
    receive(state, "session.revert.committed", {**two.OF_SESSION, "to": "msg_3"})
    assert session(state).ids == ["msg_1", "msg_9", "msg_5"]
    receive(state, "session.inbox.cancelled", {**two.OF_SESSION, "inboxID": "msg_5"})
    assert (session(state).ids, session(state).info.revert) == (["msg_1", "msg_9"], None)
    receive(state, "session.revert.committed", {**two.OF_SESSION, "to": "msg_99"})
    assert session(state).ids == ["msg_1", "msg_9"]


# ---- the catalogue --------------------------------------------------------------------------------------------------------


def test_a_catalogue_that_changed_is_fetched_again() -> None:
    assert isinstance(v2_preview.decode({"type": "catalog.updated", "data": {}}).events[0], e.CatalogueStale)
    assert only("agent.updated", {}) == e.CatalogueStale(id="evt_3")
