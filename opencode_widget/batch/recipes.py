"""How another process reaches a server like this one: by starting its own in the same folder, or by attaching to the same."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..server.endpoints import AttachedServer, Endpoint, OwnedServer, environment
from ..server.http.address import Address


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a worker needs to reach a server. It can be pickled, and holds the server's password or the variables that were given for it.

    Attributes:
        directory: the folder; None: the server's own.
        address: of the server to attach to; None: the worker starts one.
        binary: the program to start.
        env: variables for it.
        allow_unprotected: see `OwnedServer`.
    """

    directory: str | None
    address: Address | None = None
    binary: str | os.PathLike[str] | None = None
    env: Mapping[str, str] | None = field(default=None, repr=False)
    allow_unprotected: bool = False

    def endpoint(self) -> Endpoint:
        """The server, as this process reaches it."""
        if self.address is not None:
            return AttachedServer(self.address, self.directory)
        return OwnedServer(
            self.directory or ".",
            binary=self.binary,
            env=environment(self.env),
            allow_unprotected=self.allow_unprotected,
        )


async def recipe(endpoint: Endpoint) -> Recipe:
    """The recipe of a server.

    Raises:
        OpenCodeError: the server cannot be reached.
    """
    address = await endpoint.reach()
    if isinstance(endpoint, OwnedServer):
        env = None if endpoint.env is None else dict(endpoint.env)
        return Recipe(endpoint.directory, None, endpoint.binary, env, endpoint.allow_unprotected)
    return Recipe(endpoint.directory, address)
