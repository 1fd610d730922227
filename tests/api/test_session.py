"""The Python handle of a session: ask, stream, send, abort; from any loop, through losses, to every end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.api.instance import Instance
from opencode_widget.api.session import Session
from opencode_widget.model import events as e
from opencode_widget.model.entities import Role
from opencode_widget.operations import replies
from opencode_widget.page.manager import Manager
from opencode_widget.server.endpoints import attached_server
from opencode_widget.server.http.client import Limits
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.event_loop import HomeLoop

from ..support import shapes
from ..support.runtimes import EAGER, PATIENT, QUICK
from ..support.scripts import bash, delegate, fail, gate, say, script, think, tokens
from ..support.servers.classic import ClassicServer
from ..support.servers.fake import FakeServer
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.wait import eventually

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

REAL = Limits(connect=5, hello=10, answer=20, silence=25)
pytestmark = pytest.mark.timeout(90)


def manage(loop: HomeLoop | None = None, *, limits: Limits = REAL, endless: bool = True) -> Manager:
    return Manager(loop or HomeLoop(), lambda _: None, lambda *, now: None, PATIENT if endless else EAGER, limits)


@pytest_asyncio.fixture
async def manager() -> AsyncIterator[Manager]:
    manager = manage()
    yield manager
    await manager.close()


@pytest.fixture
def instance(manager: Manager, server: RealServer, folder: str) -> Instance:
    return manager.add(attached_server(server.url, folder, "opencode", server.password))


@pytest_asyncio.fixture
async def session(instance: Instance) -> Session:
    return await instance.new_session("A talk")


@pytest_asyncio.fixture
async def fake(fake_server: FakeServer) -> AsyncIterator[Session]:
    """A session of the fake server, which answers nothing by itself."""
    fake_server.add_session("ses_1")
    manager = manage(limits=QUICK, endless=False)
    instance = manager.add(attached_server(fake_server.url, None, "opencode", None))
    await instance.ready()
    session = instance.session("ses_1")
    await session.load()
    yield session
    await manager.close()


# ---- ask --------------------------------------------------------------------------------------------------------------


async def test_ask_returns_the_finished_message(session: Session) -> None:
    reply = await session.ask(script(think("Let me see."), say("Hello **you**")))
    assert reply.text == "Hello **you**"
    assert [part.kind for part in reply.parts if part.kind in ("text", "reasoning")] == ["reasoning", "text"]
    assert (reply.role, reply.error, reply.session_id) == (Role.ASSISTANT, None, session.id)
    assert reply.tokens is not None
    assert reply.cost is not None
    assert [message.role for message in session.messages] == [Role.USER, Role.ASSISTANT]
    assert session.status == "idle"


async def test_ask_returns_the_last_message_of_a_turn_with_tools(session: Session) -> None:
    reply = await session.ask(
        script({"tool": "read", "input": {"filePath": "{directory}/README.md"}}, say("It counts sheep."))
    )
    assert reply.text == "It counts sheep."
    tools = [part for message in session.messages for part in message.parts if part.kind == "tool"]
    assert [(tool.tool, str(tool.state)) for tool in tools] == [("read", "completed")]


async def test_an_error_of_the_model_is_in_the_message(session: Session) -> None:
    reply = await session.ask(script(fail(400, "The model is on strike")))
    assert reply.error is not None
    assert "on strike" in reply.error.message
    assert "on strike" in reply._repr_html_()


async def test_after_an_error_one_may_ask_again(session: Session) -> None:
    assert (await session.ask(script(fail(400, "No")))).error
    assert (await session.ask(script(say("Yes")))).text == "Yes"


async def test_what_is_aborted_comes_back_as_far_as_it_came(session: Session) -> None:
    asking = asyncio.create_task(session.ask(script(tokens(5), gate("never-opened"))))
    await eventually(lambda: session.messages and "t000005" in session.messages[-1].text, within=20)
    assert session.status == "busy"
    await session.abort()
    reply = await asking
    assert reply.error is not None
    assert reply.error.name == "MessageAbortedError"
    assert "t000005" in reply.text
    assert session.status == "idle"


async def test_ask_gives_up_in_time_and_the_turn_goes_on(session: Session) -> None:
    with pytest.raises(errors.AnswerTimeout, match=r"within 1\.5 s.*session\.abort\(\) stops it"):
        await session.ask(script(tokens(2), gate("never-opened")), timeout=1.5)
    await eventually(lambda: session.status == "busy")
    await session.abort()


async def test_an_answer_timeout_is_a_timeout_error(fake: Session) -> None:
    with pytest.raises(TimeoutError):
        await fake.ask("Hello?", timeout=0.1)


async def test_cancelling_an_ask_leaves_the_turn_alone(session: Session) -> None:
    asking = asyncio.create_task(session.ask(script(tokens(2), gate("cancelled-ask"), say("Finished."))))
    await eventually(lambda: session.status == "busy", within=20)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert session.status == "busy"
    await session.abort()


async def test_asking_a_busy_session_waits_for_its_own_answer(session: Session, model: Demo) -> None:
    first = asyncio.create_task(session.ask(script(tokens(2), gate("queue"), say("first"))))
    await eventually(lambda: session.messages and "t000002" in session.messages[-1].text, within=20)
    second = asyncio.create_task(session.ask(script(say("second"))))
    await eventually(lambda: len([message for message in session.messages if message.role is Role.USER]) == 2)
    assert not second.done()
    await model.open("queue")
    assert (await first).text.endswith("first")
    assert (await second).text == "second"


async def test_two_sessions_answer_at_once_without_mixing(instance: Instance) -> None:
    sessions = [await instance.new_session(name) for name in ("one", "two")]
    replies = await asyncio.gather(
        *(session.ask(script(tokens(40, 0.01, prefix=prefix))) for session, prefix in zip(sessions, "ab", strict=True))
    )
    assert [set(reply.text.replace(" ", "")) & {"a", "b"} for reply in replies] == [{"a"}, {"b"}]
    assert [len(reply.text.split()) for reply in replies] == [40, 40]


async def test_a_permission_that_waits_is_answered_from_elsewhere(session: Session, instance: Instance) -> None:
    asking = asyncio.create_task(session.ask(script(bash("echo done"), say("Ran."))))
    runtime = instance._runtime
    await eventually(lambda: runtime.state.requests, within=20)
    await replies.answer_permission(runtime, next(iter(runtime.state.requests)), "once")
    assert (await asking).text == "Ran."


async def test_a_sub_agent_has_a_session_of_its_own(session: Session) -> None:
    reply = await session.ask(script(delegate(script(say("Found it."))), say("It was found.")))
    assert reply.text == "It was found."
    (child,) = session.children
    assert child.parent == session.id
    assert [message.text for message in await child.load()][-1] == "Found it."


@pytest.mark.parametrize("wrong", ["", "  \n"])
async def test_an_empty_prompt_is_refused(fake: Session, wrong: str) -> None:
    for call in (fake.ask, fake.send):
        with pytest.raises(ValueError, match="empty"):
            await call(wrong)
    with pytest.raises(ValueError, match="empty"):
        await anext(fake.stream(wrong))


async def test_a_prompt_is_a_string(fake: Session) -> None:
    with pytest.raises(TypeError, match="not int"):
        await fake.ask(7)  # type: ignore[arg-type]


# ---- send and stream --------------------------------------------------------------------------------------------------


async def test_send_returns_as_soon_as_the_server_has_it(session: Session) -> None:
    id = await session.send(script(tokens(2), gate("never-opened")))
    assert session.messages[0].id == id
    await session.abort()


async def test_stream_yields_the_deltas_of_the_answer(session: Session) -> None:
    events = [event async for event in session.stream(script(tokens(20, 0.005)))]
    texts = [event.text for event in events if isinstance(event, e.PartDelta)]
    assert "".join(texts).split() == [f"t{number:06d}" for number in range(1, 21)]
    assert isinstance(events[0], e.PromptSubmitted)
    assert {event.session_id for event in events if isinstance(event, e.SessionEvent)} == {session.id}
    assert session.status == "idle"


async def test_who_leaves_a_stream_leaves_the_turn_alone(session: Session) -> None:
    stream = session.stream(script(tokens(5), gate("never-opened")))
    async for event in stream:
        if isinstance(event, e.PartDelta):
            break
    await stream.aclose()
    assert session.status == "busy"
    await eventually(lambda: not session._runtime.listeners)
    await session.abort()


async def test_a_stream_of_a_prompt_that_is_refused_raises(fake: Session, fake_server: FakeServer) -> None:
    del fake_server.sessions["ses_1"]
    with pytest.raises(errors.NotFound):
        [event async for event in fake.stream("Hello?")]


async def test_several_deltas_that_wait_are_all_yielded(session: Session) -> None:
    """A reader that is slower than the model misses nothing."""
    texts = []
    async for event in session.stream(script(tokens(30, 0.001))):
        if isinstance(event, e.PartDelta):
            texts.append(event.text)
            await asyncio.sleep(0.02)
    assert len("".join(texts).split()) == 30


# ---- ends that are no answers -----------------------------------------------------------------------------------------


async def test_a_session_that_is_deleted_meanwhile_ends_the_ask(fake: Session, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await eventually(lambda: fake_server.messages["ses_1"])
    info = fake_server.sessions.pop("ses_1")
    fake_server.emit("session.deleted", durable=True, sessionID="ses_1", info=info)
    with pytest.raises(errors.SessionFailed, match="deleted"):
        await asking
    assert repr(fake) == "<Session ses_1 (deleted)>"
    with pytest.raises(errors.NotFound):
        _ = fake.title


async def test_an_instance_that_is_closed_meanwhile_ends_the_ask(session: Session, instance: Instance) -> None:
    asking = asyncio.create_task(session.ask(script(tokens(2), gate("never-opened"))))
    await eventually(lambda: session.status == "busy", within=20)
    closing = instance.close()
    with pytest.raises(errors.Closed):
        await asking
    await closing
    with pytest.raises(errors.Closed):
        await session.ask("Hello?")


async def test_a_server_that_is_given_up_ends_the_ask(fake: Session, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await eventually(lambda: fake_server.messages["ses_1"])
    await fake_server.stop()
    with pytest.raises(errors.ConnectionFailed):
        await asking


async def test_a_turn_without_an_answer_is_a_failure(
    fake: Session, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode_widget.operations.turn.GRACE", 0.1)
    asking = asyncio.create_task(fake.ask("Hello?"))
    await eventually(lambda: fake_server.messages["ses_1"])
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    with pytest.raises(errors.SessionFailed, match="without an answer"):
        await asking


async def test_an_error_of_the_session_alone_is_the_failure(
    fake: Session, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode_widget.operations.turn.GRACE", 0.1)
    asking = asyncio.create_task(fake.ask("Hello?"))
    await eventually(lambda: fake_server.messages["ses_1"])
    fake_server.emit(
        "session.error", sessionID="ses_1", error={"name": "ProviderAuthError", "data": {"message": "No key"}}
    )
    fake_server.set_status("ses_1", "busy")
    fake_server.set_status("ses_1", "idle")
    with pytest.raises(errors.SessionFailed, match="ProviderAuthError: No key"):
        await asking


async def test_idle_before_the_end_of_the_message_is_not_the_end(fake: Session, fake_server: FakeServer) -> None:
    asking = asyncio.create_task(fake.ask("Hello?"))
    await eventually(lambda: fake_server.messages["ses_1"])
    asked = fake_server.messages["ses_1"][0]["info"]["id"]
    info = shapes.assistant("msg_a", "ses_1", asked, at=5)
    fake_server.set_status("ses_1", "busy")
    fake_server.put_message(info)
    fake_server.set_status("ses_1", "idle")
    await asyncio.sleep(0.05)
    assert not asking.done()
    fake_server.put_part(shapes.text("prt_a", "msg_a", "ses_1", "Late, but whole"))
    fake_server.put_message({**info, "time": {**info["time"], "completed": shapes.NOW + 9}})
    assert (await asking).text == "Late, but whole"


async def test_an_unknown_session_is_not_found(instance: Instance) -> None:
    await instance.ready()
    with pytest.raises(errors.NotFound, match="ses_x"):
        instance.session("ses_x")


# ---- losses -----------------------------------------------------------------------------------------------------------


async def test_an_answer_is_whole_although_the_connection_was_lost_in_the_middle(
    manager: Manager, server: RealServer, proxy: Proxy, folder: str, model: Demo
) -> None:
    instance = manager.add(attached_server(proxy.url, folder, "opencode", server.password))
    session = await instance.new_session("Lossy")
    asking = asyncio.create_task(session.ask(script(tokens(20, 0.01), gate("ask-lossy"), tokens(20, 0.01, prefix="u"))))
    await eventually(lambda: session.messages and "t000005" in session.messages[-1].text, within=20)
    await proxy.refuse()
    await eventually(lambda: instance.connection is ConnectionState.RECONNECTING)
    await model.open("ask-lossy")
    await proxy.resume()
    reply = await asyncio.wait_for(asking, 30)
    assert reply.text.split() == [f"t{n:06d}" for n in range(1, 21)] + [f"u{n:06d}" for n in range(1, 21)]


# ---- loops and threads ------------------------------------------------------------------------------------------------


async def test_a_session_can_be_asked_from_another_thread_with_its_own_loop(session: Session) -> None:
    async def elsewhere() -> tuple[str, list[str]]:
        reply = await session.ask(script(say("From afar")))
        streamed = [
            event.text async for event in session.stream(script(say("And near"))) if isinstance(event, e.PartDelta)
        ]
        await session.load()
        return reply.text, streamed

    text, streamed = await asyncio.to_thread(lambda: asyncio.run(elsewhere()))
    assert (text, "".join(streamed)) == ("From afar", "And near")


async def test_a_session_at_home_on_a_thread_is_asked_from_this_loop(server: RealServer, folder: str) -> None:
    manager = manage(HomeLoop(background=True))
    instance = manager.add(attached_server(server.url, folder, "opencode", server.password))
    session = await (await instance).new_session("Background")
    assert (await session.ask(script(say("From the thread")))).text == "From the thread"
    assert (
        "".join(
            [event.text async for event in session.stream(script(say("In pieces"))) if isinstance(event, e.PartDelta)]
        )
        == "In pieces"
    )
    await manager.close()
    with pytest.raises(errors.Closed):
        await session.ask("Too late")


SCRIPT = """
import asyncio, sys
from opencode_widget import OpenCode

