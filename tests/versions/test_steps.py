"""The steps. The docstring of each is its line in the table of the documentation."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from opencode_widget import errors
from opencode_widget.api.instance import Instance
from opencode_widget.api.pending import Permission, Questions
from opencode_widget.api.session import Session
from opencode_widget.model import events as e
from opencode_widget.model.entities import Role
from opencode_widget.model.state import Message, MessageState
from opencode_widget.server.endpoints import OwnedServer, attached_server
from opencode_widget.server.releases import HAS_QUESTIONS, has
from opencode_widget.sync.connection import ConnectionState

from ..support.managers import manage
from ..support.runtimes import stored
from ..support.scripts import ask, bash, gate, say, script, tokens, tool
from ..support.servers.real import RealServer, isolated
from ..support.wait import eventually, eventually_async
from .conftest import Program

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = pytest.mark.timeout(60, func_only=True)  # the first step of a version also installs it
LONG = 130
T = TypeVar("T")


async def test_own_server(program: Program, offline: dict[str, str], folder: str, tmp_path: Path) -> None:
    """own server, with a password"""
    # Releases empty the caches of each other; the list of models that 1.1.31 needs would go with them.
    env = {**offline, **await asyncio.to_thread(isolated, tmp_path / "home")}
    manager = manage()
    instance = manager.add(OwnedServer(folder, binary=program.path, env=env, allow_unprotected=not program.guards))
    await instance.ready()
    session = await instance.new_session("Mine")
    assert (await session.ask(script(say("Here.")))).text == "Here."
    assert instance.version is not None
    assert program.version in instance.version
    await manager.close()
    if not program.guards:
        refused = OwnedServer(folder, binary=program.path, env=env)
        with pytest.raises(errors.ServerUnprotected, match=program.version):
            await refused.reach()


async def test_attach(program: Program, server: RealServer, instance: Instance, folder: str) -> None:
    """attach, also with a wrong password"""
    assert instance.connection is ConnectionState.CONNECTED
    assert instance.dialect == "OpenCode 1.x"
    if program.guards:
        manager = manage()
        stranger = manager.add(attached_server(server.url, folder, "opencode", "wrong"))
        with pytest.raises(errors.AuthenticationFailed):
            await stranger.ready()
        await manager.close()


async def test_ask(instance: Instance) -> None:
    """ask"""
    session = await instance.new_session("Ask")
    reply = await session.ask(script(tokens(50), say("**Done.**")))
    assert reply.text.endswith("**Done.**")
    assert await stored(instance._runtime, session.id) == [message.text for message in session.messages]
    assert session.info.agent == "build"
    assert session.info.model == "demo/scripted"
    assert instance.oddities == {}


async def test_stream(instance: Instance) -> None:
    """stream, as deltas"""
    session = await instance.new_session("Stream")
    prompt = script(tokens(100, 0.005))
    heard = [event.text async for event in session.stream(prompt) if isinstance(event, e.PartDelta)]
    assert "".join(heard).rstrip() == session.messages[-1].text.rstrip(), "some trim it at the end"
    assert len(heard) > 20


async def asked(session: Session, kind: type[T]) -> T:
    """What the agent asks for next."""
    await eventually(lambda: session.pending)
    request = session.pending[0]
    assert isinstance(request, kind)
    return request


async def test_permission(program: Program, instance: Instance) -> None:
    """permission: once, reject"""
    session = await instance.new_session("Permission")
    asking = asyncio.ensure_future(session.ask(script(bash("echo sheep"), say("Told: {result}"))))
    await (await asked(session, Permission)).allow()
    assert "sheep" in (await asking).text
    asking = asyncio.ensure_future(session.ask(script(bash("echo wolf"), say("No?"))))
    await (await asked(session, Permission)).reject()
    rejected = await asking
    assert not session.pending
    assert any(part.tool == "bash" and part.state == "error" for part in rejected.parts)


async def test_question(program: Program, instance: Instance) -> None:
    """question"""
    session = await instance.new_session("Question")
    if not has(program.version, HAS_QUESTIONS):
        assert (await session.ask(script(say("I cannot ask.")))).text == "I cannot ask."
        return
    asking = asyncio.ensure_future(session.ask(script(ask("How many?", "One", "Two"), say("So: {result}"))))
    await (await asked(session, Questions)).answer("Two")
    assert "Two" in (await asking).text


async def test_abort(instance: Instance) -> None:
    """abort"""
    session = await instance.new_session("Abort")
    asking = asyncio.ensure_future(session.ask(script(tokens(2000, 0.02))))
    await eventually(lambda: "t000005" in answer(session))
    await session.abort()
    assert has_failed(*await asyncio.gather(asking, return_exceptions=True))
    await eventually(lambda: session.status == "idle")


def answer(session: Session) -> str:
    """What the model has written so far."""
    return session.messages[-1].text if session.messages and session.messages[-1].role is Role.ASSISTANT else ""


def has_failed(outcome: Message | BaseException) -> bool:
    """Did a turn end without a whole answer?"""
    return isinstance(outcome, errors.OpenCodeError) or (
        isinstance(outcome, Message) and outcome.state in (MessageState.FAILED, MessageState.INTERRUPTED)
    )


async def test_long_history(server: RealServer, instance: Instance, project: Path) -> None:
    """history, export and search of 130 messages"""
    session = await instance.new_session("Long")
    with server.client(project) as http:
        for number in range(LONG):
            body = {"noReply": True, "parts": [{"type": "text", "text": f"Sheep number {number:03d}"}]}
            (await asyncio.to_thread(http.post, f"/session/{session.id}/message", json=body)).raise_for_status()
    manager = manage()
    late = manager.add(attached_server(server.url, str(project), "opencode", server.password))
    await late.ready()
    again = late.session(session.id)
    exported = await again.export("markdown")
    assert all(f"Sheep number {number:03d}" in exported for number in range(LONG))
    assert await again.search("number 000")
    await manager.close()


async def test_diff(instance: Instance, project: Path) -> None:
    """diff of a changed file"""
    session = await instance.new_session("Diff")
    # The server takes a snapshot while a step runs; a model that answers in no time would leave it none.
    pause = {"wait": 0.5}
    write = tool("write", filePath=str(project / "made.txt"), content="one\ntwo\n")
    await session.ask(script(say("Writing."), pause, write, say("Written.")))

    async def changed() -> bool:
        return any(diff.file.endswith("made.txt") for diff in await session.diff())

    await eventually_async(changed)
    (diff,) = await session.diff()
    assert (diff.additions, diff.status) == (2, "added")
    assert diff.patch is not None
    assert "+one\n+two" in diff.patch


async def test_restart(server: RealServer, instance: Instance, model: Demo) -> None:
    """server killed and restarted in mid-stream"""
    session = await instance.new_session("Restart")
    asking = asyncio.ensure_future(session.ask(script(say("Begun."), gate("never-opened"), say("Ended."))))
    await eventually(lambda: answer(session).startswith("Begun"))
    server.kill()
    await asyncio.to_thread(server.start)
    assert has_failed(*await asyncio.gather(asking, return_exceptions=True))
    await instance.ready()
    assert (await session.ask(script(say("Again.")))).text == "Again."


async def test_command(instance: Instance) -> None:
    """a command that is not there"""
    session = await instance.new_session("Command")
    with pytest.raises(errors.RequestFailed) as caught:
        await session.command("/nosuch")
    assert "nosuch" in str(caught.value)
    assert "init" in str(caught.value)
    assert "   at " not in str(caught.value)
