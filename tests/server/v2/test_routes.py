"""How the routes of 2.x are called."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from opencode_widget.errors import AuthenticationFailed, ConnectionFailed, NotOpenCode, RequestFailed
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v2 import routes as module
from opencode_widget.server.v2.routes import Routes

from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange


@pytest_asyncio.fixture
async def routes(fake_server: FakeServer) -> AsyncIterator[Routes]:
    http = Http(address(fake_server.url), "/project")
    yield Routes(http)
    await http.close()


async def numbers(exchange: Exchange, _normal: object) -> None:
    """Seven entries, and a next page after the last, as some servers name it."""
    query = exchange.request.query
    start, limit = int(query.get("cursor", "0")), int(query["limit"])
    page = list(range(7))[start : start + limit]
    await exchange.json({"data": page, "cursor": {"next": str(start + len(page))}})


@pytest.mark.parametrize(
    ("limit", "found", "more"), [(3, [0, 1, 2], "3"), (7, [*range(7)], "7"), (50, [*range(7)], None)]
)
async def test_a_list_is_fetched_page_by_page(
    routes: Routes,
    fake_server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
    limit: int,
    found: list[int],
    more: str | None,
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    fake_server.always["/api/list"] = numbers
    assert await routes.pages("/api/list", limit, kind="x") == (found, more)
    first, *rest = [request.query for request in fake_server.requests]
    assert first == {"order": "desc", "kind": "x", "limit": "3"}
    assert all("order" not in query and "cursor" in query for query in rest)


@pytest.mark.parametrize("body", [b"[]", b'{"data": 7}', b"{}"])
async def test_a_list_that_is_none_is_empty(routes: Routes, fake_server: FakeServer, body: bytes) -> None:
    fake_server.always["/api/list"] = faults.body(body)
    assert await routes.pages("/api/list", 10) == ([], None)


async def test_a_server_that_ignores_the_limit_is_cut(routes: Routes, fake_server: FakeServer) -> None:
    fake_server.always["/api/list"] = faults.body(json.dumps({"data": [*range(9)]}).encode())
    assert await routes.pages("/api/list", 4) == ([0, 1, 2, 3], None)


@pytest.mark.parametrize(("body", "data"), [(b'{"data": [1]}', [1]), (b"{}", None), (b"[]", None)])
async def test_the_data_of_an_answer(routes: Routes, fake_server: FakeServer, body: bytes, data: object) -> None:
    fake_server.always["/api/x"] = faults.body(body)
    assert await routes.data("/api/x", **routes.where(a=None, b="2")) == data
    assert fake_server.requests[-1].query == {"location[directory]": "/project", "b": "2"}


async def test_without_a_folder_none_is_named(fake_server: FakeServer) -> None:
    http = Http(address(fake_server.url))
    assert Routes(http).where(a=1) == {"a": 1}
    await http.close()


async def test_an_id_is_quoted_in_a_path(routes: Routes) -> None:
    assert routes.of("../x", "/y") == "/api/session/..%2Fx/y"


async def test_an_empty_answer_is_good_and_a_web_page_is_not(routes: Routes, fake_server: FakeServer) -> None:
    fake_server.always |= {"/api/empty": faults.body(b"", "text/plain"), "/api/text": faults.body(b"x", "text/plain")}
    await routes.send("POST", "/api/empty", {"a": 1})
    assert fake_server.requests[-1].json() == {"a": 1}
    with pytest.raises(NotOpenCode, match="text/plain"):
        await routes.send("POST", "/api/text")


@pytest.mark.parametrize(
    "missing",
    [faults.html_page, *(faults.body(b"", status=status) for status in (404, 405, 501))],
    ids=["web page", "404", "405", "501"],
)
async def test_a_list_is_found_under_the_first_path_that_the_server_has(
    routes: Routes, fake_server: FakeServer, missing: faults.Fault
) -> None:
    fake_server.always |= {"/api/new": missing, "/api/old": faults.body(b'{"data": [1]}')}
    assert await routes.listed("/api/new", "/api/old", **routes.where()) == [1]
    assert await routes.listed("/api/new", **routes.where()) is None
    assert fake_server.seen("GET", "/api/old")[0].query == {"location[directory]": "/project"}


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (faults.unavailable, ConnectionFailed),
        (faults.unauthorized, AuthenticationFailed),
        (faults.body(b"{}", status=500), RequestFailed),
    ],
)
async def test_a_list_that_cannot_be_had_now_is_not_taken_for_missing(
    routes: Routes, fake_server: FakeServer, failure: faults.Fault, kind: type[Exception]
) -> None:
    fake_server.always["/api/new"] = failure
    with pytest.raises(kind):
        await routes.listed("/api/new", "/api/old")