async def main():
    oc = OpenCode(url={url!r}, password={password!r}, directory={folder!r})
    session = await oc.new_session("From a script")
    reply = await session.ask({prompt!r})
    print(reply.text)
    {end}

asyncio.run(main())
"""


@pytest.mark.parametrize("end", ["await oc.close()", "oc.close()", "pass"])
def test_a_plain_script_asks_and_ends_without_a_word_of_complaint(
    server: RealServer, folder: str, tmp_path: Path, end: str
) -> None:
    file = tmp_path / "ask.py"
    file.write_text(
        textwrap.dedent(SCRIPT).format(
            url=server.url, password=server.password, folder=folder, prompt=script(say("Hello from a script")), end=end
        )
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello from a script\n", "")


# ---- the classic dialect ----------------------------------------------------------------------------------------------


async def test_the_classic_dialect_is_asked_in_the_same_way(classic_server: ClassicServer) -> None:
    manager = manage(limits=QUICK)
    instance = manager.add(attached_server(classic_server.url, None, "opencode", None))
    session = await instance.new_session("Classic")
    reply = await session.ask("one two three", timeout=20)
    assert reply.text == "one two three "
    deltas = [event async for event in session.stream("four five")]
    assert deltas
    assert [message.role for message in session.messages] == [Role.USER, Role.ASSISTANT] * 2
    await manager.close()


# ---- what it says of itself -------------------------------------------------------------------------------------------


async def test_a_session_describes_itself(fake: Session) -> None:
    assert repr(fake) == "<Session 'A session' idle, 0 messages here>"
    assert (fake.title, fake.parent, fake.status, fake.messages, fake.children) == ("A session", None, "idle", [], [])
    twin = Session(fake._runtime, fake.id)
    assert twin == fake
    assert hash(twin) == hash(fake)
    assert fake != "ses_1"


async def test_the_handles_can_be_read_while_the_home_thread_is_at_work(fake_server: FakeServer) -> None:
    manager = manage(HomeLoop(background=True), limits=QUICK)
    instance = manager.add(attached_server(fake_server.url, None, "opencode", None))
    fake_server.add_session("ses_x")
    await instance.ready()
    session = instance.session("ses_x")
    await session.load()

    def read() -> None:
        while len(instance.sessions) < 400:
            assert all(message.session_id == "ses_x" for message in session.messages)
            assert session.children == []
            repr(instance)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        reading = asyncio.ensure_future(asyncio.to_thread(read))
        for number in range(400):
            fake_server.add_session(f"ses_{number}")
            fake_server.put_message(shapes.user(f"msg_{number}", "ses_x", at=number))
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await reading
    finally:
        sys.setswitchinterval(interval)
    await manager.close()
