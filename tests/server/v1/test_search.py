"""Files and symbols of 1.x, where a language server runs or does not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from opencode_widget.model.entities import Found
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v1 import search
from opencode_widget.server.v1.search import Search

from ...support.servers import faults
from ...support.servers.fake import FakeServer


@pytest_asyncio.fixture
async def http(fake_server: FakeServer) -> AsyncIterator[Http]:
    http = Http(address(fake_server.url), "/project")
    fake_server.always["/find/file"] = faults.body(json.dumps([f"{number}.py" for number in range(9)]).encode())
    yield http
    await http.close()


def symbol(name: str, uri: str) -> dict[str, object]:
    return {"name": name, "location": {"uri": uri, "range": {"start": {"line": 4}}}}


async def test_symbols_take_a_quarter_of_the_room(http: Http, fake_server: FakeServer) -> None:
    symbols = [symbol("Sheep", "file:///project/a%20b.py"), symbol("Wolf", "file:///elsewhere/c.py"), {"name": ""}, 7]
    fake_server.always["/find/symbol"] = faults.body(json.dumps(symbols).encode())
    found = await Search(http).find("e", 8)
    assert found[-2:] == (Found("symbol", "a b.py", "Sheep", 5), Found("symbol", "/elsewhere/c.py", "Wolf", 5))
    assert [item.path for item in found[:-2]] == [f"{number}.py" for number in range(6)]


async def test_without_a_query_no_symbol_is_asked_for(http: Http, fake_server: FakeServer) -> None:
    assert len(await Search(http).find("", 4)) == 4
    assert "/find/symbol" not in {request.path for request in fake_server.requests}


@pytest.mark.parametrize("fault", [faults.never_answer, faults.html_page, faults.unavailable])
async def test_a_language_server_that_does_not_answer_costs_its_symbols_alone(
    http: Http, fake_server: FakeServer, fault: faults.Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SYMBOLS_LIMIT", 0.2)
    fake_server.always["/find/symbol"] = fault
    assert len(await Search(http).find("x", 8)) == 8
