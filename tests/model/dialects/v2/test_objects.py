"""OpenCode 2.x: the objects of its routes."""

from __future__ import annotations

from typing import Any

from opencode_widget.model.dialects import common
from opencode_widget.model.dialects.v2 import objects
from opencode_widget.model.entities import (
    FileInfo,
    MessageInfo,
    NoteInfo,
    Role,
    TextInfo,
    Todo,
    Tokens,
    ToolInfo,
    ToolState,
)
from tests.support.v2_preview import events as v2_preview

from ....support.v2 import events as two
from ....support.v2.events import MODEL, NOW, TOKENS

COUNTS = Tokens(5, 7, 1, 2, 3)


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
    listed = [
        ToolInfo(f"t{at}", "todowrite", state=state, input={"todos": [{"content": str(at), "status": "x"}]})
        for at, state in enumerate((ToolState.COMPLETED, ToolState.COMPLETED, ToolState.ERROR))
    ]
    assert objects.last_todos([*listed, ToolInfo("t3", "bash"), TextInfo("x")]) == (Todo("1", "x"),)
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


def test_what_waits_is_read_from_a_log() -> None:
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
