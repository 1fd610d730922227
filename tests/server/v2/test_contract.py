"""The fake 2.1 server is true to the contract, as the typed models of `opencode-python-sdk` have it; and our client to its fake."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, get_args

import httpx
import opencode.types as contract
import pytest
import pytest_asyncio
from opencode import AsyncOpencode
from opencode.testing import FakeServer as TheirFake
from pydantic import BaseModel

from opencode_widget.model import events as e
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.server.detect import detect
from opencode_widget.server.http.client import Address, Http, address
from opencode_widget.server.v2.client import V2Client

from ...support.scripts import ask, bash, fail, say, script, think, tool
from ...support.v2.events import DIRECTORY, DURABLE, SESSION, TRANSIENT, event
from ...support.v2.fake import FakeServerV2
from ...support.wait import eventually
from .test_client import QUICK, begin, prompt

EVENT = {"id", "type", "data"}


def event_models() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every kind of event in the contract, with its model."""
    for model in vars(contract).values():
        if isinstance(model, type) and issubclass(model, BaseModel) and model.model_fields.keys() >= EVENT:
            for name in get_args(model.model_fields["type"].annotation):
                yield name, model


EVENTS = dict(event_models())


def check(data: dict[str, Any]) -> None:
    """Raise if the contract has no such event, or has it otherwise."""
    if data["type"] == "log.synced":
        contract.EventLogSynced.model_validate(data)
    else:
        EVENTS[data["type"]].model_validate(data)


def test_the_contract_has_96_kinds_of_events() -> None:
    assert len(EVENTS) >= 90


@pytest.mark.parametrize("type", [*EVENTS, "log.synced"])
def test_every_kind_of_event_is_decoded_or_stands_on_the_list_with_a_reason(type: str) -> None:
    assert type in v2.DECODERS or v2.NOISE[type]


@pytest.mark.parametrize("type", [*DURABLE, *TRANSIENT])
def test_every_sample_is_what_the_contract_says(type: str) -> None:
    check(event(type))


def test_every_kind_that_we_decode_has_a_sample() -> None:
    """But for those that only say that a list is to be fetched again."""
    stale = {type for type, decoder in v2.DECODERS.items() if type.endswith(".updated") and not DURABLE.get(type)}
    assert v2.DECODERS.keys() - stale <= {*DURABLE, *TRANSIENT}


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeServerV2]:
    async with FakeServerV2() as server:
        yield server


@pytest_asyncio.fixture
async def sdk(fake: FakeServerV2) -> AsyncIterator[AsyncOpencode]:
    """Their client of our fake."""
    async with AsyncOpencode(base_url=fake.url, password="x", directory=DIRECTORY) as client:
        yield client


async def test_all_that_the_fake_says_in_a_turn_is_of_the_contract(fake: FakeServerV2, sdk: AsyncOpencode) -> None:
    session = await sdk.session.create(title="Theirs")
    todo = tool("todowrite", todos=[])
    steps = (think("Hm."), say("Hello there."), bash("echo hi"), ask("Which?", "Red", "Blue"), todo, say("Done."))
    await sdk.session.prompt(session.id, text=script(*steps))
    await eventually(lambda: fake.permissions)
    (permission,) = await sdk.permission.list(session.id)
    await sdk.permission.reply(session.id, permission.id, decision="once")
    await eventually(lambda: fake.forms)
    (form,) = await sdk.session.form.list(session.id)
    await sdk.session.form.reply(session.id, form.id, answer={"q0": "Blue"})
    await eventually(lambda: fake.log[session.id][-1]["type"] == "session.execution.succeeded")
    for data in fake.log[session.id]:
        check(data)


async def test_their_client_reads_what_the_fake_has(fake: FakeServerV2, sdk: AsyncOpencode) -> None:
    session = await sdk.session.create(title="Theirs")
    await sdk.session.prompt(
        session.id, text=script(think("Hm."), say("Hello."), tool("glob", pattern="*"), say("Done."))
    )
    await eventually(lambda: fake.log[session.id][-1]["type"] == "session.execution.succeeded")
    messages = [message async for message in await sdk.message.list(session.id, order="desc")]
    assert [type(message).__name__ for message in messages] == [
        "SessionMessageIdle",
        "SessionMessageAssistant",
        "SessionMessageAssistant",
        "SessionMessageUser",
    ]
    listed = [info async for info in await sdk.session.list()]
    assert [info.title for info in listed] == ["Theirs"]
    info = await sdk.server.info()
    assert info.version == "2.1.0"
    assert [agent.id for agent in (await sdk.agent.list()).data] == ["build", "general", "title"]
    assert (await sdk.model.list()).data[0].id == "m"
    assert (await sdk.session.get(session.id)).id == session.id


async def test_their_client_reads_the_fake_s_log_to_its_end(fake: FakeServerV2, sdk: AsyncOpencode) -> None:
    fake.keeps_log = True
    session = await sdk.session.create()
    await sdk.session.prompt(session.id, text=script(fail(400, "No")))
    await eventually(lambda: fake.log[session.id][-1]["type"] == "session.execution.failed")
    seen = []
    async with asyncio.timeout(5):
        async with await sdk.session.log(session.id, after=2) as log:
            async for item in log:
                seen.append(item.type)
                if item.type == "log.synced":
                    break
    assert seen == [*(data["type"] for data in fake.log[session.id] if data["durable"]["seq"] > 2), "log.synced"]


