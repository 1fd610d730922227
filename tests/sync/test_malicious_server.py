"""A malicious server harms its own instance alone, and the user reads why."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.model.state import HistoryState
from opencode_widget.model.view import transcript_view
from opencode_widget.operations.search import everything
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.v2 import client as v2_client
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.runtime import InstanceRuntime

from ..support import shapes
from ..support.runtimes import Connect
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.sse import encode
from ..support.v2 import events as v2_events
from ..support.v2.fake import FakeServerV2
from ..support.wait import eventually

LIMITS = Limits(connect=1, hello=1, answer=1, silence=2, body=2**20, event=2**20)
ONCE = Backoff(initial=0.01, jitter=0, attempts=1)
PIECE = b"x" * 65536


def endless(start: bytes) -> faults.Fault:
    async def fault(exchange: Exchange, _normal: object) -> None:
        await exchange.write(start)
        while True:
            await exchange.write(PIECE)
            await asyncio.sleep(0)

    return fault


JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + encode({"type": "server.connected"})
# What it does, and what the user reads.
ATTACKS: dict[str, tuple[str, faults.Fault, str]] = {
    "an endless list of sessions": ("/session", endless(JSON + b'["'), "answered /session with more than 1 MiB"),
    "an endless health": ("/global/health", endless(JSON + b'{"'), "answered /global/health with more than 1 MiB"),
    "deep sessions": ("/session", faults.body(b"[" * 100_000), "to /session is not JSON"),
    "an endless event": ("/global/event", endless(STREAM + b"data: "), "sent an event of more than 1 MiB"),
    "endless headers": ("/global/health", endless(b"HTTP/1.1 200 OK\r\nX: "), "does not speak HTTP"),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_it_is_reported_in_words_and_another_instance_streams_on(
    fake_server: FakeServer, connect: Connect, attack: str
) -> None:
    path, fault, words = ATTACKS[attack]
    async with FakeServer() as malicious:
        malicious.always[path] = fault
        fake_server.add_session("ses_1")
        fake_server.put_message(shapes.user("msg_1", "ses_1"))
        good = connect(fake_server.url)
        await good.history.open("ses_1")
        bad = connect(malicious.url, limits=LIMITS, backoff=ONCE)
        slowest = await streams(fake_server, good)
        await eventually(lambda: bad.connection.error is not None, what="an error in words")
        assert words in str(bad.connection.error)
        assert good.connection.state is ConnectionState.CONNECTED
        assert slowest < 1.0
        await bad.close()


async def streams(server: FakeServer, runtime: InstanceRuntime) -> float:
    """Answers of a server that is sound; the seconds that the slowest of them took to be here."""
    took = []
    for number in range(30):
        began = time.monotonic()
        server.answer("ses_1", words := f"Answer {number}")
        await eventually(lambda: runtime.session("ses_1").ids and texts(runtime)[-1] == words)
        took.append(time.monotonic() - began)
    return max(took)


def texts(runtime: InstanceRuntime) -> list[str]:
    return [message.text for message in runtime.session("ses_1")]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (endless(JSON + b'["'), "answered /session/ses_1/message with more than 1 MiB"),
        (faults.body(b"[" * 100_000), "is not JSON"),
        (faults.html_page, "with a web page"),
    ],
    ids=["endless", "deep", "a web page"],
)
async def test_one_history_that_cannot_be_read_leaves_the_instance_connected(
    fake_server: FakeServer, connect: Connect, fault: faults.Fault, words: str
) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url, limits=LIMITS)
    await runtime.ready()
    await runtime.history.open("ses_1")
    runtime.select("ses_1")
    fake_server.always["/session/ses_1/message"] = fault
    fake_server.end_streams()
    await eventually(lambda: runtime.session("ses_1").history_state is HistoryState.FAILED and runtime.is_live)
    assert words in runtime.session("ses_1").problem.message  # type: ignore[union-attr]
    del fake_server.always["/session/ses_1/message"]
    await runtime.history.open("ses_1")


async def test_deep_data_of_a_tool_is_kept_and_shown_as_far_as_a_page_can_bear(
    fake_server: FakeServer, connect: Connect
) -> None:
    fake_server.add_session("ses_1")
    runtime = connect(fake_server.url)
    await runtime.history.open("ses_1")
    fake_server.put_message(shapes.assistant("msg_1", "ses_1", "msg_0"))
    for depth in (150, 900, 100_000):
        fake_server.send(deep_tool(depth))
        fake_server.send(deep_tool(depth))  # said again: it is compared with what is known
    fake_server.put_part(shapes.text("prt_9", "msg_1", "ses_1", "The last"))
    await eventually(lambda: runtime.session("ses_1").ids and texts(runtime) == ["The last"])
    assert [part.id for part in runtime.session("ses_1").messages["msg_1"].parts] == ["prt_150", "prt_9"]
    assert runtime.state.oddities["?"].count == 4
    json.dumps(transcript_view("i", runtime.session("ses_1")))
    assert runtime.connection.state is ConnectionState.CONNECTED


def deep_tool(depth: int) -> bytes:
    """A tool whose data is nested so deep; written by hand, for json.dumps has a bound of its own."""
    part: dict[str, Any] = {"id": f"prt_{depth}", "messageID": "msg_1", "sessionID": "ses_1", "type": "tool"}
    part |= {"tool": "x", "state": {"status": "running", "input": {}, "metadata": {"deep": "HERE"}}}
    event = {"type": "message.part.updated", "properties": {"sessionID": "ses_1", "part": part}}
    return encode({"payload": event}).replace(b'"HERE"', b'{"a":[' * (depth // 2) + b"]}" * (depth // 2))


async def test_a_greeting_that_drips_is_given_up(fake_server: FakeServer, connect: Connect) -> None:
    async def drips(exchange: Exchange, _normal: object) -> None:
        await exchange.head(200, faults.SSE)
        while True:
            await exchange.write(b"d")
            await asyncio.sleep(0.05)

    fake_server.always["/global/event"] = drips
    runtime = connect(fake_server.url, limits=LIMITS, backoff=ONCE)
    with pytest.raises(errors.ConnectionFailed, match="said nothing for 1 s"):
        await asyncio.wait_for(runtime.ready(), 20)


@pytest.mark.parametrize(
    "messages", [[], [{"info": shapes.user("msg_0", "ses_1"), "parts": []}]], ids=["empty", "the same"]
)
async def test_pages_that_lead_in_a_circle_have_an_end(
    fake_server: FakeServer, connect: Connect, messages: list[Any]
) -> None:
    async def circle(exchange: Exchange, _normal: object) -> None:
        await exchange.json(messages, X_Next_Cursor="again")

    fake_server.add_session("ses_1")
    fake_server.always["/session/ses_1/message"] = circle
    runtime = connect(fake_server.url)
    await runtime.history.open("ses_1")
    await asyncio.wait_for(runtime.history.older("ses_1", until="msg_never"), 20)
    found = await asyncio.wait_for(everything(runtime, "ses_1"), 20)
    assert {message.id for message in found} == {message["info"]["id"] for message in messages}
    assert len(fake_server.seen("GET", "/session/ses_1/message")) < 6


async def test_a_log_that_never_ends_is_left_for_the_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v2_client, "LONGEST", 100)
    async with FakeServerV2() as fake:
        session = fake.add_session()["id"]

        async def endless_log(exchange: Exchange, _normal: object) -> None:
            await exchange.head(200, faults.SSE)
            while True:
                await exchange.write(encode(v2_events.event("session.renamed", seq=7)))
                await asyncio.sleep(0)

        fake.always[f"/api/experimental/session/{session}/log"] = endless_log
        client = v2_client.V2Client(Http(address(fake.url), limits=LIMITS), "OpenCode 2.1")
        assert await asyncio.wait_for(client.replay(session, 0), 20) is None
        await client.close()
