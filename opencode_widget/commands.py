"""What a page asks for: each command of `frontend/src/protocol.ts`, checked and carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .connection import problem_of
from .errors import OpenCodeError, RequestFailed
from .manager import Manager
from .model.view import View, part_view, problem_view
from .server.http import LOOPBACK, address
from .server.source import OwnServer, Source, check_directory, running_server

Args = Mapping[str, Any]
OpenFolder = Callable[[str], Source]


class BadCommand(OpenCodeError):
    """A page asked for something that makes no sense."""


class Commands:
    """Carries out what pages ask for. On the home loop only.

    Args:
        manager: of the widget.
        send: sends a message to every page.
        open_folder: the source of a server in a folder.
    """

    def __init__(self, manager: Manager, send: Callable[[View], None], open_folder: OpenFolder = OwnServer) -> None:
        self._manager = manager
        self._send = send
        self._open_folder = open_folder

    def receive(self, message: object) -> None:
        """A message of a page; one that makes no sense is passed over."""
        if not isinstance(message, Mapping) or not isinstance(page := message.get("page"), str):
            return
        frames = self._manager.frames
        kind = message.get("type")
        if self._manager.closed:
            return
        if kind == "hello":
            frames.snapshot(page, self._manager.snapshot())
        elif kind == "ack" and message.get("epoch") == frames.epoch and isinstance(seq := message.get("seq"), int):
            frames.acknowledge(page, seq)
        elif kind == "bye":
            frames.pages.bye(page)
        elif kind == "visible":
            self._show_page(page, visible=message.get("visible") is True)
        elif kind == "command":
            self._command(page, message)

    def _show_page(self, page: str, *, visible: bool) -> None:
        self._manager.frames.pages.show(page, visible=visible)
        if visible:
            self._manager.frames.hurry()
            for one in self._manager.instances.values():
                one.connector.nudge()

    def _command(self, page: str, message: Mapping[str, Any]) -> None:
        id = message.get("id")
        self._send({"type": "received", "to": page, "id": id})
        self._manager.home.spawn(self._answer(page, id, str(message.get("name")), message.get("args")))

    async def _answer(self, page: str, id: object, name: str, args: object) -> None:
        reply: View = {"type": "reply", "to": page, "id": id}
        try:
            result = await self.carry_out(name, args if isinstance(args, Mapping) else {})
            reply |= {"ok": True} if result is None else {"ok": True, "result": result}
        except Exception as error:  # noqa: BLE001 - whatever it is, the person who clicked must hear of it
            reply |= {"ok": False, "problem": problem_view(problem_of(error))}
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
        return await handler(self, args)

    # ---- instances ----

    async def _select_instance(self, args: Args) -> None:
        self._manager.select_instance(_text(args, "instance"))

    async def _select_session(self, args: Args) -> None:
        self._manager.select_session(_text(args, "instance"), _text(args, "session"))

    async def _open(self, args: Args) -> View:
        folder = await asyncio.to_thread(check_directory, _text(args, "directory"))
        return {"instance": self._manager.add(self._open_folder(str(folder))).id}

    async def _attach(self, args: Args) -> View:
        url, directory = _text(args, "url"), _maybe(args, "directory")
        if address(url).host in LOOPBACK and directory is not None:
            await asyncio.to_thread(check_directory, directory)
        source = running_server(url, directory, _maybe(args, "username") or "opencode", _maybe(args, "password"))
        return {"instance": self._manager.add(source).id}

    async def _close_instance(self, args: Args) -> None:
        await self._manager.close_instance(_text(args, "instance"))

    async def _reconnect(self, args: Args) -> None:
        self._manager.instance(_text(args, "instance")).connector.reconnect()

    # ---- sessions ----

    async def _new_session(self, args: Args) -> View:
        one = self._manager.instance(_text(args, "instance"))
        return {"session": (await one.new_session(_maybe(args, "title"))).id}

    async def _close_session(self, args: Args) -> None:
        self._manager.instance(_text(args, "instance")).close_tab(_text(args, "session"))

    async def _more_sessions(self, args: Args) -> None:
        await self._manager.instance(_text(args, "instance")).more_sessions()

    async def _older(self, args: Args) -> None:
        await self._manager.instance(_text(args, "instance")).older(_text(args, "session"))

    async def _part(self, args: Args) -> View:
        session = self._manager.instance(_text(args, "instance")).session(_text(args, "session"))
        message = session.messages.get(_text(args, "message"))
        part = message.by_id.get(_text(args, "part")) if message is not None else None
        if message is None or part is None:
            raise RequestFailed("This part is no more.", remedy="Reload the page.")
        return part_view(message, part, entire=True)

    # ---- talking ----

    async def _prompt(self, args: Args) -> View:
        one, text = self._manager.instance(_text(args, "instance")), _text(args, "text")
        session = _maybe(args, "session") or (await one.new_session()).id
        named = {name: _maybe(args, name) for name in ("agent", "model", "variant", "key")}
        return {"session": session, "message": await one.prompt(session, text, **named)}

    async def _abort(self, args: Args) -> None:
        await self._manager.instance(_text(args, "instance")).abort(_text(args, "session"))

    async def _answer_permission(self, args: Args) -> None:
        reply = args.get("reply")
        if reply not in ("once", "always", "reject"):
            raise BadCommand(f"A permission cannot be answered with {reply!r}.", remedy="once, always or reject.")
        one = self._manager.instance(_text(args, "instance"))
        await one.answer_permission(_text(args, "request"), reply, _maybe(args, "message"))

    async def _answer_question(self, args: Args) -> None:
        one = self._manager.instance(_text(args, "instance"))
        await one.answer_question(_text(args, "request"), _answers(args.get("answers")))


def _text(args: Args, key: str) -> str:
    value = args.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadCommand(f"{key.capitalize()} is missing.", remedy=f"Give a {key}.")
    return value


def _maybe(args: Args, key: str) -> str | None:
    value = args.get(key)
    return value if isinstance(value, str) and value else None


def _answers(value: Any) -> list[list[str]] | None:
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(one, list) and all(isinstance(x, str) for x in one) for one in value):
        return value
    raise BadCommand("Answers are a list of lists of words.", remedy="One list for each question.")


HANDLERS: dict[str, Callable[[Commands, Args], Awaitable[Any]]] = {
    "select_instance": Commands._select_instance,
    "select_session": Commands._select_session,
    "open": Commands._open,
    "attach": Commands._attach,
    "close_instance": Commands._close_instance,
    "reconnect": Commands._reconnect,
    "new_session": Commands._new_session,
    "close_session": Commands._close_session,
    "more_sessions": Commands._more_sessions,
    "older": Commands._older,
    "part": Commands._part,
    "prompt": Commands._prompt,
    "abort": Commands._abort,
    "answer_permission": Commands._answer_permission,
    "answer_question": Commands._answer_question,
}