async def test_an_empty_log_has_its_marker_alone(fake: FakeServerV2, sdk: AsyncOpencode) -> None:
    session = await sdk.session.create()
    await sdk.session.prompt(session.id, text="Hi")
    await eventually(lambda: fake.log[session.id][-1]["type"] == "session.execution.succeeded")
    async with asyncio.timeout(5):
        async with await sdk.session.log(session.id, after=0) as log:
            marker = await anext(aiter(log))
    assert isinstance(marker, contract.EventLogSynced)
    assert marker.seq == fake.log[session.id][-1]["durable"]["seq"]


async def test_what_the_fake_admits_and_runs_is_of_the_contract(fake: FakeServerV2, sdk: AsyncOpencode) -> None:
    session = await sdk.session.create()
    await sdk.session.prompt(session.id, text="Hi")
    await eventually(lambda: fake.log[session.id][-1]["type"] == "session.execution.succeeded")
    await sdk.session.revert.stage(session.id, message_id=fake.messages[session.id][0]["id"])
    admitted = await sdk.session.compact(session.id)
    await eventually(lambda: fake.messages[session.id][-1]["type"] == "idle")
    shell = asyncio.create_task(sdk.session.shell(session.id, command="wait door"))
    await eventually(fake.shells.running)
    (running,) = (await sdk.shell.list()).data
    assert (await sdk.shell.output(running.id)).data.output == "a.py\n"
    await sdk.shell.remove(running.id)
    await shell
    await sdk.session.prompt(session.id, text=script(bash("rm x"), say("Never")))
    await eventually(lambda: fake.permissions)
    await sdk.permission.reply(session.id, next(iter(fake.permissions)), decision="reject")
    await eventually(lambda: fake.log[session.id][-1]["type"] == "session.execution.interrupted")
    for data in fake.log[session.id]:
        check(data)
    kinds = [type(message).__name__ async for message in await sdk.message.list(session.id, order="desc")][::-1]
    assert kinds[:3] == ["SessionMessageCompactionCompleted", "SessionMessageIdle", "SessionMessageShell"]
    assert fake.messages[session.id][0]["id"] == admitted.id


# ---- our client, their fake -------------------------------------------------------------------------------------------


class TheirServer(Http):
    """An Http whose bytes go to their fake, in this process."""

    def __init__(self, fake: TheirFake) -> None:
        super().__init__(Address("http://fake.test"), "/fake/project", QUICK)
        self._fake = fake

    def _make_client(self, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.address.url, transport=self._fake)


@pytest_asyncio.fixture
async def ours() -> AsyncIterator[tuple[TheirFake, V2Client]]:
    fake = TheirFake(reply="Done.")
    client = V2Client(TheirServer(fake), "OpenCode fake")
    yield fake, client
    await client.close()


async def test_our_client_talks_to_their_fake(ours: tuple[TheirFake, V2Client]) -> None:
    fake, client = ours
    session = await client.create_session("Ours")
    assert (session.title, session.directory) == ("Ours", "/fake/project")
    sent = prompt(session.id, "Fix it", agent="plan", model="fake/other")
    assert await client.prompt(sent) == sent.message_id
    assert fake.prompts == ["Fix it"]
    assert str(fake.sessions[session.id].agent) == "plan"
    # Their fake lists messages oldest first whatever was asked, and has no inbox: what can be read is read one by one.
    messages = await client.routes.data(client.routes.of(session.id, "/message"), order="asc")
    assert [message["type"] for message in messages] == ["user", "assistant", "idle"]
    await client.abort(session.id)
    await client.delete(session.id)


async def test_our_client_reads_the_stream_of_their_fake(ours: tuple[TheirFake, V2Client]) -> None:
    _, client = ours
    session = await client.create_session("Ours")
    await client.prompt(prompt(session.id, "Fix it"))
    stream = client.listen()
    received: list[e.Event] = []
    async for decoded in stream:
        received += decoded.events
        if any(isinstance(event, e.StatusChanged) for event in received):
            break
    await stream.aclose()
    assert [type(event) for event in received] == [e.Greeted, e.SessionUpserted, e.StatusChanged]


async def test_their_fake_is_detected_by_its_info(ours: tuple[TheirFake, V2Client]) -> None:
    _, client = ours
    found = await detect(client.http)
    assert (type(found), found.version) == (V2Client, "OpenCode fake")


async def test_the_log_that_our_client_reads_is_the_fake_s(fake: FakeServerV2) -> None:
    fake.keeps_log = True
    client = V2Client(Http(address(fake.url), DIRECTORY, QUICK), "OpenCode 2.1.0")
    session = await begin(client, script(say("One.")))
    await eventually(lambda: fake.log[session][-1]["type"] == "session.execution.succeeded")
    events = await client.replay(session, 0)
    assert events is not None
    assert [decoded.name for decoded in events] == [
        json.loads(json.dumps(session))["type"] for session in fake.log[session][1:]
    ]
    assert SESSION not in fake.log
    await client.close()
