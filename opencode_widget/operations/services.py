"""The server of an instance: its version, its services and its log."""

from __future__ import annotations

import asyncio

from ..model.entities import Service
from ..sync.runtime import InstanceRuntime
from ..sync.server_log import ServerLog

# Lines of the log that are read at once.
LOG_LINES = 2000


def version(runtime: InstanceRuntime) -> str | None:
    """The name and version of the server, such as "OpenCode 1.18.33"; None before the first connection."""
    return runtime.client.version if runtime.client is not None else None


def dialect(runtime: InstanceRuntime) -> str | None:
    """The name of the protocol that the server speaks; None before the first connection."""
    return runtime.client.dialect if runtime.client is not None else None


async def services(runtime: InstanceRuntime) -> tuple[tuple[Service, ...], str]:
    """The MCP servers, language servers and formatters of the server; and its version.

    Raises:
        OpenCodeError: the server cannot be reached, or refuses.
    """
    client = await runtime.reach()
    return await client.services(), client.version


async def connect_mcp(runtime: InstanceRuntime, name: str, *, connected: bool) -> None:
    """Connect an MCP server, or disconnect it.

    Raises:
        OpenCodeError: the server cannot be reached, or refuses.
    """
    await (await runtime.reach()).connect_mcp(name, connected=connected)


async def log(runtime: InstanceRuntime) -> ServerLog:
    """The log of a server of our own, with the lines that it has printed by now; empty if the server is not ours."""
    runtime.server_log.update(await asyncio.to_thread(runtime.endpoint.log_tail, LOG_LINES))
    return runtime.server_log
