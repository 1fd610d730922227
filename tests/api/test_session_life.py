"""A session as a Python object: what becomes of it, what stands in it, what takes long; with a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.api.session import Session
from opencode_widget.errors import BadAttachment
from opencode_widget.server.endpoints import OwnedServer, attached_server

from ..support.command_client import CommandClient
from ..support.scripts import say, script
from ..support.servers.real import RealServer


@pytest_asyncio.fixture
async def session(server: RealServer, folder: str) -> AsyncIterator[Session]:
    client = CommandClient()
    client.instance = client.manager.add(attached_server(server.url, folder, "opencode", server.password))
    yield await client.instance.new_session("Python")
    await client.manager.close()


async def test_its_life(session: Session) -> None:
    await session.rename(" Sheep ")
    assert session.title == "Sheep"
    with pytest.raises(ValueError, match="empty"):
        await session.rename("  ")
    await session.archive()
    assert session.info.archived is not None
    await session.archive(False)
    assert session.info.archived is None
    await session.delete()
    assert "deleted" in repr(session)
    assert session._repr_html_() == ""
    with pytest.raises(errors.NotFound):
        await session.rename("Gone")


async def test_fork_revert_and_unrevert(session: Session) -> None:
    await session.ask(script(say("One")))
    await session.ask(script(say("Two")))
    second = session.messages[2]
    copy = await session.fork(second)
    assert [message.text for message in copy.messages[1:]] == ["One"]
    await session.revert(second)
    assert session.info.revert == second.id
    assert "Two" not in session.to_markdown()
    await session.unrevert()
    assert "Two" in session.to_markdown()
    assert len((await session.fork()).messages) == 4


async def test_what_stands_in_it(session: Session) -> None:
    await session.ask(script(say("A **needle**")))
    found = await session.search("NEEDLE")
    assert (found[0].before, found[0].match) == ("A **", "needle")
    with pytest.raises(ValueError, match="nothing"):
        await session.search(" ")
    assert "A **needle**" in await session.export()
    assert json.loads(await session.export("notebook"))["nbformat"] == 4
    with pytest.raises(ValueError, match="markdown"):
        await session.export("pdf")  # type: ignore[arg-type]
    assert "needle" in session._repr_html_()
    assert (session.todos, await session.diff()) == ([], [])


async def test_a_file_goes_with_a_prompt(session: Session, project: Path) -> None:
    await session.ask(script(say("Read")), files=[project / "sheep.py"])
    files = [part for part in session.messages[0].parts if part.kind == "file"]
    assert [getattr(part.info, "filename", "") for part in files] == ["sheep.py"]
    with pytest.raises(BadAttachment, match=r"gone\.py"):
        await session.send("Hi", files=[project / "gone.py"])


async def test_what_takes_long_is_waited_for(session: Session) -> None:
    run = await session.shell("echo baa")
    assert [part.output for part in run.parts] == ["baa\n"]
    summary = await session.compact()
    assert summary.info.summary
    with pytest.raises(errors.RequestFailed, match="dance"):
        await session.command("/dance")


async def test_sharing_that_is_switched_off_is_one_of_our_errors(session: Session) -> None:
    with pytest.raises(errors.RequestFailed, match="share"):
        await session.share()
    await session.unshare()


@pytest.mark.timeout(120)
async def test_a_server_of_our_own_is_restarted_and_keeps_its_sessions(
    opencode_binary: Path, server: RealServer, project: Path, tmp_path: Path
) -> None:
    env = {name: str(tmp_path / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    client = CommandClient()
    client.instance = client.manager.add(OwnedServer(project, binary=opencode_binary, env=env))
    session = await client.instance.new_session("Kept")
    before = client.instance.url
    await client.instance.restart()
    assert client.instance.connection == "connected"
    assert session.title == "Kept"
    assert (await session.load(), before is not None) == ([], True)
    log = await asyncio.to_thread(lambda: client.instance.log)
    assert any("listening" in line for line in log)
    await client.manager.close()
