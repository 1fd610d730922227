"""The server of an instance: its version, its services and its log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.operations import services

from ..support.open_session import OpenSession
from ..support.runtimes import Connect
from ..support.servers import faults
from ..support.servers.fake import FakeServer


def answer(value: Any) -> faults.Fault:
    return faults.body(json.dumps(value).encode())


async def test_the_version_and_the_dialect_are_known_from_the_first_connection(
    fake_server: FakeServer, connect: Connect
) -> None:
    runtime = connect(fake_server.url)
    assert (services.version(runtime), services.dialect(runtime)) == (None, None)
    await runtime.ready()
    assert (services.version(runtime), services.dialect(runtime)) == ("OpenCode 1.18.33", "OpenCode 1.x")


async def test_the_services_come_with_the_version(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always |= {
        "/mcp": answer({"files": {"status": "connected"}}),
        "/lsp": answer([{"id": "pyright", "name": "pyright", "status": "connected"}]),
        "/formatter": answer([{"name": "ruff", "enabled": True}]),
    }
    found, version = await services.services(fake.runtime)
    assert [(service.kind, service.name) for service in found] == [
        ("mcp", "files"),
        ("lsp", "pyright"),
        ("formatter", "ruff"),
    ]
    assert version == "OpenCode 1.18.33"


@pytest.mark.parametrize(("connected", "verb"), [(True, "connect"), (False, "disconnect")])
async def test_an_mcp_server_is_connected_and_disconnected(
    fake: OpenSession, fake_server: FakeServer, connected: bool, verb: str
) -> None:
    fake_server.always[f"/mcp/files/{verb}"] = answer(True)
    await services.connect_mcp(fake.runtime, "files", connected=connected)
    assert len(fake_server.seen("POST", f"/mcp/files/{verb}")) == 1


async def test_a_refusal_is_raised(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always["/mcp/gone/connect"] = faults.body(b'{"message": "unknown"}', status=404)
    with pytest.raises(errors.NotFound):
        await services.connect_mcp(fake.runtime, "gone", connected=True)


async def test_the_log_of_a_server_of_our_own_has_the_lines_that_it_printed(
    fake: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await services.log(fake.runtime)).after(0) == [], "the server is not ours"
    lines = ["one", "two"]
    monkeypatch.setattr(fake.runtime.endpoint, "log_tail", lambda count: tuple(lines[-count:]))
    log = await services.log(fake.runtime)
    assert (log.after(0), log.next) == (["one", "two"], 2)
    lines.append("three")
    assert (await services.log(fake.runtime)).after(2) == ["three"]
