"""Prompts: shown at once, sent once through losses, and changed while they wait for their turn."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.model.entities import Role
from opencode_widget.model.state import MessageState
from opencode_widget.operations import prompts
from opencode_widget.operations.options import PromptOptions
from opencode_widget.server.api import Attachment, Mention

from ..support import shapes
from ..support.open_session import OpenSession, open_fake, open_real
from ..support.runtimes import PATIENT, Connect
from ..support.scripts import gate, say, script
from ..support.servers import faults
from ..support.servers.classic import ClassicServer
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.v2.fake import FakeServerV2
from ..support.wait import eventually

PATH = "/session/ses_1/prompt_async"
TEXT_FILE = Attachment("text/plain", "a.txt", "data:text/plain;base64,eA==")


# ---- shown and sent ---------------------------------------------------------------------------------------------------


async def test_a_prompt_is_shown_at_once_and_confirmed_by_the_server(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    fake_server.faults[PATH] = [faults.slow(0.1)]
    sending = asyncio.create_task(fake.send("Hello", key="k1"))
    await eventually(lambda: fake.texts == ["Hello"])
    (message,) = fake.messages
    assert (message.state, message.key) == (MessageState.SENDING, "k1")
    assert await sending == message.id
    await eventually(lambda: message.state is MessageState.COMPLETE)
    assert (fake.texts, message.key) == (["Hello"], "k1")


async def test_files_and_mentions_are_shown_with_the_prompt(fake: OpenSession, fake_server: FakeServer) -> None:
    mentions = (
        Mention("file", "sheep.py", 4, 13),
        Mention("file", "docs/", 14, 20),
        Mention("agent", "general", 21, 29),
    )
    fake_server.faults[PATH] = [faults.slow(0.1)]
    options = PromptOptions("plan", "p/m", "high", (TEXT_FILE,), mentions)
    sending = asyncio.create_task(fake.send("See @sheep.py @docs/ @general", options=options))
    await eventually(lambda: fake.messages)
    (message,) = fake.messages
    shown = [(part.kind, getattr(part.info, "mime", None)) for part in message.parts]
    assert shown == [
        ("text", None),
        ("file", "text/plain"),
        ("file", "text/plain"),
        ("file", "application/x-directory"),
        ("note", None),
    ]
    assert (message.info.agent, message.info.model, message.info.variant) == ("plan", "p/m", "high")
    await sending
    (sent,) = fake_server.seen("POST", PATH)
    body = sent.json()
    assert [part["id"] for part in body["parts"]] == [part.id for part in message.parts]
    assert (body["agent"], body["variant"]) == ("plan", "high")


@pytest.mark.parametrize(
    ("options", "agent", "model"),
    [
        (PromptOptions(), "plan", "p/m2"),
        (PromptOptions(model="p/m3"), "plan", "p/m3"),
        (PromptOptions(agent="build"), "build", None),
    ],
)
async def test_a_session_goes_on_with_the_agent_and_model_of_its_last_prompt(
    fake: OpenSession, fake_server: FakeServer, options: PromptOptions, agent: str, model: str | None
) -> None:
    """Before 1.15 a session states neither, and the server would take its default agent."""
    last = {"agent": "plan", "model": {"providerID": "p", "modelID": "m2"}}
    fake_server.put_message({**shapes.user("msg_0", fake.id), **last})
    await eventually(lambda: fake.state.info.model == "p/m2")
    await fake.send("Hello", options=options)
    body = fake_server.seen("POST", PATH)[-1].json()
    sent = body.get("model")
    assert body["agent"] == agent
    assert (f"{sent['providerID']}/{sent['modelID']}" if sent else None) == model


async def test_a_refused_prompt_is_no_longer_shown(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always[PATH] = faults.body(b'{"message": "no such agent"}', status=400)
    with pytest.raises(errors.RequestFailed, match="no such agent"):
        await fake.send("Hello")
    assert fake.texts == []


async def test_a_prompt_that_is_cancelled_while_it_is_sent_leaves_nothing_half_done(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    fake_server.faults[PATH] = [faults.never_answer]
    sending = asyncio.create_task(fake.send("Never mind"))
    await eventually(lambda: fake_server.seen("POST", PATH))
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert fake.texts == []
    await fake.send("But this")
    await eventually(lambda: fake.texts == ["But this"])


async def test_a_server_without_a_choice_of_delivery_is_not_asked(fake: OpenSession, fake_server: FakeServer) -> None:
    with pytest.raises(errors.NotSupported, match="cannot choose when"):
        await fake.send("Hello", options=PromptOptions(delivery="queue"))
    assert fake_server.seen("POST", PATH) == []
    assert fake.texts == []


async def test_an_unknown_session_gets_no_prompt(fake: OpenSession, fake_server: FakeServer) -> None:
    unknown = OpenSession(fake.runtime, "ses_x")
    for call in (unknown.send("Hello"), unknown.abort()):
        with pytest.raises(errors.NotFound, match="ses_x"):
            await call
    assert fake_server.seen("POST", "/session/ses_x/abort") == []


# ---- a server that takes no ids of ours -------------------------------------------------------------------------------


async def classic(server: ClassicServer, connect: Connect) -> OpenSession:
    runtime = connect(server.url)
    await runtime.ready()
    return OpenSession(runtime, (await runtime.new_session("Classic")).id)


async def test_a_prompt_has_the_id_of_a_server_that_takes_none_of_ours(
    classic_server: ClassicServer, connect: Connect
) -> None:
    session = await classic(classic_server, connect)
    id = await session.send("one two")
    await eventually(lambda: id in session.state.messages)
    assert session.state.messages[id].role is Role.USER


async def test_a_prompt_is_not_sent_twice_to_a_server_that_takes_no_ids(
    classic_server: ClassicServer, connect: Connect
) -> None:
    session = await classic(classic_server, connect)
    path = f"/session/{session.id}/message"
    classic_server.always[path] = hang_up_on_posts
    with pytest.raises(errors.ConnectionFailed):
        await session.send("one two")
    assert len(classic_server.seen("POST", path)) == 1


async def hang_up_on_posts(exchange: Exchange, normal: Any) -> None:
    """Break off instead of answering a POST."""
    if exchange.request.method == "POST":
        raise ConnectionError
    await normal(exchange)


# ---- losses -----------------------------------------------------------------------------------------------------------


async def hang_up(_exchange: Exchange, _normal: Any) -> None:
    """Break off and do nothing."""
    raise ConnectionError


def answer_lost(then: Callable[[], None]) -> faults.Fault:
    """Do what was asked, and break off before the answer."""

    async def fault(exchange: Exchange, normal: Any) -> None:
        exchange.limit = 0
        with contextlib.suppress(ConnectionError):
            await normal(exchange)
        then()
        raise ConnectionError

    return fault


@pytest_asyncio.fixture
async def patient(fake_server: FakeServer, connect: Connect) -> OpenSession:
    """The session "ses_1" of the fake server, whose kernel never gives up the connection."""
    return await open_fake(fake_server, connect, backoff=PATIENT)


async def test_a_prompt_whose_answer_was_lost_is_sent_once(patient: OpenSession, fake_server: FakeServer) -> None:
    fake_server.faults[PATH] = [answer_lost(fake_server.end_streams)]
    await patient.send("Once")
    assert patient.texts == ["Once"]
    assert len({request.json()["messageID"] for request in fake_server.seen("POST", PATH)}) == 1
    assert len(fake_server.messages["ses_1"]) == 1


async def test_a_prompt_that_never_arrived_is_sent_again_with_the_same_id(
    patient: OpenSession, fake_server: FakeServer
) -> None:
    fake_server.faults[PATH] = [hang_up]
    sent = await patient.send("Twice")
    assert [request.json()["messageID"] for request in fake_server.seen("POST", PATH)] == [sent, sent]
    await eventually(lambda: patient.texts == ["Twice"])


async def test_a_prompt_that_never_arrives_fails_in_the_end(
    patient: OpenSession, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "PAUSES", (0.01, 0.01))
    fake_server.always[PATH] = hang_up
    with pytest.raises(errors.ConnectionFailed):
        await patient.send("Never")
    assert len(fake_server.seen("POST", PATH)) >= 3
    assert patient.texts == []


async def test_a_prompt_to_a_server_that_is_away_waits_for_it(patient: OpenSession, fake_server: FakeServer) -> None:
    await fake_server.stop()
    await eventually(lambda: not patient.runtime.is_live)
    sending = asyncio.create_task(patient.send("Are you back?"))
    await asyncio.sleep(0.05)
    await fake_server.start()
    await sending
    await eventually(lambda: patient.texts == ["Are you back?"])
    assert len(fake_server.messages["ses_1"]) == 1


@pytest.mark.timeout(90)
@pytest.mark.parametrize("on_screen", [True, False])
async def test_the_real_server_has_a_prompt_once_whose_answer_was_lost(
    server: RealServer, proxy: Proxy, folder: str, connect: Connect, on_screen: bool
) -> None:
    session = await open_real(server, connect, folder, proxy.url)
    runtime = session.runtime
    if not on_screen:
        runtime.select(None)
    assert runtime.client is not None
    post = runtime.client.prompt

    async def lost(prompt: Any) -> str:
        """The server has it; the connections break before it can say so."""
        await post(prompt)
        runtime.client.prompt = post  # type: ignore[method-assign, union-attr]
        await proxy.cut()
        raise errors.ConnectionFailed("The connection broke.")

    runtime.client.prompt = lost  # type: ignore[method-assign]
    await session.send(script(say("Said once")))
    await eventually(lambda: runtime.is_live and not session.state.busy, within=20)
    await runtime.history.open(session.id)
    await eventually(lambda: session.texts[-1] == "Said once", within=20)
    stored = (await runtime.client.history(session.id, 1000)).messages
    assert [item.info.role for item in stored] == [Role.USER, Role.ASSISTANT]
    assert [item.info.id for item in stored] == [message.id for message in session.messages]


# ---- prompts that wait ------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def fake_v2() -> AsyncIterator[FakeServerV2]:
    """A fake server of OpenCode 2.x, where prompts can wait in an inbox."""
    async with FakeServerV2() as server:
        yield server


@pytest_asyncio.fixture
async def busy(fake_v2: FakeServerV2, connect: Connect) -> OpenSession:
    """A session of it whose turn runs until the gate "door" is opened."""
    id = fake_v2.add_session()["id"]
    runtime = connect(fake_v2.url)
    await runtime.ready()
    session = OpenSession(runtime, id)
    await session.send(script(say("One."), gate("door"), say("More.")))
    await eventually(lambda: session.state.busy and "One." in session.texts[-1])
    return session


def waiting(session: OpenSession) -> list[str]:
    return [message.id for message in session.messages if message.state is MessageState.QUEUED]


async def test_a_prompt_that_waits_can_be_delivered_otherwise_changed_and_removed(
    busy: OpenSession, fake_v2: FakeServerV2
) -> None:
    id = await busy.send("Wait", options=PromptOptions(delivery="queue"))
    await eventually(lambda: waiting(busy) == [id])
    await prompts.deliver_prompt(busy.runtime, busy.id, id, "steer")
    await eventually(lambda: busy.state.messages[id].info.delivery == "steer")
    await prompts.edit_prompt(busy.runtime, busy.id, id, "Wait longer")
    await eventually(lambda: [busy.state.messages[item].text for item in waiting(busy)] == ["Wait longer"])
    (changed,) = waiting(busy)
    with pytest.raises(errors.RequestFailed, match="no description of @var:df, @error along"):
        await prompts.edit_prompt(busy.runtime, busy.id, changed, "Why @var:df and @error?")
    await prompts.cancel_prompt(busy.runtime, busy.id, changed)
    await eventually(lambda: waiting(busy) == [])
    assert fake_v2.inbox[busy.id] == []
    fake_v2.open("door")


async def test_a_prompt_that_does_not_wait_is_left_alone(busy: OpenSession, fake_v2: FakeServerV2) -> None:
    first = busy.messages[0].id
    for call in (
        prompts.cancel_prompt(busy.runtime, busy.id, first),
        prompts.edit_prompt(busy.runtime, busy.id, first, "Other words"),
        prompts.deliver_prompt(busy.runtime, busy.id, first, "queue"),
    ):
        with pytest.raises(errors.RequestFailed, match=r"no longer waits for its turn.*Stop the turn"):
            await call
    with pytest.raises(errors.RequestFailed, match="no longer exists"):
        await prompts.cancel_prompt(busy.runtime, busy.id, "msg_gone")
    fake_v2.open("door")


# ---- the turn ---------------------------------------------------------------------------------------------------------


async def test_abort_stops_the_turn(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.set_status("ses_1", "busy")
    await eventually(lambda: fake.state.busy)
    await fake.abort()
    assert len(fake_server.seen("POST", "/session/ses_1/abort")) == 1
    await eventually(lambda: not fake.state.busy)
