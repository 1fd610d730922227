"""The servers of a demo: real ones, all driven by one scripted model that starts with the first server."""

from __future__ import annotations

import asyncio
import os

from ..server.endpoints import OwnedServer
from ..server.http.client import Address
from . import Demo

# The name of the sample project's folder, whose place is known once the demo runs.
SAMPLE = "sample-project"


class DemoEndpoints:
    """The endpoints of one demo widget."""

    def __init__(self) -> None:
        self._demo: Demo | None = None
        self._lock = asyncio.Lock()
        self._stopped = False

    def open(self, directory: str | os.PathLike[str] | None) -> DemoServer:
        """Return a server for a folder; None: for the sample project."""
        return DemoServer(self, directory)

    async def demo(self) -> Demo:
        """The scripted model and the sample project; started on first use.

        Raises:
            ServerFailed: the model did not start.
        """
        async with self._lock:
            if self._demo is None:
                self._demo = await Demo.start()
            return self._demo

    async def stop(self) -> None:
        """End the model and remove the sample project."""
        async with self._lock:
            demo, self._demo = self._demo, None
        if demo is not None:
            await demo.stop()

    def kill_now(self) -> None:
        """Stop at once, without an event loop."""
        if self._demo is not None:
            self._demo.kill_now()


class DemoServer(OwnedServer):
    """A server of ours that uses the demo's model and state."""

    def __init__(self, endpoints: DemoEndpoints, directory: str | os.PathLike[str] | None) -> None:
        super().__init__(directory if directory is not None else SAMPLE)
        self._endpoints = endpoints
        self._in_sample = directory is None

    @property
    def directory(self) -> str:
        """The folder; of the sample project only its name until it is made."""
        return SAMPLE if self._in_sample and self._given == SAMPLE else super().directory

    async def reach(self) -> Address:
        """Start the model, then the server, unless they are running."""
        demo = await self._endpoints.demo()
        self.env = demo.env
        if self._in_sample:
            self._given = demo.directory
        return await super().reach()
