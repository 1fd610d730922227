"""The conversations of a widget as a cell's output: bounded, sanitised, the newest turns whole."""

from __future__ import annotations

import base64
import json
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from opencode_widget.model.entities import FileInfo, MessageInfo, Role, TextInfo, ToolInfo, ToolState
from opencode_widget.model.state import Message
from opencode_widget.operations.saved_transcript import BYTES, PICTURE, Conversation, copied, drawn

NAME = "opencode-transcript opencode-of-0123 opencode-revision-1"


def message(role: Role, *parts: Any) -> Message:
    return cast(Message, SimpleNamespace(info=MessageInfo("msg", "ses_1", role), parts=parts))


def text(words: str) -> Any:
    return SimpleNamespace(info=TextInfo("prt"), text=words, output="")


def tool(output: str) -> Any:
    info = ToolInfo("prt", tool="bash", state=ToolState.COMPLETED, title="Run it", input={"command": "ls"})
    return SimpleNamespace(info=info, text="", output=output)


def turns(count: int, answer: str = "An answer.") -> Conversation:
    messages = [
        item
        for number in range(count)
        for item in (message(Role.USER, text(f"Question {number}")), message(Role.ASSISTANT, text(answer)))
    ]
    return copied("Sheep", "session ses_1 of /farm", messages)


def size(saved: Any) -> int:
    return len(json.dumps(saved.data, ensure_ascii=False).encode())


def test_a_short_conversation_stands_whole_in_each_format() -> None:
    saved = drawn([turns(3)], NAME, "")
    assert saved.html.startswith(f'<div class="{NAME}">')
    for form in (saved.html, saved.markdown):
        assert [form.count(f"Question {number}") for number in range(3)] == [1, 1, 1]
        assert form.count("An answer.") == 3
        assert "Sheep" in form
        assert "shortened" not in form
    assert saved.text == "<OpenCode transcript, 3 turns>"


PNG = b"\x89PNG\r\n" + bytes(20)


def pictured(content: bytes, role: Role = Role.USER, mime: str = "image/png") -> Conversation:
    """A conversation in which somebody attached a picture."""
    url = f"data:{mime};base64,{base64.b64encode(content).decode()}"
    part = SimpleNamespace(info=FileInfo("prt", mime, "@fig.png", url), text="", output="")
    return copied("Sheep", "here", [message(Role.USER, text("Look")), message(role, text("Here"), part)])


def test_a_small_picture_of_a_prompt_is_drawn_and_named() -> None:
    saved = drawn([pictured(PNG)], NAME, "")
    assert f'<img src="data:image/png;base64,{base64.b64encode(PNG).decode()}" alt="@fig.png"' in saved.html
    assert "@fig.png" in saved.markdown
    assert "base64" not in saved.markdown


@pytest.mark.parametrize(
    "conversation",
    [
        pictured(PNG + bytes(PICTURE)),
        pictured(PNG, Role.ASSISTANT),
        pictured(b"<svg onload='alert(1)'/>", mime="image/svg+xml"),
        pictured(b"<script>"),
    ],
    ids=["large", "of the agent", "SVG", "no picture"],
)
def test_any_other_picture_is_named_alone(conversation: Conversation) -> None:
    saved = drawn([conversation], NAME, "")
    assert "<img" not in saved.html
    assert "@fig.png" in saved.html


def test_pictures_stay_within_the_bound() -> None:
    many = pictured(PNG + bytes(PICTURE - 100))
    saved = drawn([many._replace(turns=many.turns * 9)], NAME, "")
    assert 1 <= saved.html.count("<img") < 9
    assert size(saved) <= BYTES


def test_several_conversations_stand_one_after_the_other() -> None:
    saved = drawn([turns(1)._replace(title="First"), turns(1)._replace(title="Second")], NAME, "")
    assert saved.html.index("First") < saved.html.index("Second")


def test_before_anybody_talked_it_says_what_the_widget_was() -> None:
    saved = drawn([], NAME, "OpenCode in /farm; run the cell to use it")
    assert "run the cell" in saved.html
    assert "run the cell" in saved.markdown


@pytest.mark.parametrize(
    ("count", "answer"),
    [
        (300, "word " * 2_000),
        (3, '<b>"&$\\' * 40_000),
        (2, "- `x`\n" * 60_000),
        (399, "é" * 3_000),
        (1, "# x\n\n" * 90_000),
    ],
)
def test_it_is_bounded_and_keeps_the_newest_turn(count: int, answer: str) -> None:
    began = time.monotonic()
    saved = drawn([turns(count, answer), turns(count, answer)], NAME, "")
    assert size(saved) <= BYTES
    assert time.monotonic() - began < 20
    assert f"Question {count - 1}" in saved.html
    assert f"Question {count - 1}" in saved.markdown
    if count > 100:
        assert "Earlier turns are shortened here. All of it: OpenCode, session ses" in saved.html
        assert f"Question {count - 20}" in saved.html, "each earlier turn has a line"


def test_tools_are_shortened() -> None:
    lines = "\n".join(f"line {number}" for number in range(500))
    saved = drawn([copied("", "", [message(Role.USER, text("Go")), message(Role.ASSISTANT, tool(lines))])], NAME, "")
    assert "line 19" in saved.html
    assert "line 20" not in saved.html
    assert "480 more lines" in saved.html


def test_what_the_agent_wrote_is_letters() -> None:
    evil = (
        '<script>alert(1)</script><img src="https://x/y.png" onerror=alert(1)> ![](https://x/y.png) [a](javascript:x)'
    )
    saved = drawn([turns(1, evil)._replace(title="<script>t</script>")], NAME, "<script>e</script>")
    for bad in ("<script", "<img", "onerror=alert(1)>", 'href="javascript'):
        assert bad not in saved.html.replace("&lt;", "")
    assert "<script" not in saved.markdown.replace("\\<", "").replace("&lt;", "")
