"""Commands about instances, each good and bad."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import pytest

from opencode_widget.page import folders
from opencode_widget.server.endpoints import attached_server

from ...support.command_client import CommandClient
from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange
from ...support.wait import eventually


async def test_select_an_instance(client: CommandClient, fake_server: FakeServer) -> None:
    client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await client.does("select_instance", instance=client.instance.id)
    assert client.page.state["activeInstance"] == client.instance.id


async def test_open_a_folder(client: CommandClient, tmp_path: Path) -> None:
    result = await client.does("open", directory=str(tmp_path))
    assert client.opened == [str(tmp_path)]
    assert result["instance"] in client.manager.instances
    assert result["instance"] in [instance["id"] for instance in client.page.instances], (
        "it is shown before the reply comes"
    )


async def test_open_what_is_no_folder(client: CommandClient, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    missing = await client.fails("open", directory=str(tmp_path / "missing"))
    assert (missing["name"], missing["remedy"]) == ("DirectoryError", "Create it, or name another one.")
    assert "does not exist" in missing["message"]
    assert "is a file" in (await client.fails("open", directory=str(tmp_path / "file")))["message"]
    assert (await client.fails("open", directory="\0"))["name"] == "DirectoryError"
    assert (await client.fails("open", directory="~nosuchuser/x"))["name"] == "DirectoryError"
    assert client.opened == []


async def test_attach_a_server(client: CommandClient, fake_server: FakeServer) -> None:
    result = await client.does("attach", url=fake_server.url)
    await client.manager.handles[result["instance"]].ready()


async def test_attach_with_a_password(client: CommandClient, fake_server: FakeServer) -> None:
    fake_server.password = "right-one"
    result = await client.does("attach", url=fake_server.url, password="right-one")
    await client.manager.handles[result["instance"]].ready()
    assert "right-one" not in str(client.page.log)


async def test_attach_with_headers_that_a_gateway_wants(client: CommandClient, fake_server: FakeServer) -> None:
    fake_server.password = "right-one"
    token = base64.b64encode(b"opencode:right-one").decode()
    lines = f"X-Team: sheep\n\n authorization : Basic {token} "
    folder = {"prefix": "/", "url": fake_server.url, "headers": lines}
    assert "folders" in await client.does("complete_folder", **folder)
    result = await client.does("attach", url=fake_server.url, headers=lines)
    await client.manager.handles[result["instance"]].ready()
    assert fake_server.requests[-1].headers["x-team"] == "sheep"
    assert token not in str(client.page.log)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("X-Team: a\nsecret-token", "Line 2 of the headers is no header."),
        (": secret-token", "Line 1 of the headers is no header."),
        ("X-Team: a\nx-team: secret-token", "The headers name x-team twice."),
        ("X Team: secret-token", "One of the headers has a name that HTTP does not allow."),
        ("X-Team: secret-token\t\x01", "The header X-Team has a line break or another control character."),
        ("X-Team: secret-token\u4e2d", "The header X-Team has characters that a header cannot have."),
    ],
)
async def test_attach_with_what_are_no_headers(client: CommandClient, lines: str, words: str) -> None:
    problem = await client.fails("attach", url="http://127.0.0.1:9", headers=lines)
    assert problem["message"] == words
    assert problem["remedy"]
    assert "secret-token" not in str(problem)
    assert len(client.manager.instances) == 1


async def test_attach_to_what_is_no_url(client: CommandClient) -> None:
    assert (await client.fails("attach", url="localhost:4096"))["name"] == "AddressError"
    assert len(client.manager.instances) == 1


async def test_attach_to_a_folder_that_this_machine_lacks(client: CommandClient, fake_server: FakeServer) -> None:
    """The server may run in a container: `tests/sync/test_folder.py` has what it says of its folders."""
    result = await client.does("attach", url=fake_server.url, directory=fake_server.directory)
    await client.manager.handles[result["instance"]].ready()


async def test_close_an_instance(client: CommandClient) -> None:
    await client.does("close_instance", instance=client.instance.id)
    assert client.page.instances == []


async def test_reconnect_an_instance(client: CommandClient, fake_server: FakeServer) -> None:
    await fake_server.stop()
    await eventually(lambda: client.instance.connection == "disconnected")
    await fake_server.start()
    await client.does("reconnect", instance=client.instance.id)
    await client.instance.ready()


async def test_folders_are_completed_and_those_opened_before_offered(
    client: CommandClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # other tests have opened folders, too
    (tmp_path / "project").mkdir()
    assert await client.does("complete_folder", prefix=f"{tmp_path}/pro") == {"folders": [f"{tmp_path}/project/"]}
    await asyncio.to_thread(folders.remember, str(tmp_path / "project"))
    assert await client.does("recent_folders") == {"folders": [str(tmp_path / "project")]}


def listing(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "type": "file" if "." in name else "directory"} for name in names]


async def test_a_folder_of_a_server_is_completed_by_the_server(client: CommandClient, fake_server: FakeServer) -> None:
    asked = []

    async def files(exchange: Exchange, _normal: object) -> None:
        asked.append(exchange.request.query.get("directory"))
        await exchange.json(listing("data", "data2", "etc", ".hidden", "data.csv"))

    fake_server.always["/file"] = files
    fake_server.always["/path"] = faults.body(b'{"directory": "/srv", "home": "/home/them"}')

    async def found(prefix: str) -> list[str]:
        return list((await client.does("complete_folder", prefix=prefix, url=fake_server.url))["folders"])

    assert await found("/srv/da") == ["/srv/data/", "/srv/data2/"]
    assert await found("~/e") == ["~/etc/"]
    assert await found("dat") == ["data/", "data2/"]
    assert await found("~") == ["~/"]
    assert asked == ["/srv/", "/home/them/", None]


async def test_a_server_that_says_nothing_of_its_folders_completes_none(
    client: CommandClient, fake_server: FakeServer
) -> None:
    for fault in (faults.html_page, faults.body(b"{}"), faults.unavailable):
        fake_server.always["/file"] = fault
        assert await client.does("complete_folder", prefix="/srv/d", url=fake_server.url) == {"folders": []}
    nobody = "http://127.0.0.1:9"
    assert await client.does("complete_folder", prefix="/srv/d", url=nobody) == {"folders": []}


async def test_an_open_instance_lends_its_credentials_to_the_completion(client: CommandClient) -> None:
    async with FakeServer(password="secret-of-the-server") as server:
        server.always["/file"] = faults.body(json.dumps(listing("data")).encode())
        endpoint = attached_server(server.url, None, "opencode", "secret-of-the-server")
        await client.manager.add(endpoint).ready()
        assert await client.does("complete_folder", prefix="/da", url=server.url) == {"folders": ["/data/"]}


async def test_the_services_of_a_server(client: CommandClient, fake_server: FakeServer) -> None:
    fake_server.always["/mcp"] = faults.body(b'{"files": {"status": "failed", "error": "no such program"}}')
    for path in ("/lsp", "/formatter"):
        fake_server.always[path] = faults.body(b"[]")
    assert await client.does("services", instance=client.instance.id) == {
        "services": [{"kind": "mcp", "name": "files", "state": "failed", "detail": "no such program"}],
        "version": "OpenCode 1.18.33",
    }


async def test_an_mcp_server_is_connected_and_disconnected(client: CommandClient, fake_server: FakeServer) -> None:
    for verb, connected in (("connect", True), ("disconnect", False)):
        fake_server.always[f"/mcp/files/{verb}"] = faults.body(b"true")
        await client.does("connect_mcp", instance=client.instance.id, name="files", connected=connected)
        assert len(fake_server.seen("POST", f"/mcp/files/{verb}")) == 1
