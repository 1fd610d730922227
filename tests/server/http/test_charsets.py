"""A server names the charset of its answers; only UTF-8 is ever used, for some of Python's codecs are quadratic or decompress."""

from __future__ import annotations

import codecs
import encodings
import json
import pkgutil
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.model.dialects.v1 import events as dialect
from opencode_widget.server.detect import detect
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.http.limits import Limits, parsed
from opencode_widget.server.stream import listen

from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange
from ...support.servers.sse import encode

STREAM = "/global/event"
WORDS = "-Grüße, 世界 +AGE- \\u0041 xn--80ak6aa92e"
CODECS = sorted({module.name for module in pkgutil.iter_modules(encodings.__path__)} - {"aliases"})
NAMES = [*CODECS, "punycode", "x-no-such-charset", "utf-8; charset=punycode", '"punycode"', "\xe9", ""]


@pytest_asyncio.fixture
async def http(fake_server: FakeServer) -> AsyncIterator[Http]:
    http = Http(address(fake_server.url), limits=Limits(connect=5, hello=20, answer=20, silence=20))
    yield http
    await http.close()


def typed(charset: str, kind: str = "application/json") -> str:
    return f"{kind}; charset={charset}"


@pytest.mark.parametrize("charset", NAMES)
async def test_an_answer_is_utf8_whatever_charset_it_names(fake_server: FakeServer, http: Http, charset: str) -> None:
    fake_server.always["/any"] = faults.body(json.dumps({"said": WORDS}, ensure_ascii=False).encode(), typed(charset))
    assert await http.json("GET", "/any") == {"said": WORDS}


@pytest.mark.parametrize("charset", NAMES)
async def test_a_refusal_is_utf8_whatever_charset_it_names(fake_server: FakeServer, http: Http, charset: str) -> None:
    fake_server.always["/any"] = faults.body(WORDS.encode(), typed(charset, "text/plain"), 400)
    with pytest.raises(errors.RequestFailed) as caught:
        await http.call("GET", "/any")
    assert WORDS in caught.value.message


@pytest.mark.parametrize("charset", NAMES)
async def test_a_stream_is_utf8_whatever_charset_it_names(fake_server: FakeServer, http: Http, charset: str) -> None:
    payload = {"type": "session.deleted", "properties": {"info": {"id": WORDS}}}

    async def once(exchange: Exchange, _normal: object) -> None:
        await exchange.head(200, typed(charset, "text/event-stream"))
        await exchange.write(encode({"payload": payload}))

    fake_server.always[STREAM] = once
    async with aclosing(listen(http, STREAM, {}, dialect.decode)) as stream:
        (event,) = (await anext(stream)).events
        assert getattr(event, "session_id", None) == WORDS


async def test_a_refused_stream_and_a_greeting_are_utf8_too(fake_server: FakeServer, http: Http) -> None:
    fake_server.always[STREAM] = faults.body(WORDS.encode(), typed("punycode", "text/plain"), 500)
    with pytest.raises(errors.RequestFailed, match="Grüße"):
        async with aclosing(listen(http, STREAM, {}, dialect.decode)) as stream:
            await anext(stream)
    health = json.dumps({"healthy": True, "version": "1.18.33"}).encode()
    fake_server.always["/global/health"] = faults.body(health, typed("utf-16"))
    assert (await detect(http)).version == "OpenCode 1.18.33"


@pytest.mark.parametrize("charset", ["punycode", "idna", "zlib", "bz2", "utf-7", "raw_unicode_escape"])
@pytest.mark.parametrize("status", [200, 400])
async def test_a_large_answer_costs_what_an_answer_in_utf8_costs(
    fake_server: FakeServer, http: Http, charset: str, status: int
) -> None:
    body = json.dumps({"said": "-" + "a" * 1_500_000}).encode()

    async def seconds(charset: str) -> float:
        fake_server.always["/any"] = faults.body(body, typed(charset), status)
        began = time.perf_counter()
        try:
            await http.json("GET", "/any")
        except errors.RequestFailed:
            assert status == 400
        return time.perf_counter() - began

    plain = min([await seconds("utf-8") for _ in range(3)])
    assert await seconds(charset) < 10 * plain + 0.5


async def test_only_a_refusal_is_decoded(fake_server: FakeServer, http: Http) -> None:
    fake_server.always["/any"] = faults.body(b'{"a": "' + b"a" * 1000 + b'"}', typed("punycode"))
    response = await http.call("GET", "/any")
    assert "_text" not in vars(response), "the text of an answer was made, which nobody reads"


def test_json_is_utf8_and_nothing_else() -> None:
    assert parsed(codecs.BOM_UTF8 + b"[1]") == [1]
    for other in ("utf-16", "utf-32-le", "utf-16-be"):
        with pytest.raises(ValueError, match=r"Expecting|codec"):
            parsed('{"a": 1}'.encode(other))
