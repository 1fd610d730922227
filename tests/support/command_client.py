"""A manager with its commands, and a page that gives them."""

from __future__ import annotations

import os
from typing import Any, cast

from opencode_widget.api.instance import Instance
from opencode_widget.model.wire import FromKernel
from opencode_widget.page.commands import Commands
from opencode_widget.page.manager import Manager
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.endpoints import Endpoint, attached_server
from opencode_widget.sync.event_loop import HomeLoop

from .page import Page
from .runtimes import QUICK
from .wait import eventually


class CommandClient:
    """A manager with its commands, and a page that gives them."""

    limits = QUICK

    def __init__(self, *, restricted: bool = False) -> None:
        self.opened: list[str] = []
        backoff = Backoff(initial=0.01, maximum=0.02, jitter=0, attempts=1)
        self.page = Page(self._receive)
        loop, silent = HomeLoop(), lambda *, now: None
        self.manager = Manager(
            loop, self._send, silent, backoff, self.limits, restricted=restricted, endpoint_for=self._open
        )
        self.commands = Commands(self.manager, self._send)
        self.page.hello()
        self.instance: Instance

    def _send(self, message: FromKernel) -> None:
        self.page.receive(cast("dict[str, Any]", message))

    def _receive(self, data: dict[str, Any]) -> None:
        self.commands.receive(data)

    def _open(self, folder: str | os.PathLike[str]) -> Endpoint:
        self.opened.append(str(folder))
        return attached_server("http://127.0.0.1:1", None, "opencode", None)

    async def ask(self, name: str, /, **args: Any) -> dict[str, Any]:
        """The one reply to a command."""
        id = self.page.command(name, **args)
        assert self.page.received[-1] == id, "the page hears at once that the kernel has it"
        await eventually(lambda: self.page.reply(id), within=20)
        assert len(self.page.replies[id]) == 1
        return self.page.replies[id][0]

    async def does(self, name: str, /, **args: Any) -> Any:
        reply = await self.ask(name, **args)
        assert reply["ok"], reply
        return reply.get("result")

    async def fails(self, name: str, /, **args: Any) -> dict[str, Any]:
        reply = await self.ask(name, **args)
        assert not reply["ok"], reply
        assert reply["problem"]["message"]
        problem: dict[str, Any] = reply["problem"]
        return problem
