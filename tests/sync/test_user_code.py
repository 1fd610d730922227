"""Policies, observers and consumers of the user's may raise and return anything: the others go on, and the user is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from opencode_widget import OpenCode
from opencode_widget.api.pending import Permission
from opencode_widget.api.policies import Policies
from opencode_widget.api.session import Session
from opencode_widget.page.manager import Manager
from opencode_widget.server.endpoints import attached_server
from opencode_widget.sync.event_loop import HomeLoop

from ..support.agent_requests import ask_permission, ask_questions, replies
from ..support.command_client import CommandClient
from ..support.page import Page, RecordingComm
from ..support.runtimes import EAGER, QUICK
from ..support.scripts import gate, script, tokens
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.user_faults import FAULTS, Abrupt
from ..support.wait import eventually


@pytest_asyncio.fixture
async def client(fake_server: FakeServer) -> AsyncIterator[CommandClient]:
    fake_server.add_session("ses_1")
    client = CommandClient()
    client.instance = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await client.instance.ready()
    yield client
    await client.manager.close()


# ---- policies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["at once", "awaited"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_a_policy_raises_is_reported_and_the_user_answers(
    client: CommandClient,
    fake_server: FakeServer,
    fault: type[BaseException],
    how: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def at_once(asked: Permission) -> Any:
        raise fault

    async def awaited(asked: Permission) -> Any:
        await asyncio.sleep(0)
        raise fault

    client.manager.policies.on_permission(at_once if how == "at once" else awaited)
    ask_permission(fake_server)
    await eventually(lambda: client.page.problems)
    assert [problem["name"] for problem in client.page.problems] == ["PolicyFailed"]
    assert (
        fault.__name__ in client.page.problems[0]["message"] or how == "awaited"
    )  # StopIteration becomes a RuntimeError
    assert [fault.__name__ in notice or how == "awaited" for notice in client.instance.notices] == [True]
    assert any("a policy failed" in record.getMessage() for record in caplog.records)
    assert replies(fake_server) == []
    assert await client.does("answer_permission", instance=client.instance.id, request="per_1", reply="once") is None
    assert replies(fake_server) == [{"reply": "once"}]
    assert client.instance.connection == "connected"


class Hostile:
    """A value whose comparison ends a kernel."""

    def __eq__(self, other: object) -> bool:
        raise SystemExit

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        raise KeyboardInterrupt


def of_another_loop() -> Awaitable[Any]:
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    loop.close()
    return future


@pytest.mark.parametrize(
    "value",
    [Hostile, lambda: 7, lambda: b"once", list, lambda: ("once", "x"), lambda: ["once"], of_another_loop],
    ids=["hostile", "number", "bytes", "list", "two words", "a word in a list", "a future of another loop"],
)
async def test_whatever_a_policy_returns_that_is_no_answer_is_reported(
    client: CommandClient, fake_server: FakeServer, value: Any
) -> None:
    client.manager.policies.on_permission(lambda asked: value())
    ask_permission(fake_server)
    await eventually(lambda: client.page.problems)
    assert (client.page.problems[0]["name"], replies(fake_server)) == ("PolicyFailed", [])
    await client.instance.pending[0].allow()  # type: ignore[union-attr]
    assert replies(fake_server) == [{"reply": "once"}]


@pytest.mark.parametrize("value", ["Yes", [7], [["Yes", 7]], {"Yes": 1}, Hostile()])
async def test_answers_to_questions_are_looked_at_too(
    client: CommandClient, fake_server: FakeServer, value: Any
) -> None:
    client.manager.policies.on_question(lambda asked: value)
    ask_questions(fake_server, "One?")
    await eventually(lambda: client.page.problems)
    assert (client.page.problems[0]["name"], len(client.instance.pending)) == ("PolicyFailed", 1)


async def test_a_policy_that_never_decides_is_reported_and_ends_with_the_widget(
    client: CommandClient, fake_server: FakeServer
) -> None:
    ended: list[str] = []

    async def never(asked: Permission) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(asked.id)

    policies = client.manager.policies = Policies(patience=0.01)
    (runtime,) = client.manager.instances.values()
    policies.watch(runtime)
    policies.on_permission(never)
    ask_permission(fake_server)
    await eventually(lambda: client.page.problems)
    assert client.page.problems[0]["name"] == "PolicyPending"
    assert "'ls'" in client.page.problems[0]["message"]
    await client.does("answer_permission", instance=runtime.id, request="per_1", reply="once")
    await client.manager.close()
    await eventually(lambda: ended == ["per_1"])


async def test_a_listener_that_fails_keeps_nobody_from_hearing(client: CommandClient, fake_server: FakeServer) -> None:
    (runtime,) = client.manager.instances.values()
    received: list[str] = []

    def fails(event: Any, changes: Any) -> None:
        received.append("fails")
        raise Abrupt

    runtime.listeners.add(fails)
    runtime.listeners.add(lambda event, changes: received.append("hears"))
    fake_server.rename("ses_1", "First")
    await eventually(lambda: client.instance.session("ses_1").title == "First")
    fake_server.rename("ses_1", "Second")
    await eventually(lambda: client.instance.session("ses_1").title == "Second")
    assert received.count("fails") == 1
    assert received.count("hears") >= 2
    assert [problem["name"] for problem in client.page.problems] == ["ListenerFailed"]
    assert client.instance.connection == "connected"


# ---- observers --------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def oc(fake_server: FakeServer) -> AsyncIterator[OpenCode]:
    fake_server.add_session("ses_1")
    oc = OpenCode(url=fake_server.url, backoff=EAGER)
    await oc.ready()
    yield oc
    await oc.close()


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_observer_that_fails_keeps_no_other_from_hearing(
    oc: OpenCode, fake_server: FakeServer, fault: type[BaseException]
) -> None:
    received: list[str] = []

    def fails(change: Any) -> None:
        raise fault

    oc.observe(fails, "tabs")
    oc.observe(lambda change: received.append(change["new"][0]["sessions"][0]["title"]), "tabs")
    fake_server.rename("ses_1", "Renamed")
    await eventually(lambda: "Renamed" in received)
    await eventually(lambda: oc.notices)
    assert oc.notices[0].startswith(f"An observer of the widget failed: {fault.__name__} in fails, line ")
    fake_server.rename("ses_1", "Again")
    await eventually(lambda: "Again" in received)
    assert len(oc.notices) == 1, "what is the same is told once"
    oc.unobserve(fails, "tabs")
    assert oc.instances[0].connection == "connected"


async def test_a_page_that_sets_a_trait_cannot_end_the_kernel_by_an_observer(oc: OpenCode) -> None:
    def fails(change: Any) -> None:
        raise SystemExit

    oc.observe(fails, "height")
    assert isinstance(oc.comm, RecordingComm)
    update = {"method": "update", "state": {"height": 400}}
    oc.comm.handle_msg({"content": {"data": update}, "buffers": []})
    assert oc.height == 400
    assert "SystemExit" in oc.notices[0]


async def test_an_interrupt_in_the_users_own_cell_reaches_it(oc: OpenCode, fake_server: FakeServer) -> None:
    def fails(change: Any) -> None:
        raise KeyboardInterrupt

    oc.observe(fails, ["height", "tabs"])
    with pytest.raises(KeyboardInterrupt):
        oc.height = 500
    with pytest.raises(KeyboardInterrupt):
        oc.attach(fake_server.url)
    assert (oc.height, len(oc.instances), len(oc.tabs)) == (500, 2, 2)
    oc.unobserve_all()


# ---- consumers of a stream --------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def session(server: RealServer, folder: str) -> AsyncIterator[Session]:
    manager = Manager(HomeLoop(), lambda _: None, lambda *, now: None, EAGER, QUICK)
    instance = manager.add(attached_server(server.url, folder, "opencode", server.password))
    yield await instance.new_session("Consumers")
    await manager.close()


async def first_of(session: Session, prompt: str) -> None:
    stream = session.stream(prompt)
    assert await anext(stream)
    kept.append(stream)


kept: list[Any] = []


def follow_on_a_loop_that_is_closed(session: Session, prompt: str) -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(first_of(session, prompt))
    loop.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_consumer_whose_loop_was_closed_costs_the_instance_nothing(session: Session) -> None:
    runtime = session._runtime
    began = runtime.connection.since
    await asyncio.to_thread(follow_on_a_loop_that_is_closed, session, script(tokens(40, 0.02)))
    await eventually(lambda: runtime.notices)
    assert "session.stream()" in runtime.notices[0].message
    await eventually(
        lambda: session.status == "idle" and session.messages[-1].text.split()[-1:] == ["t000040"], within=20
    )
    assert (runtime.connection.state, runtime.connection.since) == ("connected", began), "it was not connected anew"
    kept.clear()


@pytest.mark.parametrize("fault", [ValueError, GeneratorExit, asyncio.CancelledError, Abrupt])
async def test_a_consumer_that_raises_leaves_the_turn_alone(session: Session, fault: type[BaseException]) -> None:
    async def consume() -> None:
        async for _ in session.stream(script(tokens(10, 0.01))):
            raise fault

    with pytest.raises(fault):
        await consume()
    await eventually(
        lambda: session.status == "idle" and session.messages[-1].text.split()[-1:] == ["t000010"], within=20
    )
    assert not session._runtime.listeners
    assert (await session.ask(script(tokens(2)))).text.split()[-1:] == ["t000002"]


async def test_an_abandoned_generator_holds_no_listener(session: Session) -> None:
    stream = session.stream(script(tokens(2), gate("never-opened-for-consumers")))
    await anext(stream)
    del stream
    await eventually(lambda: not session._runtime.listeners)
    await session.abort()


# ---- a loop that ends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit])
async def test_what_interrupts_the_background_loop_does_not_end_it(
    fake_server: FakeServer, fault: type[BaseException]
) -> None:
    fake_server.add_session("ses_1")
    oc = OpenCode(url=fake_server.url, backoff=EAGER, background=True)
    await oc.ready()

    async def task_of_a_policy() -> None:
        raise fault

    tasks: list[Any] = []
    loop = oc._manager.home.loop
    loop.call_soon_threadsafe(lambda: tasks.append(loop.create_task(task_of_a_policy())))
    await eventually(lambda: oc.notices)
    assert f"goes on: {fault.__name__}" in oc.notices[0]
    assert isinstance(tasks[0].exception(), fault)
    loop.call_soon_threadsafe(loop.stop)
    fake_server.rename("ses_1", "Still heard")
    await eventually(lambda: oc.sessions[0].title == "Still heard")
    await oc.close()


async def test_a_widget_whose_loop_has_ended_says_so(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    oc = OpenCode(url=fake_server.url, backoff=EAGER, background=True)
    await oc.ready()
    assert isinstance(oc.comm, RecordingComm)
    page = Page(oc.comm.receive)
    oc.comm.listeners.append(page.receive)
    page.hello()
    await eventually(lambda: page.live)
    loop = oc._manager.home
    monkeypatch.setattr(loop, "_run_on", lambda: True)
    loop.loop.call_soon_threadsafe(loop.loop.stop)
    await eventually(lambda: page.state["instances"][0]["connection"]["state"] == "disconnected")
    await eventually(loop.loop.is_closed)
    assert "event loop" in page.state["instances"][0]["connection"]["problem"]["message"]
    assert "disconnected" in repr(oc)
    assert "OpenCode(...)" in str(oc.instances[0].error)
    await eventually(lambda: oc.tabs[0]["connection"]["state"] == "disconnected")
    id = page.command("new_session", instance=oc.instances[0].id)
    assert page.received[-1] == id
    assert page.replies[id][0]["problem"]["name"] == "Closed"
    late = Page(oc.comm.receive)
    oc.comm.listeners.append(late.receive)
    late.hello()
    assert late.state["instances"][0]["connection"]["state"] == "disconnected"
    await oc.close()
    assert not [thread for thread in threading.enumerate() if thread is loop._thread and thread.is_alive()]
