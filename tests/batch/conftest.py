"""A widget on a real server that has two models, both of them the scripted one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from opencode_widget import OpenCode
from opencode_widget.demo import Demo

from ..support.runtimes import comms, no_blocking_calls
from ..support.servers.real import RealServer

__all__ = ["comms", "no_blocking_calls"]

CONFIG = "OPENCODE_CONFIG_CONTENT"
# Dollars for a million tokens that the second model reads.
PRICE = 1_000


@pytest.fixture(scope="module")
def server(opencode_binary: Path, model: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A real server with the models demo/scripted and demo/dear; prompts of the second cost something."""
    home = tmp_path_factory.mktemp("server")
    (folder := home / "cwd").mkdir()
    config = json.loads(model.env[CONFIG])
    models = config["provider"]["demo"]["models"]
    models["dear"] = {**models["scripted"], "id": "scripted", "name": "Dear", "cost": {"input": PRICE, "output": PRICE}}
    server = RealServer(opencode_binary, {**model.env, CONFIG: json.dumps(config)}, home, folder)
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def oc(server: RealServer, project: Path) -> AsyncIterator[OpenCode]:
    """A widget, connected."""
    widget = OpenCode(url=server.url, password=server.password, directory=str(project))
    await widget.ready()
    yield widget
    await widget.close()
