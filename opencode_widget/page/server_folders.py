"""Completes a folder of a server that runs elsewhere: only that server knows its folders."""

from __future__ import annotations

from ..errors import OpenCodeError
from ..server.detect import Detect
from ..server.http.client import Address, Http, Limits
from ..sync.folder import expanded
from .folders import completed


async def complete(detect: Detect, address: Address, prefix: str, limits: Limits | None = None) -> list[str]:
    """The folders of a server whose path begins with the prefix, written as the prefix is; none where the server does not say.

    Args:
        detect: makes the client for the dialect that the server speaks.
        address: of the server.
        prefix: what the user wrote so far. A relative one begins in the server's own folder.
        limits: of time and size.
    """
    if prefix == "~":
        return ["~/"]
    head, slash, start = prefix.rpartition("/")
    http = Http(address, None, limits)
    try:
        client = await detect(http)
        http.directory = await expanded(client, f"{head}{slash}") or None
        return completed(f"{head}{slash}", start, await client.subfolders())
    except OpenCodeError:
        return []
    finally:
        await http.close()
