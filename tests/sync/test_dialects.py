"""The same conversation, whatever is spoken: OpenCode 1.x, the 2.x runtime inside 1.18.33, and a fake 2.1 server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from opencode_widget.errors import NotSupported
from opencode_widget.model.entities import Delivery, PermissionRequest, Role, ToolState
from opencode_widget.model.events import History
from opencode_widget.model.state import HistoryState, Message, MessageState
from opencode_widget.operations import prompts, replies
from opencode_widget.operations.options import PromptOptions
from opencode_widget.server.detect import detect
from opencode_widget.server.endpoints import AttachedServer
from opencode_widget.server.http.client import Limits, address
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.runtime import InstanceRuntime

from ..support.runtimes import PATIENT, silent
from ..support.scripts import bash, gate, say, script, think, tokens, tool
from ..support.servers.http import Exchange, Handler
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.servers.sse import encode
from ..support.v2.events import DIRECTORY
from ..support.v2.fake import FakeServerV2
from ..support.v2_preview import live as v2_preview_live
from ..support.wait import eventually

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

LIMITS = Limits(connect=2, hello=5, answer=10, silence=25)
HELLO = {"id": "evt_hello", "type": "server.connected", "data": {}}


@dataclass
class DialectCase:
    """A server that speaks something, through a proxy that can be cut.

    Attributes:
        model: the scripted one, as this server names it.
    """

    one: InstanceRuntime
    proxy: Proxy
    model: str
    gates: Demo | FakeServerV2

    async def open(self, gate: str) -> None:
        """Let the model go on that waits at a gate."""
        if isinstance(self.gates, FakeServerV2):
            self.gates.open(gate)
        else:
            await self.gates.open(gate)

    async def begin(self, text: str) -> str:
        """A new session on screen, and a prompt on its way."""
        session = (await self.one.new_session()).id
        await self.prompt(session, text)
        return session

    async def prompt(self, session: str, text: str, delivery: Delivery | None = None) -> str:
        return await prompts.prompt(self.one, session, text, PromptOptions(model=self.model, delivery=delivery))

    def answers(self, session: str) -> list[Message]:
        return [message for message in self.one.session(session) if message.role is Role.ASSISTANT]

    async def over(self, session: str, *, text: str) -> None:
        """Wait until the last answer says this, and is whole."""

        def look() -> bool:
            events = self.answers(session)
            return bool(events) and events[-1].text == text and events[-1].state is MessageState.COMPLETE

        await eventually(look, within=20, what=f"the answer {text[:20]!r}")
        await eventually(lambda: not self.one.session(session).busy, within=20, what="rest")


@pytest_asyncio.fixture
async def fake_two(request: pytest.FixtureRequest) -> AsyncIterator[FakeServerV2]:
    """A fake that keeps a log, unless the test is about one that does not."""
    spoken = request.getfixturevalue("where") if "where" in request.fixturenames else ""
    async with FakeServerV2(keeps_log=not spoken.endswith("without a log")) as server:
        yield server


@pytest.fixture(params=["1.x", "1.18.33's /api", "2.1, a fake", "2.1, a fake without a log"])
def where(request: pytest.FixtureRequest) -> str:
    """What is spoken."""
    name: str = request.param
    return name


@pytest_asyncio.fixture
async def case(
    where: str, server: RealServer, fake_two: FakeServerV2, project: Path, model: Demo
) -> AsyncIterator[DialectCase]:
    fake = where.startswith("2.1")
    async with Proxy(fake_two.url if fake else server.url) as proxy:
        source = AttachedServer(
            address(proxy.url, password=None if fake else server.password), None if fake else str(project)
        )
        preview = where.endswith("/api")
        if preview:
            v2_preview_live.prepare(project, model)
        finds = v2_preview_live.find if preview else detect
        runtime = InstanceRuntime("i1", HomeLoop(), source, silent, PATIENT, LIMITS, finds)
        runtime.start()
        try:
            await runtime.ready()
            if fake:
                assert runtime.state.directory == DIRECTORY
            named = "scripted/m" if fake else v2_preview_live.MODEL
            await eventually(lambda: named in models(runtime), within=20, what="the catalogue")
            yield DialectCase(runtime, proxy, named, fake_two if fake else model)
        finally:
            await runtime.close()


def models(runtime: InstanceRuntime) -> list[str]:
    return [f"{model.provider}/{model.id}" for model in runtime.state.catalogue.models]


async def test_an_answer_streams_and_is_whole(case: DialectCase) -> None:
    session = await case.begin(script(think("Hm."), say("Hello there, you.")))
    await case.over(session, text="Hello there, you.")
    prompt, *_ = case.one.session(session)
    assert (prompt.role, prompt.state, len(prompt.parts)) == (Role.USER, MessageState.COMPLETE, 1)
    (answer,) = case.answers(session)
    assert [part.kind for part in answer.parts if not part.info.hidden] == ["reasoning", "text"]
    assert not case.one.state.oddities


async def test_a_tool_runs_with_leave(case: DialectCase) -> None:
    session = await case.begin(script(bash("echo hi"), say("Done")))
    await eventually(lambda: case.one.state.requests, within=20)
    (request,) = case.one.state.requests.values()
    assert isinstance(request, PermissionRequest)
    assert request.permission == "bash"
    await replies.answer_permission(case.one, request.id, "once")
    await case.over(session, text="Done")
    tool = next(part for answer in case.answers(session) for part in answer.parts if part.kind == "tool")
    assert (tool.state, tool.output.splitlines()[0], tool.input["command"]) == (ToolState.COMPLETED, "hi", "echo hi")
    assert not case.one.state.requests


async def test_a_turn_is_stopped(case: DialectCase) -> None:
    session = await case.begin(script(tokens(3000, 0.01)))
    await eventually(lambda: case.answers(session) and case.answers(session)[-1].text, within=20)
    await prompts.abort(case.one, session)
    await eventually(lambda: not case.one.session(session).busy, within=20)
    await eventually(lambda: case.answers(session)[-1].state is MessageState.INTERRUPTED, within=20)
    assert case.answers(session)[-1].text.startswith("t000001 ")


async def test_a_prompt_joins_the_turn_that_runs_or_waits_for_its_end(case: DialectCase, where: str) -> None:
    door = f"third door of {where}"
    session = await case.begin(script(say("One."), gate(door), tool("glob", pattern="*"), say("Two.")))
    await eventually(lambda: case.answers(session) and case.answers(session)[-1].text, within=20)
    if where == "1.x":
        with pytest.raises(NotSupported, match="cannot choose"):
            await case.prompt(session, "Now", "steer")
        await case.open(door)
        await case.over(session, text="Two.")
        return
    last = await case.prompt(session, script(say("Queued.")), "queue")
    joins = await case.prompt(session, script(say("Steered.")), "steer")
    waiting = case.one.session(session).messages
    await eventually(lambda: (waiting[last].info.delivery, waiting[joins].info.delivery) == ("queue", "steer"))
    assert {waiting[last].state, waiting[joins].state} == {MessageState.QUEUED}
    await case.open(door)
    await case.over(session, text="Queued.")
    order = [message.id for message in case.one.session(session)]
    assert order.index(joins) < order.index(last)
    assert any("Steered." in message.text for message in case.answers(session))
    await agree(case, session)


async def test_a_cut_in_mid_answer_is_healed(case: DialectCase, where: str) -> None:
    door = f"door of {where}"
    session = await case.begin(script(tokens(20, 0.01), gate(door), say("It goes on."), bash("echo hi"), say("End")))
    await eventually(lambda: "t000020" in "".join(message.text for message in case.answers(session)), within=20)
    await case.proxy.refuse()
    await eventually(lambda: not case.one.is_live)
    await case.open(door)
    await case.proxy.resume()
    await eventually(lambda: case.one.is_live, within=20)
    await eventually(lambda: case.one.state.requests, within=20)
    await replies.answer_permission(case.one, next(iter(case.one.state.requests)), "once")
    await case.over(session, text="End")
    await agree(case, session)


async def test_a_turn_that_ended_while_the_stream_was_away_is_there_in_full(case: DialectCase, where: str) -> None:
    door = f"second door of {where}"
    session = await case.begin(script(say("One."), gate(door), tokens(30)))
    await eventually(lambda: case.one.session(session).busy and case.answers(session), within=20)
    await case.proxy.refuse()
    await eventually(lambda: not case.one.is_live)
    await case.open(door)
    await case.proxy.resume()
    await eventually(lambda: case.answers(session)[-1].text.endswith("t000030 "), within=20)
    await eventually(lambda: not case.one.session(session).busy, within=20)
    await agree(case, session)


async def agree(case: DialectCase, session: str) -> None:
    """What we show is what the server says now, part by part."""
    assert case.one.client is not None
    fetched = (await case.one.client.history(session, 100)).messages
    shown = list(case.one.session(session))
    assert [message.id for message in shown] == [message.info.id for message in fetched]
    for message, value in zip(shown, fetched, strict=True):
        assert [(part.id, part.text, part.output) for part in message.parts] == [
            (part.id, getattr(part, "text", ""), getattr(part, "output", "")) for part in value.parts
        ]
        assert not any(part.gap for part in message.parts)


async def test_after_a_cut_a_log_is_read_and_no_history(
    fake_two: FakeServerV2, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Proxy(fake_two.url) as proxy:
        runtime = InstanceRuntime("i1", HomeLoop(), AttachedServer(address(proxy.url)), silent, PATIENT, LIMITS)
        runtime.start()
        await runtime.ready()
        session = (await runtime.new_session()).id
        await prompts.prompt(runtime, session, script(say("One.")))
        await eventually(lambda: any(message.text == "One." for message in runtime.session(session)))
        await eventually(lambda: not runtime.session(session).busy)
        fetched = len(fake_two.seen("GET", f"/api/session/{session}/message"))
        place = fake_two.log[session][-1]["durable"]["seq"]
        await proxy.refuse()
        await eventually(lambda: not runtime.is_live)
        fake_two.say("session.renamed", session, title="Elsewhere")
        fake_two.sessions[session]["title"] = "Elsewhere"
        await proxy.resume()
        await eventually(lambda: runtime.is_live, within=20)
        assert runtime.session(session).info.title == "Elsewhere"
        (read,) = fake_two.seen("GET", f"/api/experimental/session/{session}/log")
        assert read.query["after"] == str(place)
        assert len(fake_two.seen("GET", f"/api/session/{session}/message")) == fetched
        assert [message.text for message in runtime.session(session) if message.role is Role.ASSISTANT] == ["One."]
        await runtime.close()


async def test_events_during_a_fetch_of_messages_are_not_lost_with_the_stream(
    fake_two: FakeServerV2, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Proxy(fake_two.url) as proxy:
        session = fake_two.add_session()["id"]
        runtime = InstanceRuntime("i1", HomeLoop(), AttachedServer(address(proxy.url)), silent, PATIENT, LIMITS)
        runtime.start()
        await runtime.ready()
        assert runtime.client is not None
        old, late = await runtime.client.history(session, 100), asyncio.Event()

        async def history(*_: object) -> History:
            await late.wait()
            return old

        monkeypatch.setattr(runtime.client, "history", history)
        fetch = asyncio.create_task(runtime.history.refetch(session))
        await eventually(lambda: runtime.session(session).history_state is HistoryState.LOADING)
        await fake_two.finish(session, script(say("One.")))
        await eventually(lambda: runtime.session(session).buffered and not runtime.session(session).busy)
        await proxy.refuse()
        await eventually(lambda: not runtime.is_live)
        late.set()  # what was fetched before all that arrives after the stream has gone
        await fetch
        runtime.select(session)
        await proxy.resume()
        await eventually(lambda: runtime.is_live, within=20)
        await eventually(lambda: [message.text for message in runtime.session(session)][1:] == ["One."])
        await runtime.close()


async def test_what_comes_with_the_greeting_waits_for_what_was_missed(fake_two: FakeServerV2) -> None:
    """The events that follow the hello in the same bytes are newer than those that the log has to say first."""
    runtime = InstanceRuntime("i1", HomeLoop(), AttachedServer(address(fake_two.url)), silent, PATIENT, LIMITS)
    runtime.start()
    await runtime.ready()
    session = (await runtime.new_session()).id
    await prompts.prompt(runtime, session, script(say("One."), gate("door"), say("More.")))
    second = await prompts.prompt(runtime, session, script(say("Two."), gate("end")), PromptOptions(delivery="queue"))
    await eventually(lambda: second in runtime.session(session).messages and len(runtime.session(session).ids) == 3)

    def answered() -> list[Any]:
        """What the log holds of the second answer, when its words are whole."""
        log = fake_two.log[session]
        turns = [number for number, event in enumerate(log) if event["data"].get("inboxID") == second]
        events = log[turns[1] + 1 :] if len(turns) > 1 else []
        return events if any(event["type"] == "session.text.ended" for event in events) else []

    async def greet_late(exchange: Exchange, _normal: Handler) -> None:
        del fake_two.always["/api/event"]
        fake_two.open("door")
        await eventually(answered)
        first = b"".join(map(encode, [HELLO, *answered()]))
        await fake_two.channel.serve(exchange, first=first, beat=b": heartbeat\n\n", every=15)

    fake_two.always["/api/event"] = greet_late
    fake_two.channel.end()
    await eventually(lambda: "Two." in [message.text for message in runtime.session(session)], within=20)
    fake_two.open("end")
    await eventually(lambda: not runtime.session(session).busy, within=20)
    reported = [message.text for message in runtime.session(session) if message.role is Role.ASSISTANT]
    assert reported == ["One.\n\nMore.", "Two."]
    assert runtime.client is not None
    fetched = (await runtime.client.history(session, 100)).messages
    assert runtime.session(session).ids == [message.info.id for message in fetched]
    await runtime.close()


async def test_a_subscriber_that_fell_behind_catches_up(fake_two: FakeServerV2) -> None:
    runtime = InstanceRuntime("i1", HomeLoop(), AttachedServer(address(fake_two.url)), silent, PATIENT, LIMITS)
    runtime.start()
    await runtime.ready()
    session = (await runtime.new_session()).id
    await prompts.prompt(runtime, session, script(tokens(5), gate("door"), say("Whole.")))
    await eventually(lambda: any("t000005" in message.text for message in runtime.session(session)))
    await fake_two.cut_all()
    fake_two.open("door")
    await eventually(lambda: [m.text for m in runtime.session(session)][-1].endswith("Whole."), within=20)
    await eventually(lambda: not runtime.session(session).busy)
    assert not any(part.gap for message in runtime.session(session) for part in message.parts)
    await runtime.close()


async def test_a_server_that_comes_back_as_2x_is_spoken_to_as_such(server: RealServer, fake_two: FakeServerV2) -> None:
    async with Proxy(server.url) as proxy:
        runtime = InstanceRuntime(
            "i1", HomeLoop(), AttachedServer(address(proxy.url, password=server.password)), silent, PATIENT, LIMITS
        )
        runtime.start()
        await runtime.ready()
        assert runtime.view()["dialect"] == "OpenCode 1.x"
        await proxy.refuse()
        await eventually(lambda: not runtime.is_live)
        proxy.target = ("127.0.0.1", fake_two.port)
        await proxy.resume()
        await eventually(lambda: runtime.is_live, within=20)
        assert (runtime.view()["dialect"], runtime.view()["version"]) == ("OpenCode 2.x", "OpenCode 2.1.0")
        await runtime.close()
