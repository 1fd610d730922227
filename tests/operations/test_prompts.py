"""A prompt is shown at once, and sent once: whatever becomes of the answer, the server has it one time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.model.state import MessageState
from opencode_widget.operations import prompts

from ..support.runtimes import PATIENT, Connect, connected, selected, stored, texts
from ..support.scripts import say, script
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.wait import eventually


async def test_a_prompt_is_shown_at_once_and_confirmed_by_the_server(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    id = await selected(runtime, fake_server)
    fake_server.faults[f"/session/{id}/prompt_async"] = [faults.slow(0.1)]
    sending = asyncio.create_task(prompts.prompt(runtime, id, "Hello", key="k1"))
    await eventually(lambda: texts(runtime, id) == ["Hello"])
    (message,) = runtime.session(id)
    assert (message.state, message.key) == (MessageState.SENDING, "k1")
    assert await sending == message.id
    await eventually(lambda: message.state is MessageState.COMPLETE)
    assert texts(runtime, id) == ["Hello"]
    assert message.key == "k1"


async def test_a_prompt_that_is_refused_is_taken_back(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url)
    id = await selected(runtime, fake_server)
    fake_server.always[f"/session/{id}/prompt_async"] = faults.body(b'{"message": "no such agent"}', status=400)
    with pytest.raises(errors.RequestFailed, match="no such agent"):
        await prompts.prompt(runtime, id, "Hello")
    assert texts(runtime, id) == []


async def hang_up(_exchange: Exchange, _normal: Any) -> None:
    """Do nothing of what was asked, and break off."""
    raise ConnectionError


def answer_lost(then: Callable[[], Any] | None = None) -> faults.Fault:
    """Do what was asked, and break off before the answer."""

    async def fault(exchange: Exchange, normal: Any) -> None:
        exchange.limit = 0
        with contextlib.suppress(ConnectionError):
            await normal(exchange)
        if then is not None:
            await then()
        raise ConnectionError

    return fault


async def test_a_prompt_whose_answer_was_lost_is_sent_once(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    path = f"/session/{id}/prompt_async"

    async def lose_the_stream_too() -> None:
        fake_server.end_streams()

    fake_server.faults[path] = [answer_lost(lose_the_stream_too)]
    await prompts.prompt(runtime, id, "Once")
    assert texts(runtime, id) == ["Once"]
    assert len({request.json()["messageID"] for request in fake_server.seen("POST", path)}) == 1
    assert len(fake_server.messages[id]) == 1


async def test_a_prompt_that_never_arrived_is_sent_again_with_the_same_id(
    fake_server: FakeServer, connect: Connect
) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    path = f"/session/{id}/prompt_async"
    fake_server.faults[path] = [hang_up]
    sent = await prompts.prompt(runtime, id, "Twice")
    assert [request.json()["messageID"] for request in fake_server.seen("POST", path)] == [sent, sent]
    await eventually(lambda: texts(runtime, id) == ["Twice"])


@pytest.mark.timeout(90)
@pytest.mark.parametrize("on_screen", [True, False])
async def test_the_real_server_has_a_prompt_once_whose_answer_was_lost(
    server: RealServer, proxy: Proxy, folder: str, connect: Connect, on_screen: bool
) -> None:
    runtime = await connected(connect, server, folder, proxy.url)
    session = (await runtime.new_session("Once", select=on_screen)).id
    assert runtime.client is not None
    post = runtime.client.prompt

    async def lost(prompt: Any) -> str:
        """The server has it; the connections break before it can say so."""
        await post(prompt)
        runtime.client.prompt = post  # type: ignore[method-assign, union-attr]
        await proxy.cut()
        raise errors.ConnectionFailed("The connection broke.")

    runtime.client.prompt = lost  # type: ignore[method-assign]
    await prompts.prompt(runtime, session, script(say("Said once")))
    await eventually(lambda: runtime.is_live and not runtime.session(session).busy, within=20)
    await runtime.history.open(session)
    await eventually(lambda: texts(runtime, session)[-1] == "Said once", within=20)
    events = await stored(runtime, session)
    assert [events.count(text) for text in events] == [1, 1]
    assert texts(runtime, session) == events


async def test_a_prompt_to_a_server_that_is_away_waits_for_it(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=PATIENT)
    id = await selected(runtime, fake_server)
    await fake_server.stop()
    await eventually(lambda: not runtime.is_live)
    sending = asyncio.create_task(prompts.prompt(runtime, id, "Are you back?"))
    await asyncio.sleep(0.05)
    await fake_server.start()
    await sending
    await eventually(lambda: texts(runtime, id) == ["Are you back?"])
    assert len(fake_server.messages[id]) == 1


async def test_a_prompt_that_is_cancelled_in_the_making_leaves_nothing_half_done(
    fake_server: FakeServer, connect: Connect
) -> None:
    runtime = connect(fake_server.url)
    id = await selected(runtime, fake_server)
    path = f"/session/{id}/prompt_async"
    fake_server.faults[path] = [faults.never_answer]
    sending = asyncio.create_task(prompts.prompt(runtime, id, "Never mind"))
    await eventually(lambda: fake_server.seen("POST", path))
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert texts(runtime, id) == []
    await prompts.prompt(runtime, id, "But this")
    await eventually(lambda: texts(runtime, id) == ["But this"])
