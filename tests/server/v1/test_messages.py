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


# ---- servers without cursors ------------------------------------------------------------------------------------------


def serve(fake_server: FakeServer, count: int, *, limited: bool = True) -> list[str]:
    """As 1.0 to 1.2.20 do: `limit` counts, `before` does not, and no header names older messages."""
    ids = [f"msg_{number:04d}" for number in range(count)]

    async def all_or_newest(exchange: Exchange, _normal: object) -> None:
        limit = int(exchange.request.query.get("limit", 0)) if limited else 0
        chosen = ids[-limit:] if limit else ids
        await exchange.json([{"info": shapes.user(id, "ses_1"), "parts": []} for id in chosen])

    fake_server.always["/session/ses_1/message"] = all_or_newest
    return ids


async def all_pages(messages: Messages, limit: int) -> list[list[str]]:
    """The ids of each page, the newest page first."""
    found, before = [], None
    while not found or before is not None:
        answer, before = await messages.page("ses_1", limit, before)
        found.append([item["info"]["id"] for item in answer])
    return found


@pytest.mark.parametrize("count", [1, 99, 100, 101, 130, 350])
async def test_nothing_is_lost_where_the_server_names_no_cursor(
    http: Http, fake_server: FakeServer, count: int
) -> None:
    ids = serve(fake_server, count)
    newest, *older = await all_pages(Messages(http, has_cursors=False), 100)
    assert newest == ids[-100:]
    assert older == ([ids[:-100]] if count > 100 else [])


@pytest.mark.parametrize("count", [99, 100, 101, 130])
async def test_nothing_is_lost_where_the_release_is_not_known(http: Http, fake_server: FakeServer, count: int) -> None:
    ids = serve(fake_server, count)
    newest, *older = await all_pages(Messages(http), 100)
    assert newest == ids[-100:]
    assert [id for page in older for id in page] == ids[:-100]


async def test_a_server_that_ignores_the_limit_has_nothing_older(http: Http, fake_server: FakeServer) -> None:
    ids = serve(fake_server, 130, limited=False)
    for known in (False, None):
        assert await all_pages(Messages(http, has_cursors=known), 100) == [ids]


async def test_an_oldest_message_that_was_deleted_costs_nothing(http: Http, fake_server: FakeServer) -> None:
    ids = serve(fake_server, 130)
    messages = Messages(http, has_cursors=False)
    _, before = await messages.page("ses_1", 100, None)
    ids.remove("msg_0030")
    older, more = await messages.page("ses_1", 100, before)
    assert ([item["info"]["id"] for item in older], more) == (ids, None)


async def test_a_server_with_cursors_is_asked_for_a_page_and_no_more(http: Http, fake_server: FakeServer) -> None:
    serve(fake_server, 130)
    messages, more = await Messages(http, has_cursors=True).page("ses_1", 100, None)
    assert (len(messages), more) == (100, None)


def test_a_message_is_an_object() -> None:
    with pytest.raises(BadField, match="message is not an object"):
        loaded_message([])
