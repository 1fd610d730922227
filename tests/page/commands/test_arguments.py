"""What a page sends with a command: places in texts, files, mentions, each good or refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.errors import BadAttachment, BadCommand
from opencode_widget.model.text.utf16 import units
from opencode_widget.operations.files import attachments
from opencode_widget.page.commands import arguments
from opencode_widget.server.api import Attachment, Mention
from opencode_widget.server.v1.prompt import file_url

FILE = {"mime": "image/png", "filename": "a.png", "url": "data:image/png;base64,aGVsbG8="}


# ---- places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "abc", "🐑b", "a🐑🐑c", "日本🐑", "\ud83d!"])
def test_a_place_is_the_same_for_javascript_and_for_us(text: str) -> None:
    for at in range(len(text) + 1):
        assert arguments.place(text, units(text[:at])) == at


def test_a_place_within_a_character_is_after_it() -> None:
    assert arguments.place("a🐑b", 2) == 2


@pytest.mark.parametrize("units", [-1, 5, "1", None, True, 1.5])
def test_what_is_no_place_is_refused(units: Any) -> None:
    with pytest.raises(BadCommand, match="no place"):
        arguments.place("a🐑b", units)


# ---- mentions ---------------------------------------------------------------------------------------------------------


def test_mentions_of_files_folders_and_agents() -> None:
    events = [
        {"kind": "file", "path": "src/", "start": 3, "end": 8},
        {"kind": "agent", "name": "general", "start": 9, "end": 17},
    ]
    found = arguments.mentions({"mentions": events}, "🐑 @src/ @general")
    assert found == (Mention("file", "src/", 2, 7), Mention("agent", "general", 8, 16))
    assert arguments.mentions({}, "x") == ()


@pytest.mark.parametrize(
    "value",
    [
        "x",
        [7],
        [{}],
        [{"kind": "planet", "path": "a", "start": 0, "end": 1}],
        [{"kind": "file", "start": 0, "end": 1}],
        [{"kind": "file", "path": "a", "start": 1, "end": 1}],
        [{"kind": "file", "path": "a", "start": 0, "end": 99}],
    ],
)
def test_a_mention_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(BadCommand):
        arguments.mentions({"mentions": value}, "hello")


@pytest.mark.parametrize(
    ("directory", "path", "url"),
    [
        ("/project", "src/a b.py", "file:///project/src/a%20b.py"),
        ("/project", "/etc/hosts", "file:///etc/hosts"),
        ("C:\\Work", "src/a.py", "file:///C%3A/Work/src/a.py"),
    ],
)
def test_a_file_has_a_url_on_its_server(directory: str, path: str, url: str) -> None:
    assert file_url(directory, path) == url


# ---- files ------------------------------------------------------------------------------------------------------------


def test_files_are_taken_and_text_is_called_plain() -> None:
    python = {"mime": "text/x-python", "url": "data:text/x-python;base64,eA=="}
    assert arguments.files({"files": [FILE, python]}) == (
        Attachment("image/png", "a.png", FILE["url"]),
        Attachment("text/plain", "file", "data:text/plain;base64,eA=="),
    )


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"mime": "nonsense"}, BadAttachment),
        ({"url": "https://x/y.png"}, BadAttachment),
        ({"url": "data:broken"}, BadAttachment),
        ({"url": None}, BadCommand),
        ({"mime": 7}, BadCommand),
    ],
)
def test_a_file_that_is_none_is_refused(change: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        arguments.files({"files": [{**FILE, **change}]})


def test_files_that_are_too_large_together_are_refused_with_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "BOUND", 9)
    arguments.files({"files": [FILE]})
    with pytest.raises(BadAttachment, match="can go with a prompt"):
        arguments.files({"files": [FILE, FILE]})


@pytest.mark.parametrize(("value", "number"), [(None, 5), ("7", 5), (True, 5), (7, 7), (-3, 0), (99, 9)])
def test_a_number_stays_in_its_bounds(value: Any, number: int) -> None:
    assert arguments.number({"n": value}, "n", 5, 9) == number
