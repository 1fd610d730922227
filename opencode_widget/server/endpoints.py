"""Where an instance's server comes from: one of our own, or one that runs already."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from ..errors import ConnectionFailed, DirectoryError, NotSupported, OpenCodeError, ServerFailed
from ..redaction import KNOWN
from .http.address import Address, address, scrubbed
from .http.loopback import is_loopback
from .process.disk import REMEDY
from .process.paths import local_path, path_text, shown_path
from .process.process import ServerProcess, check_directory

# Seconds after which a server that ended is known to have.
END_SHOWS = 0.5


class Endpoint(Protocol):
    """How to reach a server.

    Attributes:
        owned: do we start and end it?
        directory: the folder that the instance is about; None: the server's own.
    """

    @property
    def owned(self) -> bool: ...

    @property
    def directory(self) -> str | None: ...

    @property
    def url(self) -> str | None:
        """Where it is; None while that is not known."""

    async def reach(self) -> Address:
        """Bring the server up if it is ours and does not run.

        Raises:
            OpenCodeError: it cannot be brought up.
        """

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """Why the connection was lost, if more is known than the connection shows."""

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """The last lines that it printed; () where they are not ours to read."""

    async def restart(self) -> None:
        """End it, if it is ours; the next `reach` starts it again.

        Raises:
            NotSupported: it is not ours.
        """

    async def release(self) -> None:
        """End it, if it is ours."""

    def release_now(self) -> None:
        """End it, if it is ours, without a loop."""


class OwnedServer:
    """A server that we start in a folder, start again when it ended, and end.

    Args:
        directory: the folder.
        binary: the program; looked for if None.
        env: variables in addition to our own environment.
    """

    owned = True

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        binary: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._given = directory
        self._binary = binary
        self._env = env
        self.process: ServerProcess | None = None
        self._released = False

    @property
    def directory(self) -> str:
        """The folder: as the server has it, or as it was given while there is none."""
        return shown_path(self.process.directory) if self.process else _absolute(self._given)

    @property
    def url(self) -> str | None:
        """Where it listens."""
        return self.process.url if self.process else None

    async def reach(self) -> Address:
        """Start it if it does not run."""
        if self.process is None or not self.process.running:
            await self._start()
        process = self.process
        assert process is not None
        return Address(process.url, process.username, process.password)

    async def _start(self) -> None:
        old, self.process = self.process, None
        if old is not None:
            await old.stop()
        started = await ServerProcess.start(self._given, binary=self._binary, env=self._env)
        if self._released:  # closed while it came up
            await started.stop()
        self.process = started

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """It may have ended, which shows a moment later than the end of its connections."""
        process = self.process
        if process is None or not isinstance(error, ConnectionFailed):
            return error
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SHOWS):
                await process.wait()
        return error if process.running else _ended(process, await asyncio.to_thread(process.disk_trouble))

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """The last lines that it printed."""
        return self.process.log_tail(lines) if self.process else ()

    async def restart(self) -> None:
        """End it; the next `reach` starts it again."""
        if self.process is not None:
            await self.process.stop()

    async def release(self) -> None:
        """End it."""
        self._released = True
        if self.process is not None:
            await self.process.stop()

    def release_now(self) -> None:
        """End it, without a loop."""
        self._released = True
        if self.process is not None:
            self.process.kill_now()


def _absolute(path: str | os.PathLike[str]) -> str:
    """A folder's whole path; as it was given where there is none (no such home, a working folder that was deleted)."""
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


class AttachedServer:
    """A server that somebody else runs; never ended by us.

    Args:
        address: where it is.
        directory: the folder that we want of it, as it names it; None: its own.
    """

    owned = False

    def __init__(self, address: Address, directory: str | None = None) -> None:
        self._address = address
        self.directory = directory
        KNOWN.add(address.password, address.username)
        self._forget = weakref.finalize(self, KNOWN.forget, address.password, address.username)

    @property
    def url(self) -> str:
        """Where it is."""
        return self._address.url

    async def reach(self) -> Address:
        """It runs, or does not. On this machine the folder is checked, and written as the system writes it."""
        if self.directory is not None and is_loopback(self._address.host):
            self.directory = shown_path(await asyncio.to_thread(check_directory, self.directory))
        return self._address

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """No more is known."""
        return error

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """Not ours to read."""
        return ()

    async def restart(self) -> None:
        """It is somebody else's."""
        raise NotSupported(f"The server at {self.url} was not started here.", remedy="Restart it where it was started.")

    async def release(self) -> None:
        """It goes on."""
        self.release_now()

    def release_now(self) -> None:
        """It goes on."""
        self._forget()


class InvalidServer:
    """What was asked for cannot be; whoever tries to reach it is told why.

    Args:
        error: why.
        directory: the folder that was asked for.
        url: the address that was asked for, without credentials.
    """

    owned = False

    def __init__(self, error: OpenCodeError, directory: str | None = None, url: str | None = None) -> None:
        self._error = error
        self.directory = directory
        self.url = url

    async def reach(self) -> Address:
        """Tell why not."""
        raise self._error

    async def explain(self, error: OpenCodeError) -> OpenCodeError:
        """No more is known."""
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
    url: str, directory: str | os.PathLike[str] | None, username: str, password: str | None
) -> AttachedServer | InvalidServer:
    """The source for a server that runs already."""
    named = shown_path(directory) if directory is not None else None
    try:
        if directory is not None and path_text(directory) is None:
            raise DirectoryError(f"The name of the folder {named} is not UTF-8.", remedy="Name another folder.")
        return AttachedServer(address(url, username, password), named)
    except OpenCodeError as error:
        return InvalidServer(error, named, scrubbed(str(url)))


__all__ = ["AttachedServer", "Endpoint", "InvalidServer", "OwnedServer", "attached_server", "check_directory"]
