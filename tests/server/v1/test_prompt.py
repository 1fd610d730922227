"""A prompt as the routes of 1.x take it."""

from __future__ import annotations

import pytest

from opencode_widget.server.api import Attachment, Mention, Prompt, PromptOptions
from opencode_widget.server.v1.prompt import body_of_files, file_url, named_model, parts_of

FILE = Attachment("text/plain", "a.txt", "data:text/plain;base64,YQ==")


def test_a_model_is_two_fields() -> None:
    assert named_model("provider/family/model") == {"providerID": "provider", "modelID": "family/model"}


def test_files_go_with_their_content() -> None:
    assert body_of_files([FILE]) == [{"type": "file", "mime": "text/plain", "filename": "a.txt", "url": FILE.url}]


def test_places_of_mentions_are_counted_in_utf_16() -> None:
    mentions = (Mention("agent", "build", 2, 8), Mention("file", "src/", 9, 14))
    prompt = Prompt("s", "🐑 @build @src/", "msg", "prt", PromptOptions(files=(FILE,), mentions=mentions), ("x", "y"))
    text, file, agent, folder = parts_of(prompt, "/project")
    assert text == {"id": "prt", "type": "text", "text": "🐑 @build @src/"}
    assert (file["id"], agent["id"]) == ("x", "y")
    assert "id" not in folder, "an id of ours is there for the first two alone"
    assert agent["source"] == {"value": "@build", "start": 3, "end": 9}
    assert (folder["mime"], folder["filename"], folder["url"]) == (
        "application/x-directory",
        "src/",
        "file:///project/src",
    )


@pytest.mark.parametrize(
    ("directory", "path", "url"),
    [
        ("/project", "a b.py", "file:///project/a%20b.py"),
        ("/project", "/elsewhere/a.py", "file:///elsewhere/a.py"),
        ("C:\\project", "src\\a.py", "file:///C%3A/project/src/a.py"),
        ("/with\\backslash", "a.py", "file:///with%5Cbackslash/a.py"),
        ("", "a.py", "file:///a.py"),
    ],
)
def test_the_url_of_a_file(directory: str, path: str, url: str) -> None:
    assert file_url(directory, path) == url
