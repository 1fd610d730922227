"""A server of ours that ignores its password."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from opencode_widget import errors
from opencode_widget.server.endpoints import OwnedServer
from opencode_widget.server.process.process import ServerProcess
from opencode_widget.server.process.protection import ignores_password

from ...support.programs import pretender
from ...support.servers import faults
from ...support.servers.early import EarlyServer
from ...support.servers.fake import FakeServer

VERSION = "1.1.11"


async def test_a_server_without_a_guard_ignores_passwords() -> None:
    async with EarlyServer(version="1.1.11", health=True) as server:
        assert await ignores_password(server.url)
        server.always["/path"] = faults.body(b'{"name": "BunInstallFailedError", "data": {}}', status=500)
        assert await ignores_password(server.url), "it worked on a request of a stranger, although it failed"


async def test_a_guarded_or_absent_server_does_not(fake_server: FakeServer) -> None:
    fake_server.password = "hunter2-swordfish"
    assert not await ignores_password(fake_server.url)
    fake_server.always["/path"] = faults.html_page
    assert not await ignores_password(fake_server.url)
    fake_server.always["/path"] = faults.body(b"{}", status=404)
    assert not await ignores_password(fake_server.url)
    await fake_server.stop()
    assert not await ignores_password(fake_server.url)


async def test_it_is_ended_and_refused_with_the_reason_and_the_remedy(project: Path, tmp_path: Path) -> None:
    async with EarlyServer(version="1.1.11", health=True) as server:
        binary = pretender(tmp_path, server.url, VERSION)
        with pytest.raises(errors.ServerUnprotected) as caught:
            await ServerProcess.start(project, binary=binary)
    assert f"OpenCode 1.1.11 ({binary}) ignores its password" in caught.value.message
    assert "opencode-widget install" in caught.value.remedy
    assert "allow_unprotected=True" in caught.value.remedy
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


async def test_it_is_used_where_the_user_allows_it(project: Path, tmp_path: Path) -> None:
    async with EarlyServer(version="1.1.11", health=True) as server:
        endpoint = OwnedServer(project, binary=pretender(tmp_path, server.url, VERSION), allow_unprotected=True)
        found = await endpoint.reach()
        assert (found.url, found.version) == (server.url, "1.1.11")
        await endpoint.release()
