"""Where a server comes from: ours, another's, or none that can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from opencode_widget.errors import AddressError, ConnectionFailed, DirectoryError, NotFound, NotSupported, ServerFailed
from opencode_widget.server.endpoints import AttachedServer, InvalidServer, OwnedServer, attached_server
from opencode_widget.server.http.address import Address

LISTENS = "echo 'opencode server listening on http://127.0.0.1:1'"


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Make a program out of a shell script."""

    def make(script: str) -> Path:
        path = tmp_path / "opencode"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make


# ---- ours -------------------------------------------------------------------------------------------------------------


async def test_our_server_is_started_once_and_again_when_it_ended(
    project: Path, program: Callable[[str], Path]
) -> None:
    server = OwnedServer(project, binary=program(f"{LISTENS}; exec sleep 300"))
    assert (server.owned, server.url, server.log_tail(), server.directory) == (True, None, (), str(project))
    first = await server.reach()
    assert (first.url, first.username, server.url) == ("http://127.0.0.1:1", "opencode", first.url)
    assert (await server.reach()).password == first.password
    assert any("listening" in line for line in await asyncio.to_thread(server.log_tail))
    await server.restart()
    assert (await server.reach()).password != first.password
    await server.release()
    assert server.process is not None
    assert not server.process.running


async def test_why_a_connection_was_lost(project: Path, program: Callable[[str], Path]) -> None:
    server = OwnedServer(project, binary=program(f"{LISTENS}; sleep 0.1; exit 3"))
    lost, refused = ConnectionFailed("Lost."), NotFound("No such session.")
    assert await server.explain(lost) is lost, "it was never started"
    await server.reach()
    assert await server.explain(refused) is refused
    error = await server.explain(lost)
    assert isinstance(error, ServerFailed)
    assert (error.message, error.code) == ("The OpenCode server ended with exit code 3.", 3)
    await server.release()


async def test_a_server_that_runs_on_did_not_end(
    project: Path, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode_widget.server.endpoints.END_SHOWS", 0.05)
    server = OwnedServer(project, binary=program(f"{LISTENS}; exec sleep 300"))
    await server.reach()
    lost = ConnectionFailed("Lost.")
    assert await server.explain(lost) is lost
    assert server.process is not None
    await asyncio.to_thread(server.process.kill_now)
    assert "by signal 9" in str(await server.explain(lost))
    await asyncio.to_thread(server.release_now)


async def test_a_server_that_comes_up_after_it_was_released_is_ended(
    project: Path, program: Callable[[str], Path]
) -> None:
    server = OwnedServer(project, binary=program(f"{LISTENS}; exec sleep 300"))
    server.release_now()
    await server.reach()
    assert server.process is not None
    assert not server.process.running


async def test_nothing_is_ended_where_nothing_was_started(project: Path) -> None:
    server = OwnedServer(project)
    await server.restart()
    await server.release()
    server.release_now()


@pytest.mark.parametrize("directory", ["~nobody-of-this-name/x", "nul\0"])
def test_a_folder_that_cannot_be_is_shown_as_it_was_given(directory: str) -> None:
    assert directory in OwnedServer(directory).directory


# ---- another's --------------------------------------------------------------------------------------------------------


async def test_a_server_of_another_is_never_ended() -> None:
    server = AttachedServer(Address("http://10.0.0.1:4096", password="hunter2-swordfish"), "/elsewhere")
    lost = ConnectionFailed("Lost.")
    assert (server.owned, server.url, server.log_tail()) == (False, "http://10.0.0.1:4096", ())
    assert (await server.reach()).url == server.url
    assert server.directory == "/elsewhere", "a folder of another machine is not ours to check"
    assert await server.explain(lost) is lost
    with pytest.raises(NotSupported, match="was not started here"):
        await server.restart()
    await server.release()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1"])
@pytest.mark.parametrize("folder", ["/nowhere/app", "~/p", "p", "/etc/passwd", "link"])
async def test_the_folder_of_a_server_that_runs_is_not_judged_here(host: str, folder: str, tmp_path: Path) -> None:
    """The server may run in a container, or at the end of a tunnel, although its address is one of this machine."""
    (tmp_path / "link").symlink_to(tmp_path)
    named = str(tmp_path / "link") if folder == "link" else folder
    server = AttachedServer(Address(f"http://{host}:4096"), named)
    await server.reach()
    assert server.directory == named


# ---- none -------------------------------------------------------------------------------------------------------------


async def test_an_impossible_address_is_reported_when_it_is_reached_for() -> None:
    server = attached_server("http://me:secret@host:port", "/x", "opencode", None)
    assert isinstance(server, InvalidServer)
    assert (server.owned, server.directory, server.url, server.log_tail()) == (False, "/x", "http://host:port", ())
    with pytest.raises(AddressError):
        await server.reach()
    lost = ConnectionFailed("Lost.")
    assert await server.explain(lost) is lost
    await server.restart()
    await server.release()
    server.release_now()


async def test_a_folder_that_is_not_utf_8_is_reported() -> None:
    server = attached_server("http://host:1", "/x\udcff", "opencode", None)
    with pytest.raises(DirectoryError, match="not UTF-8"):
        await server.reach()


def test_a_good_address_is_a_server() -> None:
    server = attached_server("http://host:4096/", None, "opencode", None)
    assert (type(server), server.url, server.directory) == (AttachedServer, "http://host:4096", None)
