"""The tests' own servers do what they promise, as a fault that does not occur would prove nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from .. import shapes
from ..wait import eventually
from . import faults
from .classic import ClassicServer
from .fake import FakeServer
from .proxy import Proxy

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeServer]:
    async with FakeServer() as server:
        yield server


async def read_events(url: str, count: int) -> list[dict[str, object]]:
    """Return the first `count` events of a stream."""
    events: list[dict[str, object]] = []
    async with httpx.AsyncClient(trust_env=False) as client, client.stream("GET", url) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line[6:]))
            if len(events) == count:
                return events
    raise AssertionError(f"the stream ended after {len(events)} events")


async def get(url: str, **arguments: object) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=1) as client:
        return await client.get(url, **arguments)  # type: ignore[arg-type]


async def test_a_turn_streams_as_a_real_server_would_stream_it(fake: FakeServer) -> None:
    fake.add_session("ses_1")
    fake.put_message(shapes.user("msg_1", "ses_1"))
    reading = asyncio.create_task(read_events(f"{fake.url}/event", 9))
    await eventually(lambda: fake.streams)
    fake.answer("ses_1", "Hello you")
    events = await reading
    types = [event["type"] for event in events]
    assert types[:4] == ["server.connected", "session.status", "message.updated", "message.part.updated"]
    assert types[4:] == ["message.part.delta"] * 3 + ["message.part.updated", "message.updated"]
    messages = (await get(f"{fake.url}/session/ses_1/message")).json()
    assert messages[-1]["parts"][0]["text"] == "Hello you"


async def test_only_the_global_stream_has_sync_copies(fake: FakeServer) -> None:
    reading = asyncio.create_task(read_events(f"{fake.url}/global/event", 3))
    await eventually(lambda: fake.streams)
    fake.add_session("ses_1")
    payloads = [event["payload"] for event in await reading]
    assert [payload["type"] for payload in payloads] == ["server.connected", "session.created", "sync"]  # type: ignore[index]


async def test_a_request_can_hang_once(fake: FakeServer) -> None:
    fake.faults["/session"] = [faults.never_answer]
    with pytest.raises(httpx.ReadTimeout):
        await get(f"{fake.url}/session")
    assert (await get(f"{fake.url}/session")).json() == []


@pytest.mark.parametrize("count", [1, 17, 200])
async def test_a_stream_is_cut_at_the_byte(fake: FakeServer, count: int) -> None:
    fake.faults["/event"] = [faults.cut_at(count)]
    reader, writer = await asyncio.open_connection("127.0.0.1", fake.port)
    writer.write(b"GET /event HTTP/1.1\r\nHost: x\r\n\r\n")
    assert len(await reader.read()) == count
    writer.close()


async def test_a_stopped_server_refuses_and_is_back_on_its_port(fake: FakeServer) -> None:
    url = f"{fake.url}/global/health"
    await fake.stop()
    with pytest.raises(httpx.ConnectError):
        await get(url)
    await fake.start()
    assert (await get(url)).json()["healthy"]


async def test_a_stream_whose_client_left_is_open_no_more(fake: FakeServer) -> None:
    await read_events(f"{fake.url}/event", 1)
    await eventually(lambda: fake.streams == 0, within=1)


async def test_a_wrong_password_is_refused_and_an_unknown_path_is_a_page(fake: FakeServer) -> None:
    fake.password = "right"
    assert (await get(f"{fake.url}/session", auth=("opencode", "wrong"))).status_code == 401
    page = await get(f"{fake.url}/events", auth=("opencode", "right"))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html")


async def test_the_classic_server_streams_whole_parts() -> None:
    async with ClassicServer() as server:
        session = server.add_session("Old")
        reading = asyncio.create_task(read_events(f"{server.url}/events", 5))
        await eventually(lambda: len(server.channel))
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"{server.url}/session/{session['id']}/message"
            await client.post(url, json={"prompt": "one two", "attachments": []})
        events = await reading
        texts = [event["parts"][0]["text"] for event in events]  # type: ignore[index]
        assert texts == ["one two", "", "one ", "one two ", "one two "]
        assert [event["status"] for event in events][-2:] == ["streaming", "complete"]
        assert (await get(f"{server.url}/global/health")).status_code == 404


async def test_a_proxy_that_is_healed_in_the_midst_of_an_event_repeats_nothing(fake: FakeServer) -> None:
    async with Proxy(fake.url) as proxy:
        proxy.piece, proxy.delay = 1, 0.001
        reading = asyncio.create_task(read_events(f"{proxy.url}/event", 3))
        await eventually(lambda: fake.streams == 1)
        fake.emit("session.idle", sessionID="ses_1" * 20)
        await asyncio.sleep(0.1)
        await proxy.heal()
        fake.emit("session.idle", sessionID="ses_2")
        events = [event["properties"] for event in await reading]
        assert events == [{}, {"sessionID": "ses_1" * 20}, {"sessionID": "ses_2"}]


async def test_the_proxy_cuts_stalls_refuses_and_resumes(fake: FakeServer) -> None:
    async with Proxy(fake.url) as proxy:
        url = f"{proxy.url}/global/health"
        assert (await get(url)).json()["healthy"]
        proxy.stall()
        with pytest.raises(httpx.ReadTimeout):
            await get(url)
        await proxy.resume()
        proxy.cut_after = 10
        with pytest.raises(httpx.RemoteProtocolError):
            await get(url)
        proxy.cut_after = None
        await proxy.refuse()
        with pytest.raises(httpx.ConnectError):
            await get(url)
        await proxy.resume()
        assert (await get(url)).json()["healthy"]
