"""OpenCode 2.x: what its events and objects say, in our words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model import reduce
from opencode_widget.model.dialects import common
from opencode_widget.model.dialects.read import BadField
from opencode_widget.model.dialects.v2 import catalogue, objects
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.model.dialects.v2.forms import form, form_answer
from opencode_widget.model.entities import (
    ABORTED,
    BUSY,
    IDLE,
    Activity,
    Agent,
    Catalogue,
    Condition,
    FileDiff,
    FileInfo,
    Found,
    MessageInfo,
    Model,
    NoteInfo,
    Problem,
    Role,
    Service,
    SlashCommand,
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

from ...support.v2 import events as two
from ...support.v2.events import DURABLE, FORM, MODEL, NOW, TOKENS, TRANSIENT, event
from ..session_v2 import born, enqueue, hear, message, session

COUNTS = Tokens(5, 7, 1, 2, 3)


def said(type: str, data: Any = None, **more: Any) -> tuple[e.Event, ...]:
    return v2.decode(event(type, data, **more)).events


def only(type: str, data: Any = None, **more: Any) -> Any:
    (found,) = said(type, data, **more)
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
    assert only(type).status == status


def test_a_retry_may_give_no_reason() -> None:
    assert only("session.retry.scheduled", {"sessionID": "ses_1"}).status == Status(Activity.RETRY)


def test_a_failure_is_told_before_the_rest() -> None:
    error, status = said("session.execution.failed")
    assert error.problem == Problem("provider.overloaded", "Too busy", details="HTTP status 529")  # type: ignore[attr-defined]
    assert status.status == IDLE  # type: ignore[attr-defined]


def test_a_failure_without_a_reason_has_words() -> None:
    error, _ = said("session.execution.failed", {"sessionID": "ses_1"})
    assert "without saying which" in error.problem.message  # type: ignore[attr-defined]


def test_a_stop_is_no_failure() -> None:
    assert only("session.step.failed").changes["error"] == Problem(ABORTED, "Stopped.")


def test_a_warning_for_the_terminal_is_one_for_a_person() -> None:
    assert only("tui.toast.show").problem == Problem("Quota", "Nearly spent")
    assert said("tui.toast.show", {"message": "Saved", "variant": "success"}) == ()


def test_problems_need_no_fields() -> None:
    assert objects.problem({}) == Problem("UnknownError", "UnknownError")
    assert objects.problem("x") is None


# ---- forms ------------------------------------------------------------------------------------------------------------


def test_a_form_is_a_question_for_each_field() -> None:
    request = only("form.created").request
    assert (request.id, request.title, request.session_id, request.message_id, request.call) == (
        "frm_1",
        "Deploy",
        two.SESSION,
        two.MESSAGE,
        two.CALL,
    )
    kinds = [question.field.kind for question in request.questions]
    assert kinds == [
        "string", "string", "select", "number", "integer", "boolean", "string", "string", "multiselect", "external",
    ]  # fmt: skip
    name, mail, size, cpus, replicas, public, host, why, zones, login = request.questions
    assert (name.field.required, name.field.minimum, name.field.maximum) == (True, 2, 9)
    assert (mail.field.format, mail.field.placeholder, mail.field.pattern, mail.field.hidden) == (
        "email",
        "a@b.c",
        ".+@.+",
        True,
    )
    assert [option.label for option in size.options] == ["Small", "Large"]
    assert (size.custom, size.multiple, size.question, size.header) == (False, False, "size", "size")
    assert (cpus.field.minimum, cpus.field.maximum, cpus.field.default) == (0.5, 8, ("1.5",))
    assert (replicas.question, replicas.custom) == ("How many?", True)
    assert ([option.label for option in public.options], public.field.default) == (["Yes", "No"], ("false",))
    assert host.field.when == (Condition("public", "true"),)
    assert why.field.when == (Condition("public", "true", negated=True),)
    assert (zones.multiple, zones.custom, zones.field.default) == (True, True, ("eu",))
    assert (login.header, login.field.url) == ("Log in", "https://example.org/login")


def test_answers_become_values_of_their_fields() -> None:
    answers = [["Ann"], [], ["Large"], ["2.5"], ["3"], ["Yes"], ["h"], ["unasked"], ["Europe", "moon"], ["ignored"]]
    assert form_answer(form(FORM), answers) == {
        "name": "Ann", "size": "l", "cpus": 2.5, "replicas": 3, "public": True, "host": "h", "zones": ["eu", "moon"],
    }  # fmt: skip


def test_what_is_left_out_at_the_end_is_not_answered() -> None:
    assert form_answer(form(FORM), [["Ann"]]) == {"name": "Ann"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([[]], "Name must be answered"),
        ([["x"], [], [], ["many"]], "cpus must be a number, and 'many' is none"),
        ([["x"], [], [], [], ["1.5"]], "replicas must be a whole number, and '1.5' is none"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused_in_words(answers: list[list[str]], words: str) -> None:
    with pytest.raises(BadField, match=words):
        form_answer(form(FORM), answers)


def test_a_condition_on_a_number_does_not_care_how_it_is_written() -> None:
    fields = [
        {"key": "cpus", "type": "number"},
        {"key": "why", "type": "string", "when": [{"key": "cpus", "op": "eq", "value": 2}]},
    ]
    assert form_answer(form({**FORM, "fields": fields}), [["2.0"], ["Fast"]]) == {"cpus": 2.0, "why": "Fast"}


def test_options_with_the_same_label_say_their_values() -> None:
    options = [{"value": "a", "label": "Same"}, {"value": "b", "label": "Same"}, {"value": "c", "label": "Other"}]
    request = form({**FORM, "fields": [{"key": "x", "type": "string", "options": options}]})
    assert [question.label for question in request.questions[0].options] == ["Same (a)", "Same (b)", "Other"]
    assert form_answer(request, [["Same (b)"]]) == {"x": "b"}


def test_questions_without_fields_are_no_forms() -> None:
    request = form(FORM)
    bare = replace(request, questions=tuple(replace(question, field=None) for question in request.questions))
    assert form_answer(bare, [["x"]]) == {}


def test_strange_values_are_no_words() -> None:
    request = form(
        {**FORM, "fields": [{"key": "x", "type": "novel", "default": {}, "when": [{"key": "y"}], "options": [{}]}]}
    )
    field = request.questions[0].field
    assert field is not None
    assert (field.kind, field.default, field.when) == ("select", ("",), (Condition("y", ""),))


def test_half_a_character_in_a_condition_is_none() -> None:
    request = form({**FORM, "fields": [{"key": "x", "type": "string", "when": [{"key": "y", "value": "\ud800"}]}]})
    field = request.questions[0].field
    assert field is not None
    assert field.when == (Condition("y", "�"),)


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
    hear(state, "session.inbox.enqueued", at=NOW - 100)
    prompt = message(state, "msg_1")
    assert (prompt.state, prompt.role, prompt.text) == (MessageState.QUEUED, Role.USER, "Fix it")
    texts, inline, mentioned, agent, skill = (part.info for part in prompt.parts)
    assert texts.id == prompt_part("msg_1")
    assert inline == FileInfo("msg_1.file-0", "text/plain", "hi.txt", "data:text/plain;base64,aGk=")
    assert mentioned == FileInfo("msg_1.file-1", "text/x-python", "a.py", "file:///project/a.py", "/project/a.py")
    assert [(note.type, note.text) for note in (agent, skill)] == [("agent", "@general"), ("skill", "@pdf")]  # type: ignore[union-attr]
    hear(state, "session.inbox.delivered")
    assert (prompt.state, prompt.info.created) == (MessageState.COMPLETE, NOW)


def test_a_prompt_says_when_it_has_its_turn_until_it_has_it() -> None:
    state = born()
    hear(state, "session.inbox.enqueued")
    assert message(state, "msg_1").info.delivery == "queue"
    hear(state, "session.inbox.delivery.changed")
    assert message(state, "msg_1").info.delivery == "steer"
    hear(state, "session.inbox.delivery.changed", {**two.OF_SESSION, "inboxID": "msg_1", "delivery": "someday"})
    assert message(state, "msg_1").info.delivery is None
    hear(state, "session.inbox.delivery.changed")
    hear(state, "session.inbox.delivered")
    assert (message(state, "msg_1").info.queued, message(state, "msg_1").info.delivery) == (False, None)


def test_a_prompt_that_waited_stands_where_its_turn_came() -> None:
    state = born()
    enqueue(state, at=NOW - 100)
    hear(state, "session.step.started")
    hear(state, "session.inbox.delivered", at=NOW - 100)  # some versions repeat the time at which it was written
    assert session(state).ids == [two.MESSAGE, "msg_1"]
    assert message(state, "msg_1").info.created == NOW - 4


def test_a_prompt_that_has_its_turn_stands_before_those_that_wait() -> None:
    state = born()
    enqueue(state, "msg_1", at=NOW - 100)
    enqueue(state, "msg_2", at=NOW - 50)
    submitted = e.PromptSubmitted(session_id=two.SESSION, message_id="msg_3", part_id="prt_3", text="Hi", at=NOW + 500)
    reduce.apply(state, submitted)
    hear(state, "session.inbox.delivered", {**two.OF_SESSION, "inboxID": "msg_1"}, at=NOW - 100)
    hear(state, "session.step.started", at=NOW + 10)
    assert [id for id in session(state).ids if not message(state, id).waits] == ["msg_1", two.MESSAGE]
    assert message(state, "msg_1").info.created == NOW - 100


def test_a_prompt_that_had_its_turn_waits_no_more() -> None:
    state = born()
    enqueue(state)
    hear(state, "session.inbox.delivered")
    hear(state, "session.step.started", at=NOW + 10)
    before = [(message.id, message.info) for message in session(state)]
    enqueue(state)  # again, as a log that is read from an earlier place has it
    hear(state, "session.inbox.delivered", at=NOW + 20)
    assert [(message.id, message.info) for message in session(state)] == before


def test_a_delivery_waits_for_its_prompt() -> None:
    state = born()
    hear(state, "session.inbox.delivered")
    enqueue(state)
    assert message(state, "msg_1").info.queued is False


def test_the_first_prompt_stands_alone() -> None:
    state = born()
    enqueue(state)
    hear(state, "session.inbox.delivered")
    assert session(state).ids == ["msg_1"]


def test_a_prompt_that_was_taken_back_is_gone() -> None:
    state = born()
    enqueue(state)
    hear(state, "session.inbox.cancelled")
    assert session(state).ids == []


@pytest.mark.parametrize("kind", ["compaction", "move", "dream"])
def test_other_things_that_wait_are_not_shown(kind: str) -> None:
    item = {"type": kind, "payload": {}, "delivery": "queue"}
    assert said("session.inbox.enqueued", {**two.OF_SESSION, "inboxID": "msg_1", "item": item}) == ()


def test_text_streams_and_is_stated_whole_at_its_end() -> None:
    state = born()
    hear(state, "session.step.started")
    assert (message(state).info.agent, message(state).info.model, message(state).info.created) == (
        "build",
        "scripted/m",
        NOW - 5,
    )
    hear(state, "session.text.started")
    hear(state, "session.text.delta")
    assert message(state).text == "Hel"
    hear(state, "session.text.ended")
    (part,) = message(state).parts
    assert (part.id, part.text, part.ended) == ("msg_2.text-0", "Hello", True)
    hear(state, "session.step.ended")
    assert (message(state).info.finish, message(state).cost, message(state).tokens) == ("stop", 0.5, COUNTS)
    assert message(state).info.completed == NOW


def test_reasoning_says_how_long_it_took() -> None:
    state = born()
    hear(state, "session.step.started")
    hear(state, "session.reasoning.started")
    hear(state, "session.reasoning.delta")
    hear(state, "session.reasoning.ended", at=NOW + 9)
    (part,) = message(state).parts
    assert part.info == TextInfo("msg_2.reasoning-0", "reasoning", "Hmm", True, NOW, NOW + 9)


def test_a_tool_is_seen_while_its_input_is_written() -> None:
    state = born()
    for type in ("session.step.started", "session.tool.input.started", "session.tool.input.delta"):
        hear(state, type)
    (part,) = message(state).parts
    assert (part.state, part.tool, part.read("raw")) == (ToolState.PENDING, "bash", '{"com')
    hear(state, "session.tool.input.ended")
    assert part.read("raw") == '{"command": "ls"}'
    hear(state, "session.tool.called")
    assert (part.state, part.input, part.read("raw")) == (ToolState.RUNNING, {"command": "ls"}, "")
    hear(state, "session.tool.progress")
    assert (part.output, part.info.child) == ("hi", "ses_2")  # type: ignore[union-attr]
    hear(state, "session.tool.success")
    assert isinstance(part.info, ToolInfo)
    assert (part.state, part.output, part.info.title) == (ToolState.COMPLETED, "a.py", "List")
    assert part.info.files == (FileInfo("msg_2.call_1.file-0", "image/png", "a.png", "data:image/png;base64,AA=="),)


def test_a_tool_fails_with_a_reason() -> None:
    state = born()
    for type in ("session.step.started", "session.tool.input.started", "session.tool.called", "session.tool.failed"):
        hear(state, type)
    (part,) = message(state).parts
    assert isinstance(part.info, ToolInfo)
    assert (part.state, part.info.error, part.input) == (ToolState.ERROR, "No such file", {"command": "ls"})


def test_a_list_of_things_to_do_is_told_by_the_call_that_writes_it() -> None:
    state = born()
    todos = [{"content": "Sleep", "status": "pending", "priority": "high"}]
    hear(state, "session.tool.called", {**two.TOOL, "input": {"todos": todos}})
    assert session(state).todos == (Todo("Sleep", "pending", "high"),)
    assert objects.todos_of_call({"todos": [{"title": "another tool's"}]}) is None


def test_a_summary_grows_though_its_words_name_no_message() -> None:
    state = born()
    hear(state, "session.compaction.delta")  # of one whose beginning was missed
    hear(state, "session.compaction.started")
    hear(state, "session.compaction.delta")
    assert (message(state, "msg_9").text, message(state, "msg_9").info.summary) == ("They", True)
    hear(state, "session.compaction.ended")
    summary = message(state, "msg_9")
    assert (summary.text, summary.info.completed, summary.info.model, summary.cost) == (
        "They fixed it",
        NOW,
        "scripted/m",
        0.02,
    )
    hear(state, "session.compaction.delta")
    assert summary.text == "They fixed it"


def test_a_summary_that_failed_says_why_once() -> None:
    state = born()
    hear(state, "session.compaction.started", {**two.OF_SESSION, "reason": "auto"}, id="evt_7")
    hear(state, "session.compaction.failed")
    assert message(state, "msg_7").state is MessageState.FAILED
    assert session(state).ids == ["msg_7"]


def test_a_shell_is_a_message_with_a_tool() -> None:
    state = born()
    hear(state, "session.shell.started")
    (part,) = message(state, "sh_1").parts
    assert (part.state, part.input) == (ToolState.RUNNING, {"command": "ls"})
    hear(state, "session.shell.ended")
    assert (part.state, part.output, message(state, "sh_1").info.completed) == (ToolState.COMPLETED, "a.py\n", NOW)


def test_what_the_server_writes_for_the_model_is_told_by_its_description() -> None:
    state = born()
    hear(state, "session.synthetic", id="evt_5")
    hear(state, "session.skill.activated", id="evt_6")
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
        hear(state, type)
    assert message(state).text == "Rewritten"


def test_a_revert_that_is_committed_takes_the_messages_away() -> None:
    state = born()
    for count in (1, 3, 4):
        enqueue(state, f"msg_{count}", NOW - 10 + count)
    hear(state, "session.revert.staged", {**two.OF_SESSION, "revert": {"messageID": "msg_3"}})
    assert session(state).info.revert == "msg_3"
    enqueue(state, "msg_5", NOW + 5)  # fetched already, when the log is read from an earlier place
    hear(state, "session.revert.committed", {**two.OF_SESSION, "to": "msg_3"})
    assert session(state).ids == ["msg_1", "msg_5"]
    hear(state, "session.inbox.cancelled", {**two.OF_SESSION, "inboxID": "msg_5"})
    assert (session(state).ids, session(state).info.revert) == (["msg_1"], None)
    hear(state, "session.revert.committed", {**two.OF_SESSION, "to": "msg_99"})
    assert session(state).ids == ["msg_1"]


# ---- messages, as they are fetched ------------------------------------------------------------------------------------

FETCHED: list[dict[str, Any]] = [
    {"id": "msg_1", "type": "user", "time": {"created": NOW}, "text": "Fix it"},
    {"id": "msg_x", "type": "agent-switched", "time": {"created": NOW}, "agent": "plan"},
    {
        "id": "msg_2",
        "type": "assistant",
        "time": {"created": NOW + 5, "completed": NOW + 9},
        "agent": "build",
        "model": MODEL,
        "cost": 0.5,
        "tokens": TOKENS,
        "finish": "stop",
        "content": [
            {"type": "reasoning", "text": "Hm", "time": {"created": NOW, "completed": NOW + 1}},
            {"type": "text", "text": "One"},
            {
                "type": "tool",
                "id": "call_1",
                "name": "bash",
                "state": {
                    "status": "completed",
                    "input": {"command": "ls"},
                    "content": [{"type": "text", "text": "a"}],
                },
                "time": {"created": NOW, "ran": NOW + 1, "completed": NOW + 2},
            },
            {"type": "tool", "id": "call_2", "name": "", "state": {"status": "streaming", "input": '{"a'}, "time": {}},
            {"type": "text", "text": ""},
            {"type": "hologram"},
        ],
    },
    {"id": "msg_0", "type": "user", "time": {"created": NOW + 1}, "text": "It waited"},
    {"id": "msg_5", "type": "synthetic", "time": {"created": NOW + 20}, "text": "<done/>"},
    {"id": "msg_6", "type": "skill", "time": {"created": NOW + 21}, "skill": "skl_1", "name": "pdf", "text": "How"},
    {
        "id": "msg_7",
        "type": "shell",
        "time": {"created": NOW + 22, "completed": NOW + 23},
        "shellID": "sh_1",
        "command": "ls",
        "status": "exited",
        "exit": 0,
        "output": {"output": "a\n", "cursor": 2, "size": 2, "truncated": False},
    },
    {
        "id": "msg_8",
        "type": "compaction",
        "status": "running",
        "time": {"created": NOW + 24},
        "reason": "auto",
        "summary": "So",
    },
    {
        "id": "msg_9",
        "type": "compaction",
        "status": "completed",
        "time": {"created": NOW + 25},
        "reason": "auto",
        "summary": "So far",
    },
    {"type": "user"},
    {"id": "msg_z", "type": "idle", "time": {"created": NOW + 30}, "outcome": "succeeded"},
]


def test_messages_are_fetched_in_the_server_s_order() -> None:
    found = objects.messages("ses_1", FETCHED)
    assert [info.id for info, _ in found] == ["msg_1", "msg_2", "msg_0", "msg_5", "msg_6", "sh_1", "msg_8", "msg_9"]
    created = [info.created for info, _ in found]
    assert created == sorted(created)
    assert [info.completed for info, _ in found[-2:]] == [None, NOW + 25]
    assert found[3][1][0].hidden


def test_the_parts_of_a_fetched_answer_have_the_ids_of_its_events() -> None:
    _, parts = objects.messages("ses_1", FETCHED)[1]
    assert [(part.id, part.ended) for part in parts] == [
        ("msg_2.reasoning-0", True),
        ("msg_2.text-0", True),
        ("msg_2.tool-call_1", True),
        ("msg_2.tool-call_2", False),
        ("msg_2.text-1", False),
        ("msg_2.hologram-0", True),
    ]
    done, written = parts[2], parts[3]
    assert isinstance(done, ToolInfo)
    assert isinstance(written, ToolInfo)
    assert (done.output, done.started, done.finished) == ("a", NOW + 1, NOW + 2)
    assert (written.tool, written.raw, written.state) == ("tool", '{"a', ToolState.PENDING)
    assert isinstance(parts[5], NoteInfo)


def test_the_latest_list_of_things_to_do_is_found_in_the_messages() -> None:
    listed = [ToolInfo(f"t{at}", "todowrite", input={"todos": [{"content": str(at), "status": "x"}]}) for at in (1, 2)]
    assert objects.last_todos([*listed, ToolInfo("t3", "bash"), TextInfo("x")]) == (Todo("2", "x"),)
    assert objects.last_todos([]) is None


def test_a_session_is_fetched() -> None:
    fetched = {
        "id": "ses_1",
        "time": {"created": 1, "updated": 2, "archived": 3},
        "tokens": TOKENS,
        "cost": 1,
        "revert": {"messageID": "msg_1"},
    }
    info = objects.session_info(fetched)
    assert (info.updated, info.archived, info.tokens, info.revert, info.model) == (2, 3, COUNTS, "msg_1", None)
    assert common.variant({"variant": "default"}) is None


# ---- what waits, and the catalogue ------------------------------------------------------------------------------------


def test_what_waits_is_fetched_from_the_inbox() -> None:
    user = {"id": "msg_1", "type": "user", "payload": {"text": "Wait"}, "time": {"created": 3}}
    (found,) = objects.waiting("ses_1", [user, {"id": "msg_2", "type": "compaction"}, {}])
    assert found[0] == MessageInfo("msg_1", "ses_1", Role.USER, 3, queued=True)


def test_what_waits_is_told_by_a_log() -> None:
    def reported(name: str, id: str) -> dict[str, Any]:
        data = {"messageID": id, "prompt": {"text": id}, "timestamp": 3, "delivery": "queue"}
        return {"type": f"session.next.{name}", "data": data}

    log = [
        reported("prompt.admitted", "a"),
        reported("prompt.admitted", "b"),
        reported("prompted", "a"),
        reported("text.ended", "x"),
    ]
    (found,) = objects.waiting("ses_1", v2_preview.waiting(log))
    assert (found[0].id, found[0].created, found[1][0]) == ("b", 3, TextInfo("prt_b", text="b", ended=True))


def test_a_prompt_can_be_sent_again_as_it_was() -> None:
    again = objects.prompt_again(two.PROMPT)
    assert again["agents"] == [{"name": "general"}]
    assert [file["uri"] for file in again["files"]] == ["data:text/plain;base64,aGk=", "file:///project/a.py"]


def test_a_file_that_was_mentioned_is_shown_with_its_content() -> None:
    file = {"data": "aGk=", "mime": "image/png", "source": {"type": "uri", "uri": "file:///project/a.png"}}
    _, shown = objects.prompt_parts("msg_1", {"text": "Look", "files": [file]})
    assert shown == FileInfo("msg_1.file-0", "image/png", "", "data:image/png;base64,aGk=", "/project/a.png")


def test_a_catalogue() -> None:
    found = catalogue.catalogue(
        [
            {"id": "general", "mode": "subagent"},
            {"id": "build", "mode": "primary", "description": "Works"},
            {"id": "title", "hidden": True},
        ],
        [
            {"id": "m", "providerID": "s", "name": "M", "variants": [{"id": "high"}, {}], "limit": {"context": 9}},
            {"id": "old", "providerID": "s", "status": "deprecated"},
            {"id": "off", "providerID": "s", "enabled": False},
        ],
        [{"id": "s", "name": "Scripted"}],
        {"id": "m", "providerID": "s"},
        [{"name": "review", "description": "Look"}, {}],
        [{"id": "pdf", "name": "PDF"}],
    )
    assert found == Catalogue(
        (Agent("general", "", "subagent"), Agent("build", "Works")),
        (Model("s", "m", "M", "Scripted", ("high",), 9),),
        "build",
        "s/m",
        (SlashCommand("review", "Look"), SlashCommand("pdf", source="skill")),
    )
    assert catalogue.catalogue(*[None] * 6) == Catalogue()


def test_files_and_services() -> None:
    assert catalogue.found({"path": "src/", "type": "directory"}) == Found("folder", "src/")
    diff = {"file": "a.py", "additions": 1, "deletions": 2, "status": "modified", "patch": "@@"}
    assert catalogue.file_diff(diff) == FileDiff("a.py", 1, 2, "modified", "@@")
    failed = {"name": "s", "status": {"status": "failed", "error": "Why"}}
    assert catalogue.mcp(failed) == Service("mcp", "s", "failed", "Why")


def test_a_catalogue_that_changed_is_fetched_again() -> None:
    assert isinstance(v2_preview.decode({"type": "catalog.updated", "data": {}}).events[0], e.CatalogueStale)
    assert only("agent.updated", {}) == e.CatalogueStale(id="evt_3")
