"""The server of an instance: its version, its services and its log; and the folders of a server that runs elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from ..errors import OpenCodeError
from ..model.entities import Catalogue, Service
from ..server.detect import Detect
from ..server.endpoints import Endpoint
from ..server.http.client import Address, Http, Limits
from ..sync.folder import expanded
from ..sync.runtime import InstanceRuntime
from ..sync.stream.server_log import ServerLog

# Lines of the log that are read at once.
LOG_LINES = 2000


def version(runtime: InstanceRuntime) -> str | None:
    """The name and version of the server, such as "OpenCode 1.18.33"; None before the first connection."""
    return runtime.client.version if runtime.client is not None else None


def dialect(runtime: InstanceRuntime) -> str | None:
    """The name of the protocol that the server speaks; None before the first connection."""
    return runtime.client.dialect if runtime.client is not None else None


async def catalogue(runtime: InstanceRuntime) -> Catalogue:
    """The agents, models and commands that the server has now.

    Raises:
        OpenCodeError: the server cannot be reached, or refuses.
    """
    return await (await runtime.reach()).catalogue()


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


async def subfolders(
    address: Address, endpoints: Iterable[Endpoint], parent: str, detect: Detect, limits: Limits | None = None
) -> tuple[str, ...]:
    """The names of the folders in a folder of a server that runs elsewhere; none where the server does not say.

    Args:
        address: of the server. Where it has no password, an endpoint of the same server gives its credentials.
        endpoints: of the open instances.
        parent: the folder, as the user wrote it; "" for the server's own.
        detect: makes the client for the dialect that the server speaks.
        limits: of time and size.
    """
    known = next((item for item in endpoints if not item.owned and item.url == address.url), None)
    if known is not None and address.password is None:
        address = await known.reach()
    http = Http(address, None, limits)
    try:
        client = await detect(http)
        http.directory = await expanded(client, parent) or None
        return await client.subfolders()
    except OpenCodeError:
        return ()
    finally:
        await http.close()
