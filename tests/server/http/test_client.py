"""Calls to a server: parameters, refusals in words, the end of the pool; and no password anywhere."""

from __future__ import annotations

import asyncio
import gc
import traceback
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget import errors
from opencode_widget.server.http.client import Http, Limits, address, is_json, refusal_words

from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange
from ...support.servers.real import RealServer
from ...support.wait import eventually

QUICK = Limits(connect=1, hello=0.3, answer=0.3, silence=0.5)

SECRET = "hunter2-swordfish"

# ---- refusals in words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"name": "BadRequest", "data": {"message": "No such model"}}', "No such model"),
        ('{"_tag": "SessionBusyError", "message": "It is busy"}', "It is busy"),
        ('{"name": "NotFoundError", "data": {}}', "NotFoundError"),
        ('{"_tag": "Gone"}', "Gone"),
        ('{"data": "text"}', ""),
        ("try later", "try later"),
        ("<html>Bad gateway</html>", ""),
        ('["one"]', "['one']"),
        ("", ""),
        ('{"data": {"message": "TypeError: no\\n    at command2 (/$bunfs/root/src/index.js:1:2)"}}', "TypeError: no"),
        ("TypeError: no\n    at command2 (native:7:39)", "TypeError: no"),
    ],
)
def test_a_refusal_is_reported_in_the_servers_words(body: str, words: str) -> None:
    assert refusal_words(body) == words


@given(st.text())
def test_the_words_of_a_refusal_are_never_long(body: str) -> None:
    assert len(refusal_words(body)) <= 200


def test_a_very_deep_refusal_has_no_words() -> None:
    assert len(refusal_words("[" * 100_000)) <= 200


@pytest.mark.parametrize(
    ("content_type", "json"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("application/problem+json", True),
        ("text/html", False),
        ("", False),
    ],
)
def test_what_is_json(content_type: str, json: bool) -> None:
    assert is_json(content_type) is json


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, errors.RequestFailed),
        (400, errors.RequestFailed),
        (401, errors.AuthenticationFailed),
        (403, errors.AuthenticationFailed),
        (404, errors.NotFound),
        (409, errors.RequestFailed),
        (500, errors.RequestFailed),
        (502, errors.ConnectionFailed),
        (503, errors.ConnectionFailed),
    ],
)
async def test_a_status_is_an_error_of_ours(
    fake_server: FakeServer, status: int, kind: type[errors.OpenCodeError]
) -> None:
    fake_server.always["/x"] = faults.body(b'{"message": "because"}', status=status)
    http = Http(address(fake_server.url, password=SECRET), limits=QUICK)
    with pytest.raises(kind) as caught:
        await http.json("GET", "/x")
    await http.close()
    assert type(caught.value) is kind
    assert fake_server.url in str(caught.value)
    assert SECRET not in str(caught.value)
    if isinstance(caught.value, errors.RequestFailed):
        assert caught.value.status == status


async def test_a_redirect_does_not_carry_the_password_elsewhere(fake_server: FakeServer) -> None:
    async with FakeServer() as other:

        async def redirect(exchange: Exchange, _normal: object) -> None:
            await exchange.answer(b"", 302, "text/plain", Location=f"{other.url}/x")

        fake_server.always["/x"] = redirect
        http = Http(address(fake_server.url, password=SECRET), limits=QUICK)
        with pytest.raises(errors.RequestFailed, match="302"):
            await http.json("GET", "/x")
        await http.close()
        assert other.requests == []


async def noise(exchange: Exchange, _normal: object) -> None:
    """Answer with something that is no HTTP."""
    await exchange.write(b"\x00\x01 what?\r\n\r\n")


async def test_each_way_to_get_no_answer_has_its_own_words(fake_server: FakeServer) -> None:
    fake_server.always |= {
        "/silent": faults.never_answer,
        "/noise": noise,
        "/page": faults.html_page,
        "/broken": faults.body(b'{"half": '),
        "/deep": faults.body(b"[" * 200_000),
        "/latin": faults.body(b'"\xff\xfe"'),
    }
    http = Http(address(fake_server.url), limits=QUICK)
    data: dict[str, str] = {}
    for path in fake_server.always:
        with pytest.raises(errors.OpenCodeError) as caught:
            await http.json("GET", path)
        data[path] = f"{type(caught.value).__name__}: {caught.value.message}"
    await http.close()
    url = fake_server.url
    assert data == {
        "/silent": f"ConnectionFailed: {url} accepted /silent and did not answer in time.",
        "/noise": f"NotOpenCode: What answers at {url} does not speak HTTP.",
        "/page": f"NotOpenCode: {url} answered /page with a web page: it is not an OpenCode server that this package speaks to.",
        "/broken": f"NotOpenCode: The answer of {url} to /broken is not JSON.",
        "/deep": f"NotOpenCode: The answer of {url} to /deep is not JSON.",
        "/latin": f"NotOpenCode: The answer of {url} to /latin is not JSON.",
    }


async def test_nobody_there_is_a_failed_connection_that_says_where(fake_server: FakeServer) -> None:
    await fake_server.stop()
    http = Http(address(fake_server.url), limits=QUICK)
    with pytest.raises(errors.ConnectionFailed, match=f"Nothing answers at {fake_server.url}") as caught:
        await http.json("GET", "/x")
    assert "opencode serve" in caught.value.remedy
    await http.close()


