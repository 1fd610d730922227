"""A server, a proxy or a program repeats a secret wherever it can: no error, traceback or log that the user reads has it."""

from __future__ import annotations

import asyncio
import base64
import gc
import logging
import re
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from opencode_widget.errors import BinaryNotFound, OpenCodeError
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.redaction import KNOWN
from opencode_widget.server.detect import detect
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.http.limits import Limits
from opencode_widget.server.process import install
from opencode_widget.server.process.child import Child
from opencode_widget.server.stream import listen

SECRET = "3TjkX-9f_LrMq2hVt8Za/Yw0BnCdEoPuSiG"
BASIC = base64.b64encode(f"opencode:{SECRET}".encode()).decode()
SPELLED = (SECRET, quote(SECRET, safe=""), BASIC, BASIC.rstrip("=")[16:], SECRET[::-1], SECRET.encode().hex())
QUICK = Limits(connect=1, hello=1, answer=1, silence=1)


def answer(status: str, *headers: str, body: str = "") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", *headers])
    return f"{head}\r\n\r\n{body}".encode()


ANSWERS = {
    "a redirect": answer("302 Found", f"Location: http://opencode:{quote(SECRET, safe='')}@example.invalid/?token={SECRET}"),
    "a redirect without a scheme": answer("307 Temporary Redirect", f"Location: //x:{SECRET}@example.invalid/"),
    "a cookie": answer("500 Oops", f"Set-Cookie: session={SECRET}; Path=/", body=f"session={SECRET}"),
    "an echo of the header": answer("400 Bad Request", f"X-Authorization: Basic {BASIC}", body=f"Authorization: Basic {BASIC}"),
    "a challenge": answer("401 Unauthorized", f'WWW-Authenticate: Basic realm="{SECRET}"', body=SECRET),
    "a reason": answer(f"503 {SECRET}", body="{}"),
    "a type": answer("200 OK", f"Content-Type: text/{SECRET.replace('/', '-')}", f"X: {SECRET}", body=SECRET),
    "a broken header": f"HTTP/1.1 200 OK\r\nX {SECRET}: 1\r\n\r\n".encode(),
    "a broken status line": f"{SECRET} is not HTTP\r\n\r\n".encode(),
    "a broken encoding": answer("200 OK", "Content-Encoding: gzip", "Content-Type: application/json", body=SECRET),
    "broken JSON": answer("200 OK", "Content-Type: application/json", body=f'{{"{SECRET}": '),
    "a wrong shape": answer("200 OK", "Content-Type: application/json", body=f'{{"{SECRET}": ["{SECRET}"]}}'),
    "JSON of an error": answer(
        "404 Not Found", "Content-Type: application/json", body=f'{{"name":"{SECRET}","data":{{"message":"{SECRET[::-1]}"}}}}'
    ),
    "the end": b"",
}  # fmt: skip


@asynccontextmanager
async def server(raw: bytes) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(raw)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


def shown(fault: BaseException) -> str:
    """What is printed of a fault, and of those that caused it."""
    return "".join([*traceback.format_exception(fault), repr(fault), str(fault), repr(fault.__dict__)])


def leaks(*texts: str) -> list[str]:
    return [text[max(0, at - 200) : at + 80] for text in texts for item in SPELLED if (at := text.find(item)) >= 0]


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_that_repeats_the_password(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[str] = []
    async with server(ANSWERS[name]) as url:
        http = Http(address(url, password=SECRET), limits=QUICK)
        for attempt in (http.json("GET", "/session"), _first(http), detect(http)):
            try:
                events.append(repr(await attempt))
            except OpenCodeError as error:
                events.append(shown(error))
        await http.close()
    assert events
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("opencode_widget")]
    assert leaks(*events, *ours) == []


async def _first(http: Http) -> object:
    async for event in listen(http, "/event", {}, v1.decode):
        return event
    return None


async def test_what_a_program_prints_over_the_end_of_a_line(tmp_path: Path) -> None:
    KNOWN.add(SECRET, "opencode")
    encoded = base64.b64encode(f"OPENCODE_SERVER_PASSWORD={SECRET}\n".encode()).decode()
    lines = [encoded[at : at + 20] for at in range(0, len(encoded), 20)]
    program = f"import time; print({chr(10).join(lines)!r}, flush=True); time.sleep(60)"
    child = await Child.start([sys.executable, "-c", program], cwd=tmp_path, env={})
    try:
        assert await child.find_line(re.compile(re.escape(lines[-1])), 20)
        tail = await asyncio.to_thread(child.log_tail)
    finally:
        await child.stop(0.1)
        KNOWN.forget(SECRET, "opencode")
    assert not [line for line in lines[2:-1] if line in tail], "the lines that consist of nothing else"
    assert lines[0] in tail


async def test_a_task_that_nobody_waits_for(caplog: pytest.LogCaptureFixture) -> None:
    """asyncio logs the exception of such a task with its traceback, past our log."""
    async with server(ANSWERS["an echo of the header"]) as url:
        http = Http(address(url, password=SECRET), limits=QUICK)
        task = asyncio.create_task(http.json("GET", "/session"))
        await asyncio.wait([task])
        del task
        gc.collect()
        await http.close()
    assert "never retrieved" in caplog.text
    assert leaks(caplog.text) == []


def test_npm_that_prints_the_proxys_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "npm_config_proxy", "NPM_CONFIG_REGISTRY"):
        secret = f"{name[:5]}-sw0rdfish-9z"
        monkeypatch.setenv(name, f"http://joe:{secret}@127.0.0.1:9/")
    monkeypatch.setenv("NPM_TOKEN", "npm_0123456789abcdefABCDEF")

    def run(*args: object, **options: object) -> subprocess.CompletedProcess[str]:
        env = options["env"]
        return subprocess.CompletedProcess([], 1, stdout="", stderr=f"request failed through {env}")

    monkeypatch.setattr(install.subprocess, "run", run)
    with pytest.raises(BinaryNotFound) as caught:
        install.run_npm(Path("npm"), tmp_path)
    assert "sw0rdfish" not in str(caught.value)
    assert "npm_0123456789" not in str(caught.value)
