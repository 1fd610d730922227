"""What the tests of a server's client share."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from opencode_widget.model import events as e
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v1.client import V1Client

from ..support.servers.real import RealServer
from .stream_recorder import StreamRecorder


@pytest_asyncio.fixture
async def client(server: RealServer, project: Path) -> AsyncIterator[V1Client]:
    client = V1Client(Http(address(server.url, password=server.password), str(project)), "OpenCode")
    yield client
    await client.close()


@pytest_asyncio.fixture
async def recorder(client: V1Client) -> AsyncIterator[StreamRecorder]:
    recorder = StreamRecorder(client)
    await recorder.wait_for(lambda event: isinstance(event, e.Greeted))
    yield recorder
    await recorder.close()


@pytest.fixture
def repository(project: Path) -> Path:
    """The project as a Git repository: only there the server knows what changed."""
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.email=a@b", "-c", "user.name=a", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    return project
