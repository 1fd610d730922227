"""Which folder an instance of a running server is about. The server judges it, not this machine.

The server may run in a container or at the end of a tunnel, whatever its address says. So a path is checked, and completed, by the server:

1. `~` is the home of the user as whom the server runs. A path that is not absolute begins in the server's own folder.
2. The server resolves links: the folder that it names in its answer is the one whose events come.
3. Where the server says that it cannot read the folder, nothing would work in it, so the connection ends with a `DirectoryError`. Where it
   does not say, a path that is not absolute is refused, as it might be a folder that nobody means; and so is one for which the server
   answers with its own folder, because it paid no heed to ours. It may be a link to that folder: then this machine may know the link.
"""

from __future__ import annotations

import asyncio
import os
import re

from ..errors import DirectoryError, RequestFailed
from ..server.api import Client

NAME_ANOTHER = "Name another folder of the server, by its whole path."
ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
# The least status with which a server reports that it failed itself.
FAILED = 500


async def find_folder(client: Client, given: str | None) -> str | None:
    """Have the server find the folder that the user named, and name it in all calls of the client.

    Args:
        client: of the server.
        given: what the user named; None: the server's own folder.

    Returns:
        The folder as the server writes it; None where it does not say.

    Raises:
        DirectoryError: the server has no such folder, or may not read it.
        OpenCodeError: the server does not answer.
    """
    if given is None:
        return await client.directory()
    client.http.directory = await expanded(client, given)
    try:
        found = await client.directory()
    except RequestFailed as error:
        raise (_missing(client, given) if error.status >= FAILED else error) from error
    readable = await client.has_folder()
    if readable is False or (readable is None and not await _is_plausible(client, given, found)):
        raise _missing(client, given, found)
    return found or client.http.directory


async def expanded(client: Client, path: str) -> str:
    """A path with the server's home in place of `~`; as it is where the server does not say."""
    if path != "~" and not path.startswith(("~/", "~\\")):
        return path
    home = await client.home()
    return path if home is None else f"{home.rstrip('/')}{path[1:]}"


async def _is_plausible(client: Client, given: str, found: str | None) -> bool:
    """May what the server found be what the user named, where the server did not read it? (rule 3)"""
    if found is None or found == client.http.directory:
        return True
    if not ABSOLUTE.match(given):
        return False
    ours, client.http.directory = client.http.directory, None
    try:
        own = await client.directory()
    finally:
        client.http.directory = ours
    return found != own or await asyncio.to_thread(os.path.realpath, given) == found


def _missing(client: Client, given: str, found: str | None = None) -> DirectoryError:
    where = client.http.address.url
    meant = f" (it would be {found})" if found and found != given else ""
    return DirectoryError(
        f"The server at {where} has no folder {given}{meant}, or may not read it.", remedy=NAME_ANOTHER
    )
