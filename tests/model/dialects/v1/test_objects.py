"""OpenCode 1.x: the objects of its routes and events, as each version spells them. What it really sends is in
`tests/model/reduce/test_recordings.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects.read import BadField
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.entities import (
    Agent,
    Catalogue,
    ChangeTotals,
    FileInfo,
    Model,
    NoteInfo,
    Problem,
    Role,
    SlashCommand,
    TextInfo,
    Tokens,
    ToolInfo,
    ToolState,
)

from ....support import shapes

Json = dict[str, Any]


def decode(type: str, /, **properties: Any) -> tuple[e.Event, ...]:
    return v1.decode({"payload": {"id": "evt", "type": type, "properties": properties}}).events


def part(**values: Any) -> Any:
    return v1_objects.part_info({"id": "prt", "sessionID": "ses", "messageID": "msg", **values})


def test_a_session() -> None:
    data = {
        **shapes.session("ses", parent="above"),
        "agent": "build",
        "model": {"providerID": "p", "id": "m", "variant": "high"},
        "cost": 0.1,
        "tokens": {"input": 1, "output": 2, "reasoning": 3, "cache": {"read": 4, "write": 5}},
        "revert": {"messageID": "msg"},
        "time": {"created": 1, "updated": 2, "archived": 3},
        "share": {"url": "https://x/s"},
        "summary": {"files": 2, "additions": 30, "deletions": 4},
    }
    info = v1_objects.session_info(data)
    assert (info.id, info.title, info.parent, info.directory) == ("ses", "A session", "above", "/project")
    assert (info.created, info.updated, info.archived, info.revert) == (1, 2, 3, "msg")
    assert (info.agent, info.model, info.variant) == ("build", "p/m", "high")
    assert (info.cost, info.tokens) == (0.1, Tokens(1, 2, 3, 4, 5))
    assert (info.share, info.changed) == ("https://x/s", ChangeTotals(2, 30, 4))


def test_a_session_with_few_fields() -> None:
    info = v1_objects.session_info({"id": "ses", "model": {"id": "m"}})
    assert (info.title, info.parent, info.model, info.tokens, info.created) == ("", None, None, None, 0)


def test_a_prompt_and_an_answer_name_their_model_in_two_ways() -> None:
    ids = {"id": "msg", "sessionID": "ses"}
    prompt = v1_objects.message_info(
        {**ids, "role": "user", "model": {"providerID": "p", "modelID": "m", "variant": "v"}}
    )
    answer = v1_objects.message_info(
        {**ids, "role": "assistant", "providerID": "p", "modelID": "m", "variant": "v", "mode": "plan"}
    )
    assert (prompt.role, prompt.model, prompt.variant) == (Role.USER, "p/m", "v")
    assert (answer.role, answer.model, answer.variant, answer.agent) == (Role.ASSISTANT, "p/m", "v", "plan")


def test_an_answer() -> None:
    more = {
        "time": {"created": 1, "completed": 2},
        "finish": "stop",
        "cost": 0.1,
        "summary": True,
        "error": {"name": "APIError"},
    }
    info = v1_objects.message_info({**shapes.assistant("msg", "ses", "ask"), **more})
    assert (info.created, info.completed, info.parent, info.finish, info.summary) == (1, 2, "ask", "stop", True)
    assert info.error == Problem("APIError", "APIError")


@pytest.mark.parametrize(
    ("data", "info"),
    [
        ({"type": "text", "text": "Hi"}, TextInfo("prt", text="Hi")),
        ({"type": "text", "text": "Hi", "time": {"start": 1, "end": 2}}, TextInfo("prt", "text", "Hi", True, 1, 2)),
        ({"type": "text", "synthetic": True}, TextInfo("prt", hidden=True)),
        ({"type": "text", "ignored": True}, TextInfo("prt", hidden=True)),
        ({"type": "reasoning", "text": "Hm"}, TextInfo("prt", "reasoning", "Hm")),
        (
            {"type": "file", "mime": "image/png", "filename": "a", "url": "data:"},
            FileInfo("prt", "image/png", "a", "data:"),
        ),
        ({"type": "file"}, FileInfo("prt")),
        ({"type": "agent", "name": "plan"}, NoteInfo("prt", "agent", "@plan", {"name": "plan"})),
        ({"type": "compaction", "auto": True}, NoteInfo("prt", "compaction", "Conversation compacted", {"auto": True})),
        ({"type": "subtask", "prompt": "Look"}, NoteInfo("prt", "subtask", "Look", {"prompt": "Look"})),
        ({"type": "subtask", "description": "A look"}, NoteInfo("prt", "subtask", "A look", {"description": "A look"})),
        ({"type": "patch", "files": ["a", "b"]}, NoteInfo("prt", "patch", "a, b", {"files": ["a", "b"]})),
        ({"type": "retry", "attempt": 2}, NoteInfo("prt", "retry", "Attempt 2 failed: unknown reason", {"attempt": 2})),
        (
            {"type": "retry", "error": {"message": "No."}},
            NoteInfo("prt", "retry", "Attempt 0 failed: No.", {"error": {"message": "No."}}),
        ),
    ],
)
def test_parts(data: Json, info: Any) -> None:
    assert part(**data) == info


@pytest.mark.parametrize("type", ["step-start", "step-finish", "snapshot", "hologram", None])
def test_parts_that_say_nothing_to_the_user_are_kept_and_hidden(type: str | None) -> None:
    info = part(type=type, reason="stop")
    assert isinstance(info, NoteInfo)
    assert info.hidden
    assert info.data["reason"] == "stop"


def test_a_tool() -> None:
    state = {
        "status": "completed",
        "input": {"a": 1},
        "raw": "{",
        "title": "Count",
        "output": "one",
        "metadata": {"output": "o", "sessionId": "kid", "exit": 0},
        "time": {"start": 1, "end": 2},
    }
    assert part(type="tool", tool="task", callID="call", state=state) == ToolInfo(
        "prt", "task", "call", ToolState.COMPLETED, "Count", {"a": 1}, "{", "one", "", {"exit": 0}, "kid", 1, 2
    )


def test_files_that_a_tool_gave_back_and_that_a_prompt_mentions() -> None:
    given = {"id": "f", "type": "file", "mime": "image/png", "url": "data:image/png;base64,"}
    tool = part(type="tool", tool="read", state={"status": "completed", "attachments": [given, {"mime": "no id"}]})
    assert tool.files == (FileInfo("f", "image/png", url="data:image/png;base64,"),)
    source = {"type": "file", "path": "src/a.py", "text": {"value": "@src/a.py", "start": 0, "end": 9}}
    assert part(type="file", mime="text/plain", source=source).path == "src/a.py"


def test_a_running_tool_says_its_output_in_its_metadata() -> None:
    info = part(type="tool", tool="bash", state={"status": "running", "metadata": {"output": "so far"}})
    assert (info.output, info.state) == ("so far", ToolState.RUNNING)


@pytest.mark.parametrize("status", ["interrupted", "levitating", None])
def test_a_tool_of_unknown_state_runs(status: str | None) -> None:
    assert part(type="tool", state={"status": status}).state is ToolState.RUNNING
    assert part(type="tool").tool == "tool"


@pytest.mark.parametrize("read", [v1_objects.session_info, v1_objects.message_info, v1_objects.part_info])
def test_objects_without_an_id_are_refused(read: Any) -> None:
    with pytest.raises(BadField):
        read({"type": "text", "role": "user", "sessionID": "ses"})


# ---- the catalogue -----------------------------------------------------------------------------------------------------

PROVIDERS = {
    "providers": [
        {
            "id": "p",
            "name": "Provider",
            "models": {
                "m": {
                    "name": "Model",
                    "variants": {"high": {}},
                    "limit": {"context": 1000},
                    "capabilities": {"input": {"text": True, "image": True, "pdf": False}},
                },
                "old": {"status": "deprecated"},
                "odd": None,
                "n": {},
                "o": {"modalities": {"input": ["text", "pdf"]}},
            },
        }
    ],
    "default": {"q": 5, "p": "m"},
}


def test_a_catalogue() -> None:
    agents = [
        {"name": "look", "mode": "subagent"},
        {"name": "build", "mode": "primary", "description": "Builds"},
        {"name": "both", "mode": "all"},
        {"name": "title", "hidden": True},
        {"mode": "primary"},
    ]
    assert v1_objects.catalogue(agents, PROVIDERS, {}) == Catalogue(
        (Agent("look", "", "subagent"), Agent("build", "Builds"), Agent("both", "", "all")),
        (
            Model("p", "m", "Model", "Provider", ("high",), 1000, ("text", "image")),
            Model("p", "n", "", "Provider"),
            Model("p", "o", "", "Provider", inputs=("text", "pdf")),
        ),
        "build",
        None,
        fallback_model="p/m",
        unlisted=frozenset({"title", "p/old", "p/odd"}),
    )


def test_the_default_model_is_known_where_there_is_one_model_alone() -> None:
    one = {"providers": [{"id": "p", "models": {"m": {}, "old": {"status": "deprecated"}}}], "default": {"p": "m"}}
    assert v1_objects.catalogue([], one, {}).default_model == "p/m"
    assert v1_objects.catalogue([], {"providers": []}, {}).default_model is None


def test_an_agent_may_have_a_model_of_its_own() -> None:
    own = {"providerID": "p", "modelID": "m/x"}
    variants = ("high", "default")
    agents = [*({"name": "a", "model": own, "variant": variant} for variant in variants), {"name": "c", "model": None}]
    found = v1_objects.catalogue(agents, {}, {}).agents
    assert [(agent.model, agent.variant) for agent in found] == [("p/m/x", "high"), ("p/m/x", None), (None, None)]


@pytest.mark.parametrize(
    ("limit", "window"),
    [
        ({"context": 400, "input": 272}, 272),
        ({"context": 100, "input": 272}, 100),
        ({"input": 9}, 9),
        ({"context": 0}, None),
        (None, None),
    ],
)
def test_the_window_is_what_a_model_takes(limit: Any, window: int | None) -> None:
    listed = {"providers": [{"id": "p", "models": {"m": {"limit": limit}}}]}
    assert v1_objects.catalogue([], listed, {}).models[0].context == window


def test_a_configuration_has_the_last_word() -> None:
    found = v1_objects.catalogue([{"name": "build"}], PROVIDERS, {"default_agent": "plan", "model": "q/x"})
    assert (found.default_agent, found.default_model) == ("plan", "q/x")


def test_slash_commands() -> None:
    events = [
        {"name": "init", "description": "Writes AGENTS.md", "source": "skill", "hints": ["$1"]},
        {"name": "x"},
        {},
    ]
    found = v1_objects.catalogue([], {}, {}, events).commands
    assert found == (SlashCommand("init", "Writes AGENTS.md", "skill", ("$1",)), SlashCommand("x"))


def test_a_catalogue_of_nothing() -> None:
    assert v1_objects.catalogue(None, None, None) == Catalogue()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ('PermissionRejectedError({"_tag":"PermissionRejectedError"})', "The user rejected permission to use"),
        ('QuestionRejectedError({"_tag":"QuestionRejectedError"})', "The user dismissed this question"),
        ("PermissionRejectedError", "PermissionRejectedError"),
        ("No such file (a.py)", "No such file (a.py)"),
    ],
)
def test_a_refusal_by_the_user_is_told_in_words(error: str, words: str) -> None:
    """As 1.2.27 states it."""
    part = {"id": "prt", "type": "tool", "tool": "bash", "state": {"status": "error", "error": error}}
    found = v1_objects.part_info(part)
    assert isinstance(found, ToolInfo)
    assert found.error.startswith(words)
