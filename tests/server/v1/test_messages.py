"""The messages of 1.x, page by page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from opencode_widget.model.dialects.read import BadField
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v1 import messages
from opencode_widget.server.v1.messages import CURSOR, Messages, loaded_message

from ...support import shapes
from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange


@pytest_asyncio.fixture
async def http(fake_server: FakeServer) -> AsyncIterator[Http]:
    http = Http(address(fake_server.url), "/project")
    yield http
    await http.close()


def changed(name: str) -> dict[str, object]:
    """A prompt that says what its turn changed."""
    info = shapes.user(f"msg_{name}", "ses_1")
    return {"info": {**info, "summary": {"diffs": [{"file": name, "additions": 1, "deletions": 0}]}}, "parts": []}


async def pages(exchange: Exchange, _normal: object) -> None:
    """Three pages, the newest first."""
    number = int(exchange.request.query.get("before", "3"))
    more = {"X_Next_Cursor": str(number - 1)} if number > 1 else {}
    await exchange.json([changed(f"{number}.py")], **more)


async def test_a_page_names_the_next(http: Http, fake_server: FakeServer) -> None:
    fake_server.always["/session/ses_1/message"] = pages
    assert CURSOR == "x-next-cursor"
    answer, more = await Messages(http).page("ses_1", 10, None)
    assert (answer[0]["info"]["id"], more) == ("msg_3.py", "2")
    assert (await Messages(http).page("ses_1", 10, "1"))[1] is None


async def test_what_a_session_changed_is_that_of_its_turns_oldest_first(http: Http, fake_server: FakeServer) -> None:
    fake_server.always |= {"/session/ses_1/diff": faults.body(b"[]"), "/session/ses_1/message": pages}
    assert [diff.file for diff in await Messages(http).diff("ses_1", None)] == ["1.py", "2.py", "3.py"]


async def test_a_session_without_end_is_looked_through_to_a_bound(
    http: Http, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(exchange: Exchange, _normal: object) -> None:
        await exchange.json([], X_Next_Cursor="x")

    monkeypatch.setattr(messages, "PAGES", 3)
    fake_server.always |= {"/session/ses_1/diff": faults.body(b"[]"), "/session/ses_1/message": endless}
    assert await Messages(http).diff("ses_1", None) == ()
    assert len([request for request in fake_server.requests if request.path.endswith("/message")]) == 3


async def test_what_the_server_says_of_a_session_or_a_message_counts(http: Http, fake_server: FakeServer) -> None:
    diffs = json.dumps([{"file": "a.py", "additions": 2, "deletions": 1}]).encode()
    fake_server.always["/session/ses_1/diff"] = faults.body(diffs)
    for message_id in (None, "msg_1"):
        (diff,) = await Messages(http).diff("ses_1", message_id)
        assert (diff.file, diff.additions, diff.deletions) == ("a.py", 2, 1)
    assert fake_server.requests[-1].query["messageID"] == "msg_1"


async def test_a_message_that_changed_nothing_is_not_looked_for_elsewhere(http: Http, fake_server: FakeServer) -> None:
    fake_server.always["/session/ses_1/diff"] = faults.body(b"[]")
    assert await Messages(http).diff("ses_1", "msg_1") == ()
    assert len(fake_server.requests) == 1


def test_a_message_is_an_object() -> None:
    with pytest.raises(BadField, match="message is not an object"):
        loaded_message([])
