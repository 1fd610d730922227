"""The folder of a running server is the server's to judge: it may be a container's, or at the end of a tunnel."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from opencode_widget import errors
from opencode_widget.server.detect import detect
from opencode_widget.server.http.client import Http, address
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.folder import expanded

from ..support.runtimes import QUICK, REAL, Connect
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.wait import eventually

BROKEN = faults.body(b'{"name": "UnknownError", "data": {"message": "Unexpected server error."}}', status=500)


def path_of(directory: str, **more: str) -> faults.Fault:
    return faults.body(json.dumps({"directory": directory, "worktree": "/", **more}).encode())


# ---- what the server says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["/workspace/app", "C:\\work", "/"])
async def test_a_folder_that_this_machine_lacks_is_the_servers(connect: Connect, folder: str) -> None:
    async with FakeServer(directory=folder) as server:
        runtime = connect(server.url, directory=folder)
        await runtime.ready()
        assert runtime.directory == folder
        assert server.seen("GET", "/session")[0].query["directory"] == folder


async def test_a_link_goes_to_the_server_as_it_is(connect: Connect, tmp_path: Path, fake_server: FakeServer) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    fake_server.always["/path"] = path_of(str(tmp_path))
    runtime = connect(fake_server.url, directory=str(tmp_path / "link"))
    await runtime.ready()
    assert fake_server.seen("GET", "/session")[0].query["directory"] == str(tmp_path / "link")
    assert runtime.directory == str(tmp_path), "the server's events name the real one"


async def test_a_server_that_pays_no_heed_to_the_folder_has_none(connect: Connect, fake_server: FakeServer) -> None:
    with pytest.raises(errors.DirectoryError, match=r"no folder /no/such \(it would be /project\)"):
        await connect(fake_server.url, directory="/no/such").ready()


async def test_another_folder_than_the_servers_own_may_be_a_link(connect: Connect, fake_server: FakeServer) -> None:
    async def paths(exchange: Exchange, _normal: object) -> None:
        await exchange.json({"directory": "/real" if exchange.request.query else "/srv"})

    fake_server.always["/path"] = paths
    runtime = connect(fake_server.url, directory="/link")
    await runtime.ready()
    assert runtime.directory == "/real"


@pytest.mark.parametrize(
    ("given", "answer"), [("~/p", "/srv/~/p"), ("p", "/srv/p"), ("../p", "/p"), ("~root/p", "/srv/~root/p")]
)
async def test_a_path_that_the_server_sticks_to_its_own_folder_is_no_folder(
    connect: Connect, fake_server: FakeServer, given: str, answer: str
) -> None:
    fake_server.always["/path"] = path_of(answer)
    runtime = connect(fake_server.url, directory=given)
    with pytest.raises(errors.DirectoryError) as caught:
        await runtime.ready()
    assert f"no folder {given} (it would be {answer})" in str(caught.value)
    assert runtime.connection.state is ConnectionState.DISCONNECTED


async def test_a_home_is_the_servers(connect: Connect) -> None:
    async def paths(exchange: Exchange, _normal: object) -> None:
        directory = exchange.request.query.get("directory", "/srv")
        await exchange.json({"directory": directory, "worktree": "/", "home": "/home/them"})

    async with FakeServer(directory="/home/them/p") as server:
        server.always["/path"] = paths
        server.always["/file"] = faults.body(b"[]")
        runtime = connect(server.url, directory="~/p")
        await runtime.ready()
        assert runtime.directory == "/home/them/p"
        server.end_streams()
        await eventually(lambda: len(server.seen("GET", "/session")) > 1)
        assert {request.query["directory"] for request in server.seen("GET", "/session")} == {"/home/them/p"}


async def test_a_folder_that_the_server_cannot_read_is_reported_at_once(
    connect: Connect, fake_server: FakeServer
) -> None:
    fake_server.always |= {"/path": path_of("/nowhere"), "/file": BROKEN, "/find/file": BROKEN}
    runtime = connect(fake_server.url, directory="/nowhere")
    with pytest.raises(errors.DirectoryError, match=r"The server at .* has no folder /nowhere, or may not read it"):
        await runtime.ready()
    assert len(fake_server.seen("GET", "/global/health")) == 1, "another try would not help"


async def test_a_route_that_is_broken_for_another_reason_says_nothing(
    connect: Connect, fake_server: FakeServer
) -> None:
    fake_server.always |= {"/file": BROKEN, "/find/file": faults.body(b"[]")}
    await connect(fake_server.url, directory=fake_server.directory).ready()


@pytest.mark.parametrize("fault", [faults.body(b"{}", status=404), faults.body(b"{}"), faults.unavailable])
async def test_a_server_that_does_not_say_is_believed(
    connect: Connect, fake_server: FakeServer, fault: faults.Fault
) -> None:
    fake_server.always |= {"/file": fault, "/find/file": fault}
    await connect(fake_server.url, directory=fake_server.directory).ready()


async def test_a_path_that_the_server_refuses_is_reported_at_once(connect: Connect, fake_server: FakeServer) -> None:
    fake_server.always["/path"] = BROKEN
    with pytest.raises(errors.DirectoryError, match="no folder /etc/passwd"):
        await connect(fake_server.url, directory="/etc/passwd").ready()


async def test_a_home_that_the_server_does_not_say_stays_as_it_is(fake_server: FakeServer) -> None:
    fake_server.always["/path"] = faults.body(b"{}", status=404)
    http = Http(address(fake_server.url), limits=QUICK)
    assert await expanded(await detect(http), "~/p") == "~/p"
    await http.close()


# ---- a real server ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["/nowhere/at/all", "~/none", "none", "README.md"])
async def test_a_real_server_has_no_such_folder(
    server: RealServer, connect: Connect, given: str, project: Path
) -> None:
    named = str(project / given) if given == "README.md" else given
    with pytest.raises(errors.DirectoryError, match="has no folder"):
        await connect(server.url, password=server.password, directory=named, limits=REAL).ready()


async def test_a_real_server_resolves_a_link(server: RealServer, connect: Connect, tmp_path: Path, folder: str) -> None:
    (tmp_path / "link").symlink_to(folder)
    named = str(tmp_path / "link")
    async with Proxy(server.url) as proxy:
        runtime = connect(proxy.url, password=server.password, directory=named, limits=REAL)
        await runtime.ready()
        assert runtime.directory == os.path.realpath(folder)  # noqa: ASYNC240 - a test's folder
        session = await runtime.new_session("By the link")
        await eventually(lambda: session.id in runtime.state.sessions)
