"""A prompt as the routes of 2.x take it."""

from __future__ import annotations

import pytest

from opencode_widget.server.api import Attachment, Mention, Prompt, PromptOptions
from opencode_widget.server.v2.prompt import body_of, body_of_model, mention_place

FILE = Attachment("text/plain", "a.txt", "data:text/plain;base64,YQ==")


def prompt(text: str, **options: object) -> Prompt:
    return Prompt("ses", text, "msg", "prt", PromptOptions(**options))  # type: ignore[arg-type]


def test_a_plain_prompt() -> None:
    assert body_of(prompt("Hi"), None) == {"id": "msg", "text": "Hi", "files": [], "agents": []}


def test_files_and_agents_say_where_they_are_named() -> None:
    mentions = (Mention("file", "src/a.py", 0, 9), Mention("agent", "build", 10, 16))
    body = body_of(prompt("@src/a.py @build", files=(FILE,), mentions=mentions, delivery="queue"), "/project")
    given, mentioned = body["files"]
    assert given == {"uri": FILE.url, "name": "a.txt"}
    assert (mentioned["uri"], mentioned["mention"]["text"]) == ("file:///project/src/a.py", "@src/a.py")
    assert body["agents"] == [{"name": "build", "mention": {"start": 10, "end": 16, "text": "@build"}}]
    assert body["delivery"] == "queue"


def test_without_a_folder_paths_are_from_the_root() -> None:
    body = body_of(prompt("@a.py", mentions=(Mention("file", "a.py", 0, 5),)), None)
    assert body["files"][0]["uri"] == "file:///a.py"


def test_places_are_counted_in_utf_16() -> None:
    assert mention_place("🐑 @b", Mention("agent", "b", 2, 4)) == {"start": 3, "end": 5, "text": "@b"}


@pytest.mark.parametrize(("variant", "more"), [(None, {}), ("high", {"variant": "high"})])
def test_a_model_with_and_without_a_variant(variant: str | None, more: dict[str, str]) -> None:
    assert body_of_model("p/family/m", variant) == {"providerID": "p", "id": "family/m", **more}
