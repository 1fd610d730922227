"""What a page asks for: each command of `model/wire.py`, checked and carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from ...errors import OpenCodeError
from ...model.view import problem_view
from ...model.wire import FromKernel, Received, Reply
from ...server.endpoints import OwnedServer
from ...sync.connection import problem_of
from .. import restriction
from ..manager import Manager
from . import instances, prompts, sessions
from .arguments import Args, BadCommand
from .context import CommandContext, Handler, OpenFolder

HANDLERS: dict[str, Handler] = {**instances.HANDLERS, **sessions.HANDLERS, **prompts.HANDLERS}


class Commands:
    """Carries out what pages ask for. On the home loop only.

    Args:
        manager: of the widget.
        send: sends a message to every page.
        open_folder: the source of a server in a folder.
    """

    def __init__(
        self, manager: Manager, send: Callable[[FromKernel], None], open_folder: OpenFolder = OwnedServer
    ) -> None:
        self._manager = manager
        self._send = send
        self._context = CommandContext(manager, open_folder)

    def receive(self, message: object) -> None:
        """A message of a page; one that makes no sense is passed over."""
        if not isinstance(message, Mapping) or not isinstance(page := message.get("page"), str):
            return
        frames = self._manager.frames
        kind = message.get("type")
        if self._manager.closed:
            return
        if kind == "hello":
            frames.flush()
            frames.snapshot(page, self._manager.snapshot())
        elif kind == "ack" and message.get("epoch") == frames.epoch and isinstance(seq := message.get("seq"), int):
            frames.acknowledge(page, seq)
        elif kind == "bye":
            self._manager.page_left(page)
        elif kind == "visible":
            self._show_page(page, visible=message.get("visible") is True)
        elif kind == "command":
            self._command(page, message)

    def refuse(self, message: object, error: OpenCodeError) -> None:
        """Answer a page although nothing can be done any more; from any thread."""
        if self._manager.closed or not isinstance(message, Mapping) or not isinstance(page := message.get("page"), str):
            return
        if message.get("type") == "hello":
            self._manager.frames.flush()
            self._manager.frames.snapshot(page, self._manager.snapshot())
        elif message.get("type") == "command":
            id = cast(int, message.get("id"))  # the page's own, whatever it is
            self._send(Received(type="received", to=page, id=id))
            self._send(Reply(type="reply", to=page, id=id, ok=False, problem=problem_view(problem_of(error))))

    def _show_page(self, page: str, *, visible: bool) -> None:
        self._manager.frames.pages.show(page, visible=visible)
        if visible:
            self._manager.frames.hurry()
            for runtime in self._manager.instances.values():
                runtime.reconnector.nudge()

    def _command(self, page: str, message: Mapping[str, Any]) -> None:
        id = message.get("id")
        if not isinstance(id, int):
            return
        self._send(Received(type="received", to=page, id=id))
        self._manager.home.spawn(self._answer(page, id, str(message.get("name")), message.get("args")))

    async def _answer(self, page: str, id: int, name: str, args: object) -> None:
        reply = Reply(type="reply", to=page, id=id, ok=True)
        try:
            result = await self.carry_out(name, args if isinstance(args, Mapping) else {})
            if result is not None:
                reply["result"] = result
        except Exception as error:  # noqa: BLE001 - whatever it is, the person who clicked must hear of it
            reply = Reply(type="reply", to=page, id=id, ok=False, problem=problem_view(problem_of(error)))
        # What it changed goes first, so that the page never has an answer to something that it cannot see yet.
        self._manager.frames.flush()
        self._send(reply)

    async def carry_out(self, name: str, args: Args) -> Any:
        """Do what a command says.

        Returns:
            Its result; None where it has none.

        Raises:
            OpenCodeError: it cannot be done.
        """
        handler = HANDLERS.get(name)
        if handler is None:
            raise BadCommand(f"There is no command {name!r}.", remedy="Reload the page.")
        if self._manager.restricted:
            waiting = (id for runtime in self._manager.instances.values() for id in runtime.state.requests)
            restriction.check(name, args, set(waiting))
        return await handler(self._context, args)