# ---- to a real server -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plain", "with space", "50%", "%20", "日本語 über", "a+b&c=d#e?f", "quo'te\""])
async def test_the_real_server_understands_the_folder(server: RealServer, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    http = Http(address(server.url, password=server.password), str(folder))
    assert (await http.json("GET", "/path"))["directory"] == str(folder)
    await http.close()


@pytest.mark.parametrize("password", ["with:colon", "schlüssel-鍵", "per%cent", "a b"])
async def test_any_password_is_sent_as_it_is(fake_server: FakeServer, password: str) -> None:
    fake_server.password = password
    http = Http(address(fake_server.url, password=password), limits=QUICK)
    assert (await http.json("GET", "/global/health"))["healthy"]
    await http.close()


async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    http = Http(address(fake_server.url), limits=QUICK)
    assert (await http.json("GET", "/global/health"))["healthy"]
    await http.close()


async def test_a_closed_pool_stays_closed(fake_server: FakeServer) -> None:
    http = Http(address(fake_server.url), limits=QUICK)
    await http.json("GET", "/path")
    await http.close()
    with pytest.raises(errors.ConnectionFailed, match="was closed"):
        await http.json("GET", "/path")


async def test_a_call_that_is_under_way_ends_with_the_pool(fake_server: FakeServer) -> None:
    fake_server.always["/x"] = faults.never_answer
    http = Http(address(fake_server.url), limits=Limits())
    calling = asyncio.create_task(http.json("GET", "/x"))
    await eventually(lambda: fake_server.requests)
    await http.close()
    with pytest.raises(errors.ConnectionFailed, match="was closed"):
        await calling


async def test_a_connection_that_comes_about_after_the_end_is_not_left_open(fake_server: FakeServer) -> None:
    http = Http(address(fake_server.url), limits=Limits())
    calling = asyncio.create_task(http.json("GET", "/path"))
    for _ in range(4):  # it has begun to connect, and no more
        await asyncio.sleep(0)
    await http.close()
    with pytest.raises(errors.ConnectionFailed, match="was closed"):
        await calling
    gc.collect()  # a socket that was left open would be told of here, and fail the test


@pytest.mark.parametrize("steps", range(1, 6))
async def test_a_close_that_is_cancelled_leaves_no_connection_open(fake_server: FakeServer, steps: int) -> None:
    for begun in range(8, 16):  # the call has a connection, and not yet an answer
        http = Http(address(fake_server.url), limits=Limits())
        calling = asyncio.create_task(http.json("GET", "/path"))
        for _ in range(begun):
            await asyncio.sleep(0)
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
        closing = asyncio.create_task(http.close())
        for _ in range(steps):
            await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
    del http, calling, closing
    gc.collect()  # a socket that was left open would be told of here, and fail the test


class KeepingServer:
    """Answers every request, and keeps its connections until it is told to drop them."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def drop(self) -> None:
        """Reset all connections, and see them out."""
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*self._open)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(0.01)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        del self._open[task]
        writer.close()


@pytest.mark.parametrize("end", ["call", "pool"])
async def test_connections_that_died_idle_are_closed_although_the_next_call_is_cancelled(end: str) -> None:
    keeping = KeepingServer()
    server = await asyncio.start_server(keeping.serve, "127.0.0.1", 0)
    for steps in range(1, 30):
        http = Http(address(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"), limits=QUICK)
        await asyncio.gather(*(http.json("GET", "/x") for _ in range(3)))
        await keeping.drop()
        calling = asyncio.create_task(http.json("GET", "/x"))
        for _ in range(steps):
            await asyncio.sleep(0)
        if end == "call":
            calling.cancel()
        await asyncio.gather(calling if end == "call" else http.close(), return_exceptions=True)
        await asyncio.gather(calling, return_exceptions=True)
        await http.close()
    server.close()
    await keeping.drop()
    del http, calling
    gc.collect()  # a socket that was left open would be told of here, and fail the test


async def test_a_call_that_is_cancelled_is_cancelled(fake_server: FakeServer) -> None:
    fake_server.always["/x"] = faults.never_answer
    http = Http(address(fake_server.url), limits=Limits())
    calling = asyncio.create_task(http.json("GET", "/x"))
    await eventually(lambda: fake_server.requests)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await http.close()


# ---- proxies, and secrets in a refusal --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "proxy", [f"http://me:{SECRET}@proxy:port", f"foo://me:{SECRET}@proxy:1", f"http://me:{SECRET}\x01@p"]
)
async def test_a_proxy_that_cannot_be_used_is_reported_without_its_password(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    http = Http(address("http://host.example:4096"), limits=QUICK)
    with pytest.raises(errors.AddressError, match="proxy") as caught:
        await http.json("GET", "/session")
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(errors.AddressError, match="proxy"):
        async with http.stream_client():
            pass
    await http.close()


async def test_a_refusal_that_repeats_the_password_is_reported_without_it(fake_server: FakeServer) -> None:
    http = Http(address(fake_server.url, password=SECRET), limits=QUICK)
    for text in (SECRET, "x" * 195 + SECRET, f'{{"message": "no {SECRET}"}}'):
        error = http.refusal(500, text.encode(), "/session")
        assert SECRET[:8] not in str(error)
    await http.close()
