"""A whole session, from its start to its close, and the password nowhere: whatever can be seen is searched for it."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import logging
import os
import traceback
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import ipywidgets
import psutil
import pytest
import pytest_asyncio

from opencode_widget import Backoff, OpenCode, PartDelta, Session, errors
from opencode_widget.operations.export import FORMATS

from ..support.leaks import SPILL, spellings
from ..support.page import Page, RecordingComm
from ..support.scripts import bash, fail, say, script
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.wait import eventually

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = pytest.mark.timeout(180)
# What JupyterLab, JupyterHub and a kernel gateway leave in a kernel's environment.
HOST = {
    name: f"{name.lower()}-0123456789"
    for name in ("JUPYTER_TOKEN", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN", "KG_AUTH_TOKEN")
}
EAGER = Backoff(initial=0.05, maximum=0.2, jitter=0, attempts=None)


def reprs_of_ours() -> Iterator[str]:
    """Every object of this package that is alive."""
    for item in gc.get_objects():
        # Some library's classes have a descriptor where others have the name of their module.
        if str(type(item).__module__).startswith("opencode_widget"):
            yield repr(item)


def command_lines() -> Iterator[str]:
    for process in psutil.process_iter(["cmdline"]):
        yield " ".join(process.info["cmdline"] or ())


def everything(oc: OpenCode, page: Page, caplog: pytest.LogCaptureFixture) -> list[str]:
    """All that anybody could see. Reads the disk."""
    # Jupyter's own comm writes down whatever a page says when it is debugged.
    records = [record for record in caplog.records if record.name != "Comm"]
    seen = [str(oc), str(oc.get_state()), str(oc.trait_values()), str(oc.tabs), str(page.log)]
    seen += [json.dumps(ipywidgets.Widget.get_manager_state()), str(oc.comm and oc._repr_mimebundle_())]
    seen += [f"{record.getMessage()} {record.args} {record.exc_text}" for record in records]
    for instance in oc.instances:
        seen += [str(instance.error), str(instance.log), str(instance.url), instance.title]
        seen += traceback.format_exception(instance.error) if instance.error else []
    return [*seen, *reprs_of_ours(), *command_lines(), *kept()]


def kept() -> Iterator[str]:
    """What is kept on the disk for the user."""
    for file in Path(os.environ["XDG_STATE_HOME"]).rglob("*"):
        if file.is_file():
            yield file.read_text(errors="replace")


def thrown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


async def asked_of_the_page(page: Page, instance: str) -> list[str]:
    """What a page can ask for that tells of the server."""
    answers = []
    for name in ("log", "events", "report", "services", "folders"):
        id = page.command(name, instance=instance)
        answers.append(str(await eventually(lambda: page.reply(id))))  # noqa: B023
    return answers


def documents(session: Session, exports: list[str]) -> list[str]:
    """What of a session lasts: exports, and what a saved notebook keeps."""
    words = [f"{message.text} {message!r} {message.info!r}" for message in session.messages]
    parts = [f"{part!r} {part.info!r} {part.output}" for message in session.messages for part in message.parts]
    return [*exports, *words, *parts, session.to_markdown(), session._repr_html_(), repr(session)]


async def live_through(oc: OpenCode, page: Page, disturb: Any) -> list[str]:
    """Prompt, permission, error, a loss and the coming back; what was said on the way."""
    await oc.ready()
    session = await oc.new_session("Secretive")
    asking = asyncio.ensure_future(session.ask(script(bash(SPILL), say("Done"))))
    request = await eventually(lambda: next(iter(oc.instances[0].pending), None))
    await request.allow()
    reply = await asking
    tool = next(part for part in session.messages[-2].parts if part.kind == "tool")
    assert "OPENCODE_SERVER_PASSWORD=***" in tool.output, "what is looked for was there"
    events = [repr(reply), repr(request), *documents(session, [await session.export(kind) for kind in FORMATS])]
    try:
        await session.ask(script(fail(400, "No such model")))
    except errors.OpenCodeError as error:
        events.append(thrown(error))
    await disturb()
    await eventually(lambda: str(oc.instances[0].connection) != "connected")
    events += [repr(oc), str(page.instances), str(oc.instances[0].error)]
    return events


@pytest_asyncio.fixture
async def proxy(server: RealServer) -> AsyncIterator[Proxy]:
    async with Proxy(server.url) as proxy:
        yield proxy


@pytest.mark.parametrize("given", ["argument", "url"])
async def test_the_password_of_a_server_that_runs(
    server: RealServer, proxy: Proxy, project: Path, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = spellings(server.password)
    with_it = f"http://opencode:{quote(server.password, safe='')}@{urlsplit(proxy.url).netloc}"
    where = {"url": with_it} if given == "url" else {"url": proxy.url, "password": server.password}
    oc = OpenCode(directory=str(project), backoff=EAGER, **where)
    page, wire = Page.of(oc), oc.comm
    assert isinstance(wire, RecordingComm)
    events = await live_through(oc, page, proxy.refuse)
    events += await asyncio.to_thread(everything, oc, page, caplog)
    await proxy.resume()
    await oc.ready()
    events += await asked_of_the_page(page, oc.active_instance or "")
    events += await asyncio.to_thread(everything, oc, page, caplog)
    await oc.close()
    events += await asyncio.to_thread(everything, oc, page, caplog)
    with pytest.raises(errors.Closed) as caught:
        await oc.ready()
    events += [thrown(caught.value), str(wire.sent)]
    assert [found.group() for text in events for found in secret.finditer(text)] == []


async def test_a_password_that_the_model_writes_letter_by_letter(server: RealServer, project: Path) -> None:
    secret = server.password
    oc = OpenCode(url=server.url, password=secret, directory=str(project))
    page, wire = Page.of(oc), oc.comm
    assert isinstance(wire, RecordingComm)
    await oc.ready()
    session = await oc.new_session("Letter by letter")
    answer = script(say(f"It is {secret}, and that is all. " + " ".join(secret[:size] for size in range(len(secret)))))
    received = [event async for event in session.stream(answer)]
    streamed = "".join(event.text for event in received if isinstance(event, PartDelta) and event.field == "text")
    assert "and that is all" in streamed, "it came in deltas"
    reply = session.messages[-1]
    assert "It is ***, and that is all." in reply.text
    shown = "".join(op["text"] for message in page.log for op in message.get("ops", ()) if op["op"] == "text")
    events = [
        *documents(session, [await session.export(kind) for kind in FORMATS]),
        str(page.log),
        str(wire.sent),
        str(page.state),
    ]
    events += [streamed, shown, *map(repr, received), *await asked_of_the_page(page, oc.active_instance or "")]
    await oc.close()
    assert [text[:200] for text in events if secret in text or secret[3:] in text] == []


async def test_the_password_of_a_server_of_our_own(
    opencode_binary: Path,
    model: Demo,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name, value in {**model.env, **HOST}.items():
        monkeypatch.setenv(name, value)
    oc = OpenCode(project, binary=opencode_binary, backoff=EAGER)
    page = Page.of(oc)
    await oc.ready()
    process = oc.instances[0]._runtime.endpoint.process  # type: ignore[attr-defined]
    secrets = [spellings(process.password)]

    async def crash() -> None:
        psutil.Process(process.pid).kill()

    events = await live_through(oc, page, crash)
    await oc.ready()
    restarted = oc.instances[0]._runtime.endpoint.process  # type: ignore[attr-defined]
    assert restarted.password != process.password
    secrets.append(spellings(restarted.password))
    events += await asked_of_the_page(page, oc.active_instance or "")
    events += await asyncio.to_thread(everything, oc, page, caplog)
    await oc.close()
    events += await asyncio.to_thread(everything, oc, page, caplog)
    secrets += map(spellings, HOST.values())
    assert [found.group() for secret in secrets for text in events for found in secret.finditer(text)] == []
    assert [name for name in HOST for text in events if f"{name}=" in text] == [], "the agent has none of them"


@pytest.mark.parametrize("given", ["argument", "url"])
async def test_a_password_that_is_wrong(
    server: RealServer, project: Path, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "hunter2 söß@fish"
    with_it = f"http://opencode:{quote(wrong, safe='')}@{urlsplit(server.url).netloc}"
    where = {"url": with_it} if given == "url" else {"url": server.url, "password": wrong}
    oc = OpenCode(directory=str(project), **where)
    page = Page.of(oc)
    with pytest.raises(errors.AuthenticationFailed) as caught:
        await oc.ready()
    events = [thrown(caught.value), *await asked_of_the_page(page, "i0")]
    events += await asyncio.to_thread(everything, oc, page, caplog)
    await oc.close()
    assert [found.group() for text in events for found in spellings(wrong).finditer(text)] == []


def test_the_search_finds_what_it_looks_for() -> None:
    secret = spellings("hunter2 söß@fish")
    basic = base64.b64encode("opencode:hunter2 söß@fish".encode()).decode()
    for text in (
        "x hunter2 söß@fish",
        "http://opencode:hunter2%20s%C3%B6%C3%9F%40fish@h",
        f"Authorization: Basic {basic}",
    ):
        assert secret.search(text)
    assert not secret.search("opencode:")
