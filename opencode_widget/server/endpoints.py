"""The server of an instance: one that we start, or one that runs already."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from ..errors import ConnectionFailed, DirectoryError, NotSupported, OpenCodeError, ServerFailed
from ..redaction import KNOWN
from .http.address import Address, Headers, Verify, address, scrubbed
from .http.own_headers import checked
from .process.disk import REMEDY
from .process.paths import local_path, path_text, shown_path
from .process.process import ServerProcess, check_directory

# Seconds after the loss of a connection within which the end of a process is seen.
END_SHOWS = 0.5


class Endpoint(Protocol):
    """How to reach a server.

    Attributes:
        owned: whether we start and end the server.
        directory: the folder that the instance is about; None for the server's own.
    """

    @property
    def owned(self) -> bool: ...

    @property
    def directory(self) -> str | None: ...

    @property
    def url(self) -> str | None:
        """The address of the server; None while it is not known."""

    async def reach(self) -> Address:
        """Return the address of the server. Starts it if it is ours and does not run.

        Raises:
            OpenCodeError: it cannot be started, or there is none.
        """

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """Return a better reason for the loss of a connection if there is one, else the error itself."""

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """The last lines that the server printed; () if it is not ours."""

    async def restart(self) -> None:
        """End the server, if it is ours. The next `reach` starts it again.

        Raises:
            NotSupported: it is not ours.
        """

    async def release(self) -> None:
        """End the server, if it is ours."""

    def release_now(self) -> None:
        """End the server, if it is ours, without an event loop."""


class OwnedServer:
    """A server that we start in a folder, start again after it ended, and end.

    Args:
        directory: the folder.
        binary: the program; looked for if None.
        env: variables in addition to our own environment.
        allow_unprotected: use a server even if it ignores its password, as OpenCode up to 1.1.11 does.
    """

    owned = True

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        binary: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        allow_unprotected: bool = False,
    ) -> None:
        self._given = directory
        self.binary = binary
        self.env = env
        self.allow_unprotected = allow_unprotected
        self.process: ServerProcess | None = None
        self._released = False

    @property
    def directory(self) -> str:
        """The folder as the server has it, or as it was given while no server runs."""
        return shown_path(self.process.directory) if self.process else _absolute(self._given)

    @property
    def url(self) -> str | None:
        """The address at which it listens; None before its first start."""
        return self.process.url if self.process else None

    async def reach(self) -> Address:
        """Start the server if it does not run."""
        if self.process is None or not self.process.running:
            await self._start()
        process = self.process
        assert process is not None
        return Address(process.url, process.username, process.password, process.version)

    async def _start(self) -> None:
        old, self.process = self.process, None
        if old is not None:
            await old.stop()
        started = await ServerProcess.start(
            self._given, binary=self.binary, env=self.env, allow_unprotected=self.allow_unprotected
        )
        if self._released:  # released while it started
            await started.stop()
        self.process = started

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """If the process ended, say how. Its end is seen a moment later than that of its connections."""
        process = self.process
        if process is None or not isinstance(error, ConnectionFailed):
            return error
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SHOWS):
                await process.wait()
        return error if process.running else _ended(process, await asyncio.to_thread(process.disk_trouble))

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """The last lines that the server printed."""
        return self.process.log_tail(lines) if self.process else ()

    async def restart(self) -> None:
        """End the server. The next `reach` starts it again."""
        if self.process is not None:
            await self.process.stop()

    async def release(self) -> None:
        """End the server."""
        self._released = True
        if self.process is not None:
            await self.process.stop()

    def release_now(self) -> None:
        """End the server without an event loop."""
        self._released = True
        if self.process is not None:
            self.process.kill_now()


def _absolute(path: str | os.PathLike[str]) -> str:
    """The absolute path of a folder; the given path where there is none, as with an unknown home or a deleted working folder."""
    try:
        return shown_path(local_path(path).expanduser().absolute())
    except (OSError, RuntimeError, ValueError):
        return shown_path(path)


def _ended(process: ServerProcess, trouble: str | None) -> ServerFailed:
    code = process.returncode
    how = "" if code is None else f" by signal {-code}" if code < 0 else f" with exit code {code}"
    return ServerFailed(
        f"The OpenCode server ended{how}.{f' {trouble}' if trouble else ''}",
        remedy=f"It is started again. {REMEDY}" if trouble else "It is started again.",
        log=process.log_tail(),
        code=code,
    )


def environment(env: Mapping[Any, Any] | None) -> dict[str, str] | None:
    """The user's variables for a server of ours, checked at once: the system's own error would come late, and name none of them.

    The secrets among them are starred out from here on, wherever the server or an agent repeats them.

    Raises:
        TypeError: a name or a value is no text.
        ValueError: a name or a value cannot stand in an environment.
    """
    for name, value in (env or {}).items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"env: the name and the value of a variable are text, unlike those of {name!r}.")
        if not name or "=" in name or "\0" in name or "\0" in value:
            raise ValueError(f"env: the variable {name!r} has no name, or a character that none can have.")
    KNOWN.learn_given(env or {})
    return None if env is None else dict(env)


class AttachedServer:
    """A server that was started elsewhere. We never end it.

    Args:
        address: its address.
        directory: the folder that the instance is about, as the server names it; None for the server's own.
    """

    owned = False

    def __init__(self, address: Address, directory: str | None = None) -> None:
        self._address = address
        self.directory = directory
        KNOWN.add(address.password, address.username)
        self._forget = weakref.finalize(self, KNOWN.withdraw, address.password, address.username)

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._address.url

    async def reach(self) -> Address:
        """Return the address. Its folder is for the server to judge, which may run in a container, or behind a tunnel."""
        return self._address

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """Return the error: nothing more is known."""
        return error

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """Nothing: its log is not ours."""
        return ()

    async def restart(self) -> None:
        """Refuse: the server was not started here."""
        raise NotSupported(f"The server at {self.url} was not started here.", remedy="Restart it where it was started.")

    async def release(self) -> None:
        """Leave the server running."""
        self.release_now()

    def release_now(self) -> None:
        """Leave the server running."""
        self._forget()


class InvalidServer:
    """A server that cannot exist, because its URL or its folder is invalid. `reach` raises the reason.

    Args:
        error: the reason.
        directory: the folder that was given.
        url: the URL that was given, without credentials.
    """

    owned = False

    def __init__(self, error: OpenCodeError, directory: str | None = None, url: str | None = None) -> None:
        self._error = error
        self.directory = directory
        self.url = url

    async def reach(self) -> Address:
        """Raise the reason."""
        raise self._error

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """Return the error: nothing more is known."""
        return error

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """Nothing."""
        return ()

    async def restart(self) -> None:
        """Nothing to end."""

    async def release(self) -> None:
        """Nothing to end."""

    def release_now(self) -> None:
        """Nothing to end."""


def attached_server(
    url: str,
    directory: str | os.PathLike[str] | None,
    username: str,
    password: str | None,
    *,
    headers: Headers | None = None,
    verify: Verify = True,
) -> AttachedServer | InvalidServer:
    """The endpoint of a server that runs already."""
    named = shown_path(directory) if directory is not None else None
    try:
        if directory is not None and path_text(directory) is None:
            raise DirectoryError(f"The name of the folder {named} is not UTF-8.", remedy="Name another folder.")
        if headers is not None and not callable(headers):
            checked(headers)
        return AttachedServer(address(url, username, password, headers=headers, verify=verify), named)
    except OpenCodeError as error:
        return InvalidServer(error, named, scrubbed(str(url)))


__all__ = [
    "AttachedServer",
    "Endpoint",
    "InvalidServer",
    "OwnedServer",
    "attached_server",
    "check_directory",
    "environment",
]
