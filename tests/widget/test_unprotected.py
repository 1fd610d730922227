"""The widget and a server of its own that ignores its password."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencode_widget import OpenCode, errors
from opencode_widget.sync.connection import ConnectionState

from ..support.programs import pretender
from ..support.servers.early import EarlyServer


async def test_it_is_refused_and_the_reason_is_shown(project: Path, tmp_path: Path) -> None:
    async with EarlyServer(version="1.1.11", health=True) as server:
        oc = OpenCode(project, binary=pretender(tmp_path, server.url, "1.1.11"))
        with pytest.raises(errors.ServerUnprotected, match="allow_unprotected=True"):
            await oc.ready()
        (instance,) = oc.instances
        assert instance.connection is ConnectionState.DISCONNECTED
        assert isinstance(instance.error, errors.ServerUnprotected)
        await oc.close()


async def test_it_is_used_where_the_user_allows_it(project: Path, tmp_path: Path) -> None:
    async with EarlyServer(version="1.0.185", directory=str(project)) as server:
        oc = OpenCode(project, binary=pretender(tmp_path, server.url, "1.0.185"), allow_unprotected=True)
        await oc.ready()
        assert oc.instances[0].version == "OpenCode 1.0.185"
        await oc.close()
