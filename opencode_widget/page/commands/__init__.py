"""Receives the messages of pages, runs their commands, and replies.

The kernel answers a command twice: `received` at once, so that the page knows that the kernel is alive, and one `reply` when the command
is done. A frame with what the command changed goes before the reply, so a page never gets an answer about something that it cannot
show yet. A message that is malformed is ignored: it comes from no page of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from ...errors import OpenCodeError
from ...model.view import problem_view
from ...server.problems import problem_of
from ..manager import Manager
from . import router
from .router import HANDLERS

if TYPE_CHECKING:
    from ...model.wire import FromKernel, Reply

__all__ = ["HANDLERS", "Commands"]

Message = Mapping[str, Any]


class Commands:
    """The messages of a widget's pages. On the home loop only.

    Args:
        manager: of the widget.
        send: sends a message to every page.
    """

    def __init__(self, manager: Manager, send: Callable[[FromKernel], None]) -> None:
        self._manager = manager
        self._send = send

    def receive(self, message: object) -> None:
        """Handle a message of a page. The widget's messages end with the widget."""
        if self._manager.closed or not isinstance(message, Mapping):
            return
        page, kind = message.get("page"), message.get("type")
        if isinstance(page, str) and isinstance(kind, str) and kind in MESSAGES:
            self._manager.heard_at = self._manager.home.loop.time()
            MESSAGES[kind](self, page, message)

    def refuse(self, message: object, error: OpenCodeError) -> None:
        """Answer a page although the home loop has ended: with the last state, or with an error. From any thread."""
        if self._manager.closed or not isinstance(message, Mapping) or not isinstance(page := message.get("page"), str):
            return
        if message.get("type") == "hello":
            self._hello(page, message)
        elif message.get("type") == "command":
            id = cast(int, message.get("id"))  # whatever the page uses: it goes back to the page alone
            self._send({"type": "received", "to": page, "id": id})
            self._send(failure(page, id, error))

    def _hello(self, page: str, message: Message) -> None:
        self._manager.frames.hello(page)

    def _ack(self, page: str, message: Message) -> None:
        frames, seq = self._manager.frames, message.get("seq")
        if message.get("epoch") == frames.epoch and isinstance(seq, int):
            frames.acknowledge(page, seq)

    def _bye(self, page: str, message: Message) -> None:
        self._manager.frames.bye(page)
        self._manager.reopening.page_left()

    def _visible(self, page: str, message: Message) -> None:
        visible = message.get("visible") is True
        self._manager.frames.pages.show(page, visible=visible)
        if visible:
            self._manager.frames.hurry()
            for runtime in self._manager.instances.values():
                runtime.reconnector.nudge()

    def _command(self, page: str, message: Message) -> None:
        id = message.get("id")
        if isinstance(id, int):
            self._send({"type": "received", "to": page, "id": id})
            self._manager.home.spawn(self._reply(page, id, str(message.get("name")), message.get("args")))

    async def _reply(self, page: str, id: int, name: str, args: object) -> None:
        reply: Reply = {"type": "reply", "to": page, "id": id, "ok": True}
        try:
            result = await router.run(self._manager, name, args if isinstance(args, Mapping) else {})
            if result is not None:
                reply["result"] = result
        except Exception as error:  # noqa: BLE001 - the user who clicked must see every failure
            reply = failure(page, id, error)
        self._manager.frames.flush()
        self._send(reply)


def failure(page: str, id: int, error: Exception) -> Reply:
    """The reply to a command that failed."""
    return {"type": "reply", "to": page, "id": id, "ok": False, "problem": problem_view(problem_of(error))}


MESSAGES: Mapping[str, Callable[[Commands, str, Message], None]] = {
    "hello": Commands._hello,
    "ack": Commands._ack,
    "bye": Commands._bye,
    "visible": Commands._visible,
    "command": Commands._command,
}
