"""Names in a page's prompt are resolved as from Python, and the page is told what they are and what would be sent for them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from opencode_widget.context.namespace import Namespace

from ...support.command_client import CommandClient
from ...support.servers.fake import FakeServer
from ...support.wait import eventually


class Pictured:
    def _repr_png_(self) -> bytes:
        return b"\x89PNG"


class Counting:
    calls = 0

    def __repr__(self) -> str:
        Counting.calls += 1
        return "counted"


@pytest.fixture(autouse=True)
def variables(client: CommandClient) -> dict[str, Any]:
    variables: dict[str, Any] = {"config": {"depth": 3}, "picture": Pictured(), "counting": Counting()}
    client.manager.namespace = lambda: Namespace(variables)
    Counting.calls = 0
    return variables


async def test_what_a_prompt_names_goes_with_it(client: CommandClient, fake_server: FakeServer) -> None:
    where = {"instance": client.instance.id, "session": "ses_1", "key": "k"}
    mine = {"mime": "text/plain", "filename": "a.txt", "url": "data:text/plain;base64,YQ=="}
    await client.does("prompt", **where, text="Why is @var:config so? @var:counting", files=[mine])
    (sent,) = fake_server.seen("POST", "/session/ses_1/prompt_async")
    words, file, config, counted = sent.json()["parts"]
    assert words["text"] == "Why is @var:config so? @var:counting"
    assert (file["filename"], config["filename"], counted["filename"]) == ("a.txt", "@var:config", "@var:counting")
    assert "'depth': 3" in base64.b64decode(config["url"].partition(",")[2]).decode()
    assert Counting.calls == 1


@pytest.mark.parametrize("command", ["prompt", "queue_prompt", "run_command"])
async def test_an_unknown_name_is_refused_and_nothing_is_sent(
    client: CommandClient, fake_server: FakeServer, command: str
) -> None:
    sessions = set(fake_server.sessions)
    args = {"arguments": "@var:confg", "command": "review"} if command == "run_command" else {"text": "Why @var:confg?"}
    where = {"session": "ses_1"} if command == "queue_prompt" else {}
    problem = await client.fails(command, instance=client.instance.id, key="k", **where, **args)
    assert "'confg'" in problem["message"]
    assert "@var:config" in problem["remedy"]
    assert set(fake_server.sessions) == sessions
    assert not [item for item in fake_server.requests if item.method == "POST"]


class Unspeakable:
    def __repr__(self) -> str:
        raise ValueError("no words for it")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("@cell:99", "has run no cell [99]"),
        ("@error", "No cell has failed"),
        ("@fig", "There is no open figure"),
        ("@var:unspeakable", "cannot be described: ValueError: no words for it"),
    ],
)
async def test_what_cannot_be_named_is_refused_in_a_sentence_and_nothing_is_sent(
    client: CommandClient, fake_server: FakeServer, variables: dict[str, Any], words: str, sentence: str
) -> None:
    variables["unspeakable"] = Unspeakable()
    problem = await client.fails("prompt", instance=client.instance.id, session="ses_1", key="k", text=f"Why {words} ?")
    assert sentence in problem["message"]
    assert "\n" not in problem["message"]
    assert problem["remedy"]
    assert not [item for item in fake_server.requests if item.method == "POST"]


async def queued(client: CommandClient, fake_server: FakeServer, text: str) -> dict[str, str]:
    """The arguments that name a prompt which waits behind a turn."""
    where = {"instance": client.instance.id, "session": "ses_1"}
    await client.does("select_session", **where)
    fake_server.set_status("ses_1", "busy")
    await eventually(lambda: client.instance.session("ses_1").status == "busy")
    await client.does("queue_prompt", **where, text=text)
    return where | {"queued": client.instance.session("ses_1").queue.prompts[0].id}


async def test_a_name_that_is_new_in_an_edited_prompt_is_described(
    client: CommandClient, fake_server: FakeServer, variables: dict[str, Any]
) -> None:
    where = await queued(client, fake_server, "Why @var:counting and @var:picture?")
    del variables["counting"]  # what was named before was described when the prompt was queued
    await client.does("edit_queued", **where, text="Why @var:counting and @var:config?")
    assert client.instance.session("ses_1").queue.prompts[0].files == ("@var:counting", "@var:config")
    fake_server.set_status("ses_1", "idle")
    await eventually(lambda: fake_server.seen("POST", "/session/ses_1/prompt_async"))
    words, counting, config = fake_server.seen("POST", "/session/ses_1/prompt_async")[0].json()["parts"]
    assert words["text"] == "Why @var:counting and @var:config?"
    assert (counting["filename"], config["filename"]) == ("@var:counting", "@var:config")
    assert "'depth': 3" in base64.b64decode(config["url"].partition(",")[2]).decode()
    assert Counting.calls == 1


async def test_an_edited_prompt_with_an_unknown_name_waits_as_it_was(
    client: CommandClient, fake_server: FakeServer
) -> None:
    where = await queued(client, fake_server, "Why @var:config?")
    problem = await client.fails("edit_queued", **where, text="Why @var:confg?")
    assert "@var:config" in problem["remedy"]
    (waiting,) = client.instance.session("ses_1").queue
    assert (waiting.text, waiting.files) == ("Why @var:config?", ("@var:config",))


async def test_names_are_found_by_what_was_written(client: CommandClient) -> None:
    found = await client.does("find_names", query="conf")
    assert found == {"names": [{"name": "@var:config", "detail": "dict, 1 entry"}]}
    assert Counting.calls == 0


async def test_the_names_of_a_prompt_are_checked(client: CommandClient) -> None:
    good, bad = (await client.does("check_names", text="@var:config @var:nothing"))["names"]
    assert good == {"name": "@var:config", "detail": "dict, 1 entry"}
    assert bad["name"] == "@var:nothing"
    assert "detail" not in bad
    assert "'nothing'" in bad["problem"]["message"]


async def test_a_preview_is_what_would_be_sent(client: CommandClient) -> None:
    (item,) = (await client.does("preview_names", text="@var:picture"))["descriptions"]
    assert item["name"] == "@var:picture"
    assert item["text"].startswith("@var:picture: ")
    (picture,) = item["pictures"]
    assert picture["url"] == "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
    assert item["size"] == len(item["text"].encode()) + 4
    problem = await client.fails("preview_names", text="@var:pictur")
    assert "@var:picture" in problem["remedy"]
