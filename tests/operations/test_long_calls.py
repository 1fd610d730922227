"""Calls that end with their turn: begun for a page, finished for a Python caller, and what becomes of their failures."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.model.state import MessageState
from opencode_widget.operations import long_calls
from opencode_widget.operations.options import PromptOptions
from opencode_widget.server.api import Attachment

from ..support import shapes
from ..support.open_session import OpenSession
from ..support.runtimes import Connect
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.wait import eventually

DONE = faults.body(b"true")
COMMAND, SHELL = "/session/ses_1/command", "/session/ses_1/shell"
COMPACT, INIT = "/session/ses_1/summarize", "/session/ses_1/init"


def refused(message: str, status: int = 400) -> faults.Fault:
    return faults.body(json.dumps({"message": message}).encode(), status=status)


def sent(server: FakeServer, path: str) -> list[Any]:
    return [request.json() for request in server.seen("POST", path)]


def review(session: OpenSession, **options: Any) -> long_calls.Call:
    return long_calls.command(session.id, "/review", "all of it", PromptOptions(**options))


class Gate:
    """A fault that answers only when it is opened, and then as it is told."""

    def __init__(self, answer: faults.Fault = DONE) -> None:
        self._open = asyncio.Event()
        self._answer = answer

    def open(self) -> None:
        self._open.set()

    async def __call__(self, exchange: Exchange, normal: Any) -> None:
        await self._open.wait()
        await self._answer(exchange, normal)


# ---- what is sent -----------------------------------------------------------------------------------------------------


async def test_a_command_is_sent_with_its_options_and_without_its_slash(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    fake_server.always[COMMAND] = DONE
    file = Attachment("text/plain", "a.txt", "data:text/plain;base64,eA==")
    await long_calls.finish(
        fake.runtime, fake.id, review(fake, agent="plan", model="p/m", variant="high", files=(file,))
    )
    (body,) = sent(fake_server, COMMAND)
    assert (body["command"], body["arguments"]) == ("review", "all of it")
    assert (body["agent"], body["model"], body["variant"]) == ("plan", "p/m", "high")
    assert [part["filename"] for part in body["parts"]] == ["a.txt"]


@pytest.mark.parametrize(
    ("chosen", "of_session", "taken"), [("plan", "build", "plan"), (None, "plan", "plan"), (None, None, "build")]
)
async def test_the_shell_runs_for_the_chosen_agent_or_the_sessions_or_the_default(
    connect: Connect, fake_server: FakeServer, chosen: str | None, of_session: str | None, taken: str
) -> None:
    fake_server.add_session("ses_1")
    if of_session is not None:
        fake_server.sessions["ses_1"]["agent"] = of_session
    runtime = connect(fake_server.url)
    await runtime.ready()
    fake_server.always[SHELL] = DONE
    await long_calls.finish(runtime, "ses_1", long_calls.shell(runtime, "ses_1", "ls", PromptOptions(agent=chosen)))
    assert sent(fake_server, SHELL) == [{"command": "ls", "agent": taken}]


async def test_the_defaults_are_asked_for_if_the_kernel_has_not_fetched_them(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    await eventually(lambda: fake.runtime.state.catalogue.default_model)
    fake.runtime.state.catalogue = type(fake.runtime.state.catalogue)()
    fake_server.always[COMPACT] = DONE
    await long_calls.finish(fake.runtime, fake.id, long_calls.compact(fake.runtime, fake.id))
    assert sent(fake_server, COMPACT) == [{"providerID": "scripted", "modelID": "m"}]


async def test_a_named_model_is_taken(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always |= {COMPACT: DONE, INIT: DONE}
    await long_calls.finish(fake.runtime, fake.id, long_calls.compact(fake.runtime, fake.id, "p/one"))
    await long_calls.finish(fake.runtime, fake.id, long_calls.init(fake.runtime, fake.id, "p/two"))
    assert [body["modelID"] for path in (COMPACT, INIT) for body in sent(fake_server, path)] == ["one", "two"]


async def test_without_any_model_nothing_is_asked(connect: Connect, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    fake_server.always |= {"/config": faults.body(b"{}"), "/config/providers": faults.body(b'{"providers": []}')}
    runtime = connect(fake_server.url)
    await runtime.ready()
    with pytest.raises(errors.RequestFailed, match="No model is known"):
        await long_calls.finish(runtime, "ses_1", long_calls.init(runtime, "ses_1"))
    assert sent(fake_server, INIT) == []


# ---- finished ---------------------------------------------------------------------------------------------------------


async def test_finish_returns_the_last_message(fake: OpenSession, fake_server: FakeServer) -> None:
    async def run(exchange: Exchange, normal: Any) -> None:
        message = {"info": shapes.user("msg_1", "ses_1"), "parts": [shapes.text("prt_1", "msg_1", "ses_1", "Reviewed")]}
        fake_server.messages["ses_1"].append(message)
        await DONE(exchange, normal)

    fake_server.always[COMMAND] = run
    last = await long_calls.finish(fake.runtime, fake.id, review(fake))
    assert last is not None
    assert last.text == "Reviewed"


async def test_finish_returns_none_for_a_session_without_messages(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always[COMMAND] = DONE
    assert await long_calls.finish(fake.runtime, fake.id, review(fake)) is None


async def test_a_refusal_is_raised(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always[COMMAND] = refused("no such command")
    with pytest.raises(errors.RequestFailed, match="no such command"):
        await long_calls.finish(fake.runtime, fake.id, review(fake))
    assert fake.runtime.listeners == set()


@pytest.mark.parametrize("order", ["before", "after"])
async def test_the_reason_that_an_event_gives_is_raised(fake: OpenSession, fake_server: FakeServer, order: str) -> None:
    """The event comes before the response, or a moment after it."""

    def explain(session: str = "ses_1") -> None:
        error = {"name": "ProviderAuthError", "data": {"message": "No key"}}
        fake_server.emit("session.error", sessionID=session, error=error)

    async def fail(exchange: Exchange, normal: Any) -> None:
        explain("ses_other")
        if order == "before":
            explain()
        await refused("Internal", 500)(exchange, normal)
        if order == "after":
            explain()

    fake_server.always[COMMAND] = fail
    with pytest.raises(errors.RequestFailed, match="No key"):
        await long_calls.finish(fake.runtime, fake.id, review(fake))


async def test_a_failure_whose_reason_no_event_gives_is_raised_as_it_is(
    fake: OpenSession, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_calls, "REASON", 0.05)
    fake_server.always[COMMAND] = refused("Internal", 500)
    with pytest.raises(errors.RequestFailed) as raised:
        await long_calls.finish(fake.runtime, fake.id, review(fake))
    assert raised.value.status == 500


# ---- begun ------------------------------------------------------------------------------------------------------------


async def test_begin_returns_as_soon_as_the_session_is_busy(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always[COMMAND] = gate = Gate()
    beginning = asyncio.create_task(long_calls.begin(fake.runtime, fake.id, review(fake)))
    await eventually(lambda: sent(fake_server, COMMAND))
    fake_server.set_status("ses_1", "busy")
    async with asyncio.timeout(long_calls.EARLY):
        await beginning
    gate.open()
    await eventually(lambda: not fake.runtime.listeners)


async def test_begin_in_a_busy_session_returns_after_a_moment(
    fake: OpenSession, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_calls, "EARLY", 0.05)
    fake_server.set_status("ses_1", "busy")
    await eventually(lambda: fake.state.busy)
    fake_server.always[COMMAND] = gate = Gate()
    await long_calls.begin(fake.runtime, fake.id, review(fake))
    assert fake.runtime.listeners != set()
    gate.open()
    await eventually(lambda: not fake.runtime.listeners)


async def test_an_early_refusal_is_raised_to_the_one_who_began_it(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always[COMMAND] = refused("no such command")
    with pytest.raises(errors.RequestFailed, match="no such command"):
        await long_calls.begin(fake.runtime, fake.id, review(fake))
    assert fake.messages == []


async def test_a_late_failure_is_shown_in_the_session(
    fake: OpenSession, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_calls, "EARLY", 0.05)
    fake_server.always[COMMAND] = gate = Gate(refused("The model is gone"))
    await long_calls.begin(fake.runtime, fake.id, review(fake))
    gate.open()
    await eventually(lambda: fake.messages)
    (notice,) = fake.messages
    assert notice.state is MessageState.FAILED
    assert notice.error is not None
    assert "The model is gone" in notice.error.message


async def test_a_late_failure_that_an_event_explained_is_shown_once(
    fake: OpenSession, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_calls, "EARLY", 0.05)
    fake_server.always[COMMAND] = gate = Gate(refused("Internal", 500))
    await long_calls.begin(fake.runtime, fake.id, review(fake))
    fake_server.emit(
        "session.error", sessionID="ses_1", error={"name": "ProviderAuthError", "data": {"message": "No key"}}
    )
    await eventually(lambda: fake.messages)
    gate.open()
    await eventually(lambda: not fake.runtime.listeners)
    assert [message.error.message for message in fake.messages if message.error] == ["No key"]
